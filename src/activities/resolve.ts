import { withoutAddresses } from '../ai/guards/addresses.ts';
import { renderResolutionNote } from '../ai/answering/render.ts';
import { summarise } from '../ai/answering/summary.ts';
import type { Turn } from '../db/turns/turns.ts';
import { answeredByPerson, type SeenMessage } from '../domain/thread.ts';
import { isDone, RESOLVED, responderOf, type TicketRef } from '../domain/ticket.ts';
import { Rejected } from '../freshdesk/errors.ts';
import type { ActivityDeps } from './deps.ts';
import { writing } from './admitted.ts';
import { speakingTemporal } from './failures.ts';
import { look, type Sight, type TrackedSight } from './look/look.ts';
import { withInboxLink } from './writing/inbox-link.ts';
import { noteOnce } from './writing/note-once.ts';
import { abandon, isGone, type Write } from './writing/write-once.ts';

export type ResolveInput = TicketRef & {
  /** The turn that found the thanks (R3), or a new one (R1). */
  turnId: string;
  closure: 'resolved' | 'assumed_resolved';
};

export type Resolution =
  | { outcome: 'resolved' }
  /** Freshdesk asks for something first: the ticket stays open, and people are told (R2). */
  | { outcome: 'refused' }
  /** Something else has come up: look again. */
  | { outcome: 'dropped' };

/** Why a turn has no end yet: the update of the status is under way. */
const RESOLVING = 'resolving';

export function createResolveActivities(deps: ActivityDeps) {
  return {
    /** Ends the conversation: private note, then Resolved, then the session (R1–R4). */
    resolveTicket: speakingTemporal((input: ResolveInput) =>
      writing(deps, input, (paid) => endConversation(paid, input)),
    ),
  };
}

async function endConversation(deps: ActivityDeps, input: ResolveInput): Promise<Resolution> {
  const sight = await look(deps, input, { whole: true });
  if (!isOver(sight)) {
    if (sight.tracked === null) return conclude(deps, input, { outcome: 'dropped' });
    const { session, messages } = sight.tracked;
    await abandon(deps, input, ['resolution_note'], messages);
    const resolving = await resolvingTurn(deps, input, session);
    if (resolving === null) return conclude(deps, input, { outcome: 'dropped' });
    // What the customer wrote while that attempt was under way came after the closing, whatever Freshdesk's times say.
    await deps.sessions.resolved(session.id, input.closure, resolving.throughSeq);
    return conclude(deps, input, { outcome: 'resolved' });
  }
  const { session, messages } = sight.tracked;
  await deps.turns.recordWithoutPlan({
    id: input.turnId,
    sessionId: session.id,
    episode: session.episode,
    throughSeq: session.coveredThrough,
    rule: 'R1',
    mode: 'autopilot',
  });
  // R2: nobody has the ticket any more, so there is nothing to write; the conversation is over all the same.
  const writes = session.responder === 'ai';
  if (writes && !isRepeatedThanks(session.reopenedFrom)) await writeNote(deps, input, sight);
  const refusal = writes ? await setResolved(deps, input, sight) : null;
  if (refusal === 'taken') return conclude(deps, input, { outcome: 'dropped' });
  if (refusal !== null) {
    await deps.sessions.resolveRefused(session.id, refusal.fields);
    return conclude(deps, input, { outcome: 'refused' }, refusal.fields);
  }
  await deps.sessions.resolved(session.id, input.closure, newestSeq(messages));
  return conclude(deps, input, { outcome: 'resolved' });
}

/** R2, R4: still ours to end, on autopilot, with nothing waiting and nobody else in charge. */
function isOver(sight: Sight): sight is TrackedSight {
  if (sight.tracked === null || sight.snapshot.waiting !== null) return false;
  const { settings, connection } = sight.account;
  const { session, messages } = sight.tracked;
  if (answeredByPerson(messages, session.coveredThrough)) return false;
  if (settings.paused || connection.state !== 'active' || !settings.autoResolve) return false;
  return session.status === 'open' && session.responder !== 'person' && sight.snapshot.session?.mode === 'autopilot';
}

/** An attempt whose end nobody noted down has set the status: then it was the AI that closed the ticket, and nobody else. */
async function resolvingTurn(
  deps: ActivityDeps,
  { turnId }: ResolveInput,
  { status }: TrackedSight['tracked']['session'],
): Promise<Turn | null> {
  const turn = status === 'closed_resolved' ? await deps.turns.find(turnId) : null;
  return turn?.outcomeWhy === RESOLVING ? turn : null;
}

/** R3: the thanks that reopened what the AI had resolved closes it again, without a second note. */
function isRepeatedThanks(reopenedFrom: 'ai' | 'freshdesk' | null): boolean {
  return reopenedFrom === 'ai';
}

async function writeNote(deps: ActivityDeps, input: ResolveInput, sight: TrackedSight): Promise<void> {
  const { session } = sight.tracked;
  const turn = await deps.turns.find(input.turnId);
  const summary = summarise(await deps.sessions.thread(session.id));
  const write: Write = {
    kind: 'resolution_note',
    target: { ...input, throughSeq: session.coveredThrough, episode: session.episode },
    html: withInboxLink(
      renderResolutionNote({
        closure: input.closure,
        summary: withoutAddresses(summary),
        sentiment: turn?.sentiment ?? null,
      }),
      deps,
      sight,
    ),
  };
  await noteOnce(deps, sight, write, 'Freshdesk refused the resolution note; the ticket is resolved without it');
}

/** R2: read once more before the update; `taken` when somebody else has the ticket by now. */
async function setResolved(
  deps: ActivityDeps,
  { turnId }: ResolveInput,
  { account, tracked }: TrackedSight,
): Promise<{ fields: string } | 'taken' | null> {
  const { connection, freshdesk } = account;
  const ticket = (await freshdesk.ticket(tracked.ticket.id)).value;
  if (isDone(ticket.status)) return null;
  if (responderOf(ticket.responderId, connection.agent.id) !== 'ai') return 'taken';
  const turn = await deps.turns.find(turnId);
  await deps.turns.conclude(turnId, turn?.outcome ?? 'planned', RESOLVING);
  try {
    await freshdesk.update(ticket.id, { status: RESOLVED });
    await deps.sessions.wroteTicket(tracked.session.id, { ticketStatus: RESOLVED });
    return null;
  } catch (error) {
    if (!(error instanceof Rejected) || isGone(error)) throw error;
    const fields = error.fields.map(({ field }) => field).join(', ') || `HTTP ${error.status}`;
    deps.log.warn(
      { connection: connection.id, ticketId: ticket.id, refused: error.fields },
      'Freshdesk refused to resolve the ticket; it stays open until these fields are filled in or no longer required',
    );
    return { fields };
  }
}

async function conclude(
  deps: ActivityDeps,
  { turnId, connectionId: connection, ticketId, closure }: ResolveInput,
  result: Resolution,
  why: string | null = null,
): Promise<Resolution> {
  const outcome = { resolved: 'resolved', refused: 'resolve_refused', dropped: null } as const;
  const became = outcome[result.outcome];
  if (became !== null) {
    await deps.turns.conclude(turnId, became, why);
    const ended = became === 'resolved' ? 'resolved the ticket' : 'could not resolve the ticket';
    deps.log.info({ connection, ticketId, closure, ...(why === null ? {} : { why }) }, ended);
  }
  return result;
}

function newestSeq(messages: readonly SeenMessage[]): number {
  return messages.reduce((newest, m) => Math.max(newest, m.seq), 0);
}
