import { cleanText } from '../../ai/reading/clean.ts';
import { compareTexts } from '../../ai/answering/distance.ts';
import { isSuperseded, renderSuperseded } from '../../ai/answering/render.ts';
import type { OpenDraft } from '../../db/turns/drafts.ts';
import { fateOf, whatFollowed } from '../../domain/draft-fate.ts';
import { nameOf } from '../../domain/errors.ts';
import { isClosed } from '../../domain/session.ts';
import { NotFound, Rejected } from '../../freshdesk/errors.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Sight } from './look.ts';

type Tracked = NonNullable<Sight['tracked']>;

/**
 * A10: what became of the drafts that lie on the ticket. A person's public reply closes them; a customer who writes again
 * before that makes them superseded, and the notes say so.
 */
export async function settleDrafts(deps: ActivityDeps, sight: Sight): Promise<void> {
  const { tracked } = sight;
  if (tracked === null || !tracked.session.aiWrote) return;
  for (const draft of await deps.drafts.open(tracked.session)) {
    const { replySeq, overtaken } = whatFollowed(draft, tracked.messages);
    if (replySeq !== null) {
      const reply = (await deps.sessions.thread(tracked.session.id)).find((entry) => entry.seq === replySeq);
      const { distance, kept } = compareTexts(cleanText(draft.html), reply?.text ?? '');
      await deps.drafts.close(draft.id, { fate: fateOf({ distance, kept, overtaken }), distance, closedBy: replySeq });
    } else if (overtaken) {
      if (draft.fate === null) await deps.drafts.supersede(draft.id);
      if (!draft.noted && mayWrite(sight, tracked)) await noteSuperseded(deps, sight, draft);
    }
  }
}

/** E12, C8, S3: while this is false the note waits for a later sync. */
function mayWrite({ account, snapshot }: Sight, { session }: Tracked): boolean {
  if (account.settings.paused || account.connection.state !== 'active') return false;
  return !isClosed(session) && snapshot.session?.mode !== 'off';
}

/** Says the same whenever it is written, so it needs no outbound. It never keeps a ticket from being worked. */
async function noteSuperseded(
  deps: ActivityDeps,
  { account }: Sight,
  { id, noteSeq, noteHtml }: OpenDraft,
): Promise<void> {
  if (noteHtml === null || isSuperseded(noteHtml)) return deps.drafts.noted(id);
  try {
    await account.freshdesk.editNote(noteSeq, renderSuperseded(noteHtml));
    await deps.drafts.noted(id);
  } catch (error) {
    const refused = error instanceof Rejected || error instanceof NotFound;
    if (refused) await deps.drafts.noted(id);
    deps.log.warn(
      { connection: account.connection.id, note: noteSeq, reason: nameOf(error) },
      refused
        ? 'Freshdesk refused to mark a draft as superseded; its note stays as it is'
        : 'a draft could not be marked as superseded; the next sync tries again',
    );
  }
}
