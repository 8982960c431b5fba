import { Rejected } from '../../freshdesk/errors.ts';
import type { ActivityDeps } from '../deps.ts';
import type { TrackedSight } from '../look/look.ts';
import { ownMessage } from '../look/messages.ts';
import { pastOf, send, type Write } from './write-once.ts';

/**
 * A private note for people that reaches Freshdesk once (A5), and the mirror with it. Freshdesk may refuse it: what goes on
 * goes on without it, and the log says so (`refused`).
 */
export async function noteOnce(
  deps: ActivityDeps,
  { account, tracked: { session, ticket, messages } }: TrackedSight,
  write: Write,
  refused: string,
): Promise<void> {
  const past = await pastOf(deps, write, messages);
  if (past.became !== 'nothing') return;
  try {
    const posted = await send(deps, past, () => account.freshdesk.note(ticket.id, { html: write.html }));
    await deps.sessions.addOwn(session, ownMessage(posted, write.html, 'private', account.connection.agent.id));
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const { connectionId, ticketId } = session;
    deps.log.warn({ connection: connectionId, ticketId, status: error.status, refused: error.fields }, refused);
  }
}
