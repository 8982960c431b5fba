import type { Account } from '../../accounts/accounts.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Sight } from '../look/look.ts';
import { isOwnTag, tagsOf, withTags } from '../../domain/tags.ts';
import { isDone, OPEN, responderOf, type Owed, type Responder, type WritingMode } from '../../domain/ticket.ts';
import { isShielded } from '../../domain/session.ts';
import type { Ticket, TicketChange } from '../../freshdesk/client.ts';
import { isFreshdeskError, Rejected } from '../../freshdesk/errors.ts';
import { WritesHeld } from './guarded.ts';

type Tracked = NonNullable<Sight['tracked']>;
type Shown = { postedNow: boolean; throughSeq: number };

/**
 * Has the ticket show what was written. What Freshdesk does not take now is owed, and made up for by the next look: the
 * question is answered all the same. Returns who the ticket is assigned to afterwards.
 */
export async function showOnTicket(
  deps: ActivityDeps,
  owed: Owed,
  sight: { account: Account; tracked: Tracked },
  shown: Shown,
): Promise<Responder> {
  const { session } = sight.tracked;
  try {
    const responder = await recordOnTicket(deps, owed, sight, shown);
    await deps.sessions.owesNothing(session.id);
    return responder;
  } catch (error) {
    if (!isFreshdeskError(error) && !(error instanceof WritesHeld)) throw error;
    deps.log.warn(
      { connection: session.connectionId, ticketId: session.ticketId, reason: error.message },
      'the reply stands; tags, responder and status of its ticket are made up for by the next look',
    );
    return session.responder;
  }
}

/**
 * What earlier attempts owe the ticket, as a look finds it: never more than tags on one that is with people or closed. While
 * the customer waits again it stays as they have set it; the next answer shows it all.
 */
export async function showWhatIsOwed(deps: ActivityDeps, { account, tracked, snapshot }: Sight): Promise<void> {
  if (tracked === null || tracked.session.owes === null || snapshot.waiting !== null) return;
  if (account.settings.paused || account.connection.state !== 'active') return;
  const { owes, coveredThrough } = tracked.session;
  await showOnTicket(deps, owes, { account, tracked }, { postedNow: false, throughSeq: coveredThrough });
}

/**
 * After a reply or draft: adds the tags and, with the first public reply, makes the AI agent the responder (A2, A3). Posting
 * takes a while, so the ticket is read once more: whoever took it meanwhile keeps it, and tags set meanwhile stay.
 * Returns who the ticket is assigned to afterwards.
 * @param throughSeq what the reply answers: a newer message opens the ticket again that this update closes (S2)
 * @param postedNow false when the reply was posted by an earlier attempt: then every person's assignment is left alone
 */
async function recordOnTicket(
  deps: ActivityDeps,
  owed: Owed,
  { account, tracked }: { account: Account; tracked: Tracked },
  { postedNow, throughSeq }: Shown,
): Promise<Responder> {
  const { session, ticket: looked } = tracked;
  const aiAgentId = account.connection.agent.id;
  if (isEmpty(changeAfter(owed, account, tracked, looked, postedNow))) return session.responder;

  const ticket = postedNow ? (await account.freshdesk.ticket(looked.id)).value : looked;
  const asLooked = ticket.responderId === looked.responderId;
  const change = changeAfter(owed, account, tracked, ticket, postedNow && asLooked);
  if (isEmpty(change)) return responderOf(ticket.responderId, aiAgentId);

  if (change.responderId !== undefined && ticket.responderId !== null)
    await deps.sessions.wroteTicket(session.id, { takenFromId: ticket.responderId });
  const applied = await updateWithoutRefused(deps, account, ticket.id, change);
  const responderId = applied.responderId === undefined ? ticket.responderId : applied.responderId;
  // Somebody else's assignment is for the next look to find, which also knows what it means (E4).
  const ours = applied.responderId !== undefined || asLooked;
  await deps.sessions.wroteTicket(session.id, {
    ...(ours ? { responderId } : {}),
    ...(applied.status === undefined ? {} : { ticketStatus: applied.status }),
    ...(applied.tags === undefined ? {} : { ownTags: applied.tags.filter(isOwnTag) }),
  });
  if (applied.status !== undefined && isDone(applied.status))
    await deps.sessions.resolved(session.id, 'assumed_resolved', throughSeq);
  return responderOf(responderId, aiAgentId);
}

/**
 * Where the look has found the session with people or closed, as a retried attempt may, only the tags are left to add:
 * the ticket is theirs as it is (E6, S1).
 */
function changeAfter(
  owed: Owed,
  { connection, settings }: Account,
  { session, ticket: looked }: Tracked,
  ticket: Ticket,
  mayTakeFromPerson: boolean,
): TicketChange {
  const mode: WritingMode = owed === 'draft' ? 'assist' : 'autopilot';
  const tags = withTags(ticket.tags, tagsOf(mode));
  const change: TicketChange = tags === null ? {} : { tags };
  if (session.status !== 'open') return change;
  const responder = responderOf(ticket.responderId, connection.agent.id);
  const mayTake = responder === 'none' || (responder === 'person' && mayTakeFromPerson && isShielded(session));
  if (owed === 'first_reply' && mayTake) change.responderId = connection.agent.id;
  const status = statusAfter(mode, settings.reply.statusAfterReply, looked.status, ticket.status);
  if (status !== null && status !== ticket.status) change.status = status;
  return change;
}

/** S2: what is answered on a closed ticket opens it again, also where the account's own rule does not; not what was closed since. */
function statusAfter(mode: WritingMode, wanted: number | null, lookedStatus: number, status: number): number | null {
  if (isDone(status)) return isDone(lookedStatus) ? OPEN : null;
  return mode === 'autopilot' ? wanted : null;
}

function isEmpty(change: TicketChange): boolean {
  return Object.keys(change).length === 0;
}

/** A6: a refusal here never hands off; it is recorded, and tried once more without what was refused. */
async function updateWithoutRefused(
  deps: ActivityDeps,
  { connection, freshdesk }: Account,
  ticketId: number,
  change: TicketChange,
): Promise<TicketChange> {
  try {
    await freshdesk.update(ticketId, change);
    return change;
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    const rest = without(change, error);
    deps.log.warn(
      { connection: connection.id, ticketId, status: error.status, refused: error.fields, left: Object.keys(rest) },
      'Freshdesk refused the update after a reply; it is tried once more without what was refused',
    );
    if (Object.keys(rest).length === 0) return {};
    return freshdesk.update(ticketId, rest).then(
      () => rest,
      (again: unknown) => {
        if (!(again instanceof Rejected)) throw again;
        deps.log.warn(
          { connection: connection.id, ticketId, status: again.status, refused: again.fields },
          'Freshdesk refused the update after a reply again; the reply stands, tags and responder do not',
        );
        return {};
      },
    );
  }
}

/** A refused field that is not one of ours is one that the new status requires. */
function without(change: TicketChange, refusal: Rejected): TicketChange {
  const fields = refusal.fields.map(({ field }) => field);
  const { tags, responderId, ...others } = change;
  return {
    ...(tags === undefined || fields.includes('tags') ? {} : { tags }),
    ...(responderId === undefined || fields.includes('responder_id') ? {} : { responderId }),
    ...(fields.length > 0 && fields.every((field) => field === 'tags' || field === 'responder_id') ? others : {}),
  };
}
