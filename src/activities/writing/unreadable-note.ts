import type { TicketRef } from '../../domain/ticket.ts';
import { renderUnreadableNote } from '../../ai/answering/render.ts';
import { engagement } from '../../domain/engagement.ts';
import { nameOf } from '../../domain/errors.ts';
import { isMirroredOnly, isShielded } from '../../domain/session.ts';
import type { Session } from '../../db/conversations/session-row.ts';
import type { Account } from '../../accounts/accounts.ts';
import { admitted } from '../admitted.ts';
import type { ActivityDeps } from '../deps.ts';
import { send } from './write-once.ts';

/**
 * L5: tells people in the ticket that the AI, which would answer there, cannot read it. The thread cannot say whether an
 * attempt arrived, so there is one, for what nobody has answered; a note is better missing than there twice. Throws nothing.
 */
export async function tellUnreadable(deps: ActivityDeps, ref: TicketRef): Promise<void> {
  const { connectionId, ticketId } = ref;
  try {
    const account = await deps.account(connectionId);
    const session = await deps.sessions.find(connectionId, ticketId, account.connection.agent.id);
    if (session === null || session.erased || !answersThere(account, session)) return;
    const target = { ...ref, throughSeq: session.coveredThrough, episode: session.episode };
    const row = await deps.outbounds.open('unreadable_note', target, '');
    if (row.state !== 'pending' || row.tries > 0) return;
    const html = renderUnreadableNote({ agent: account.connection.agent.name });
    const admission = { connectionId, name: `unreadable:${ticketId}`, lane: 'live', credits: 1 } as const;
    await admitted(deps, admission, async (paid) => {
      const { freshdesk } = await paid.account(connectionId);
      await send(paid, { became: 'nothing', row, seenIds: [] }, () => freshdesk.note(ticketId, { html })).catch(
        async (error: unknown) => {
          await deps.outbounds.withdraw({ ...row, tries: row.tries + 1 });
          throw error;
        },
      );
    });
  } catch (error) {
    deps.log.warn(
      { connection: connectionId, ticketId, reason: nameOf(error) },
      'people could not be told in the ticket that it cannot be read',
    );
  }
}

/** Whether an answer to the customer would be the AI's to give. */
function answersThere({ connection, settings }: Account, session: Session): boolean {
  const { intake, assist, channels, paused } = settings;
  if (paused || connection.state !== 'active' || channels[session.channel].mode !== 'autopilot') return false;
  if (session.status !== 'open' || isMirroredOnly(session)) return false;
  const view = { ...session, shielded: isShielded(session) };
  return engagement(view, session.groupId, { ...intake, draftForPeople: assist.whenHumanOwned }, 'autopilot').speaks;
}
