import { renderInboxLink } from '../../ai/answering/render.ts';
import type { ActivityDeps } from '../deps.ts';
import type { TrackedSight } from '../look/look.ts';

/** A private note with the way to its ticket in the Inbox, where that has an address and `reply.inboxLink` is on. */
export function withInboxLink(
  html: string,
  { inboxUrl }: Pick<ActivityDeps, 'inboxUrl'>,
  { account: { settings }, tracked: { session } }: TrackedSight,
): string {
  if (inboxUrl === null || !settings.reply.inboxLink) return html;
  return `${html}\n${renderInboxLink(`${inboxUrl}/inbox/${session.id}`)}`;
}
