import { withoutAddresses } from '../ai/guards/addresses.ts';
import { renderHandoffNote, renderReply } from '../ai/answering/render.ts';
import { summarise } from '../ai/answering/summary.ts';
import type { FoundTurn } from '../db/turns/turns.ts';
import { reasonInWords, type HandoffReason } from '../domain/handoff.ts';
import { answersPublicly } from '../domain/engagement.ts';
import { isClosed, isShielded } from '../domain/session.ts';
import { answeredByPerson } from '../domain/thread.ts';
import { MARKER_FIELD, MARKER_TAG, routingSteps, type RoutingStep } from '../domain/routing.ts';
import { detailInWords } from '../domain/plan-detail.ts';
import type { OfficeHours } from '../domain/settings.ts';
import { isOwnTag, TAG, withTags } from '../domain/tags.ts';
import { isDone, ownerOf, responderOf, type Owner, type TicketRef } from '../domain/ticket.ts';
import type { Ticket, TicketChange } from '../freshdesk/client.ts';
import { Rejected } from '../freshdesk/errors.ts';
import type { ActivityDeps } from './deps.ts';
import { writing } from './admitted.ts';
import { missing, speakingTemporal } from './failures.ts';
import { isTracked, look, type Sight, type TrackedSight } from './look/look.ts';
import { officeAt, openingInWords } from './look/office-hours.ts';
import { withInboxLink } from './writing/inbox-link.ts';
import { ownMessage } from './look/messages.ts';
import { noteOnce } from './writing/note-once.ts';
import { replyBodyFor } from './writing/reply-body.ts';
import { abandon, isGone, isUndecided, pastOf, sendReply, type Write } from './writing/write-once.ts';

export type HandOffInput = TicketRef & {
  /** The turn that decided; null when no plan was made. */
  turnId: string | null;
  reasons: HandoffReason[];
  /** The newest message the decision has seen. */
  throughSeq: number;
};

export type HandedOff =
  | { outcome: 'handed_off'; owner: Owner }
  /** In assist the note is there, the ticket stays where it is, and the session stays open (H8). */
  | { outcome: 'noted' }
  /** Somebody else has the ticket or has answered, or it is closed: it is left as it is. */
  | { outcome: 'dropped' };

type Story = { summary: string; turn: FoundTurn | null };

export function createHandoffActivities(deps: ActivityDeps) {
  return {
    /** Gives the ticket to people: note, then Open and routed in one update, then the session (H2, H3). */
    handOff: speakingTemporal((input: HandOffInput) => writing(deps, input, (paid) => giveToPeople(paid, input))),
  };
}

async function giveToPeople(deps: ActivityDeps, input: HandOffInput): Promise<HandedOff> {
  const sight = await look(deps, input, { whole: true });
  if (!isOurs(sight) || answeredByPerson(sight.tracked.messages, input.throughSeq)) {
    if (!isTracked(sight)) return conclude(deps, input, { outcome: 'dropped' });
    await abandon(deps, input, ['handoff_note', 'handoff_message'], sight.tracked.messages);
    await deps.sessions.forgetRefusedHandoff(sight.tracked.session.id);
    if (!isRoutedAlready(sight, input)) return conclude(deps, input, { outcome: 'dropped' });
    await record(deps, input, sight, { story: await storyOf(deps, input, sight), step: 'routed', routes: true });
    return conclude(deps, input, { outcome: 'handed_off', owner: 'human' });
  }

  const story = await storyOf(deps, input, sight);
  await writeNote(deps, input, sight, story);
  const routes = sight.snapshot.session?.mode === 'autopilot' || sight.tracked.session.responder === 'ai';
  if (routes) await tellCustomer(deps, input, sight);
  const routed = routes ? await route(deps, sight) : null;
  if (routed === 'closed') return conclude(deps, input, { outcome: 'dropped' });
  await record(deps, input, sight, { story, step: routed?.step ?? null, routes });
  return conclude(deps, input, routed === null ? { outcome: 'noted' } : { outcome: 'handed_off', owner: routed.owner });
}

/** A9: what was decided, and what became of it. */
async function record(
  deps: ActivityDeps,
  input: HandOffInput,
  { account, tracked: { session } }: TrackedSight,
  { story, step, routes }: { story: Story; step: RoutingStep['step'] | null; routes: boolean },
): Promise<void> {
  await deps.handoffs.record(
    {
      sessionId: session.id,
      episode: session.episode,
      throughSeq: input.throughSeq,
      reasons: input.reasons,
      summary: story.summary,
      sentiment: story.turn?.sentiment ?? null,
      language: story.turn?.language ?? null,
      routing: { kind: account.settings.handoff.routing.kind, step },
    },
    routes,
  );
}

/** The routing of an earlier attempt whose answer was lost: our note is there, and the ticket is with whom it was for. */
function isRoutedAlready(
  { account, tracked: { session, messages } }: TrackedSight,
  { throughSeq }: HandOffInput,
): boolean {
  const [first] = routingSteps(account.settings.handoff.routing, session.takenFromId);
  if (session.status !== 'handed_off' || session.responder !== 'person') return false;
  if (first?.responderId !== session.responderId) return false;
  return messages.some((m) => m.writtenAs === 'handoff_note' && m.seq > throughSeq);
}

/** A4, H3: a person who has the ticket is not interrupted, and a closed ticket needs nobody. */
function isOurs(sight: Sight): sight is TrackedSight {
  if (sight.tracked === null) return false;
  const { session } = sight.tracked;
  const pausedOrBroken = sight.account.settings.paused || sight.account.connection.state !== 'active';
  const mode = sight.snapshot.session?.mode;
  if (isClosed(session) || pausedOrBroken || mode === 'off') return false;
  return (
    session.responder !== 'person' ||
    isShielded(session) ||
    (mode === 'assist' && sight.account.settings.assist.whenHumanOwned)
  );
}

async function conclude(deps: ActivityDeps, input: HandOffInput, result: HandedOff): Promise<HandedOff> {
  const { turnId, connectionId: connection, ticketId, reasons } = input;
  deps.log.info({ connection, ticketId, reasons }, ENDS[result.outcome]);
  if (turnId !== null)
    await deps.turns.conclude(
      turnId,
      result.outcome === 'dropped' ? 'dropped' : 'handed_off',
      result.outcome === 'dropped' ? 'A4' : null,
    );
  return result;
}

const ENDS: Record<HandedOff['outcome'], string> = {
  handed_off: 'handed over to people',
  noted: 'noted for people; the ticket stays where it is',
  dropped: 'not handed over: somebody has it, or it is closed',
};

/** The engine's summary, or where no plan was made, the thread's own words. */
async function storyOf(deps: ActivityDeps, { turnId }: HandOffInput, { tracked }: TrackedSight): Promise<Story> {
  const turn = turnId === null ? null : await deps.turns.find(turnId);
  if (turn?.summary != null) return { turn, summary: turn.summary };
  const thread = await deps.sessions.thread(tracked.session.id);
  return { turn, summary: summarise(thread) };
}

/** H2: the note comes first, so that whoever gets the ticket finds it there. A refused note does not keep the ticket back. */
async function writeNote(deps: ActivityDeps, input: HandOffInput, sight: TrackedSight, story: Story): Promise<void> {
  const { session } = sight.tracked;
  const target = {
    connectionId: input.connectionId,
    ticketId: input.ticketId,
    throughSeq: input.throughSeq,
    episode: session.episode,
  };
  const write: Write = {
    kind: 'handoff_note',
    target,
    html: withInboxLink(
      renderHandoffNote({
        // Whatever the customer quotes or was sent: a note is no place to click (N5).
        summary: withoutAddresses(story.summary),
        sentiment: story.turn?.sentiment ?? null,
        language: story.turn?.language ?? null,
        topic: story.turn?.topic ?? null,
        nearest: story.turn === null || story.turn.html !== null ? [] : nearestOf(story.turn),
        undelivered: input.reasons.includes('delivery_failed') ? (story.turn?.html ?? null) : null,
        reasons: [
          ...input.reasons.map(reasonInWords),
          ...(story.turn?.detail == null ? [] : [detailInWords(story.turn.detail)]),
        ],
        opening: openingNote(sight.account.settings.handoff.officeHours, deps.now()),
        refusal: input.reasons.includes('delivery_failed') ? await deps.outbounds.refusal(target) : null,
      }),
      deps,
      sight,
    ),
  };
  await noteOnce(deps, sight, write, 'Freshdesk refused the handoff note; the ticket is routed without it');
}

/** What was tried: the articles that came near to an answer, each once. */
function nearestOf({ sources }: FoundTurn): string[] {
  return [...new Set(sources.map(({ title }) => title))];
}

/** H7: whoever reads the note outside office hours knows when the office opens, whatever the reason of the handoff. */
function openingNote(hours: OfficeHours | null, now: Date): string | null {
  const office = hours === null ? null : officeAt(hours, now);
  return hours === null || office === null || office.open ? null : openingInWords(office.opensAt, hours.timezone);
}

/**
 * H9: the customer is told that a person takes over, where the channel says so. Not when a reply could not be delivered
 * just before, nor into what may be a mail loop, nor where nothing is said in public (E7, E10).
 */
async function tellCustomer(
  deps: ActivityDeps,
  input: HandOffInput,
  { account, tracked, snapshot }: TrackedSight,
): Promise<void> {
  const { session, ticket, messages } = tracked;
  const message = account.settings.channels[session.channel].handoffMessage;
  if (message === null || !answersPublicly(snapshot)) return;
  if (input.reasons.some((reason) => reason === 'delivery_failed' || reason === 'loop_suspected')) return;
  if (await isUndecided(deps, input, () => messages)) return; // A5
  const write: Write = {
    kind: 'handoff_message',
    target: { ...input, episode: session.episode },
    html: renderReply('', { allowedHosts: [], greeting: message, signature: null, disclosure: null }),
  };
  const past = await pastOf(deps, write, messages);
  if (past.became !== 'nothing') return;
  const now = await look(deps, input); // A4: the note took a while, and a person may have answered meanwhile
  if (!isOurs(now) || answeredByPerson(now.tracked.messages, input.throughSeq))
    return deps.outbounds.withdraw(past.row);
  try {
    const body = replyBodyFor(ticket, write.html, account, session.requesterEmail);
    const posted = await sendReply(deps, past, account, ticket.id, body);
    await deps.sessions.addOwn(session, ownMessage(posted, write.html, 'public', account.connection.agent.id));
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    deps.log.warn(
      { connection: input.connectionId, ticketId: ticket.id, status: error.status },
      'Freshdesk refused the message to the customer; the ticket is handed over without it',
    );
  }
}

/**
 * H3, H4: routed only while the ticket is the AI's or nobody's; a refused target falls back, step by step. A ticket
 * that somebody has closed since the look stays closed.
 */
async function route(
  deps: ActivityDeps,
  { account, tracked }: TrackedSight,
): Promise<{ step: RoutingStep['step'] | null; owner: Owner } | 'closed'> {
  const { connection, settings, freshdesk } = account;
  const { session } = tracked;
  let refusal = '';
  for (const step of routingSteps(settings.handoff.routing, session.takenFromId)) {
    if (step.responderId === connection.agent.id) continue; // H4: whatever the settings say, it is not left with the AI
    const ticket = (await freshdesk.ticket(session.ticketId)).value;
    const responder = responderOf(ticket.responderId, connection.agent.id);
    if (responder === 'person') {
      await deps.sessions.wroteTicket(session.id, { responderId: ticket.responderId });
      return { step: null, owner: 'human' };
    }
    if (isDone(ticket.status) && !isDone(tracked.ticket.status)) return 'closed';
    const change = changeOf(step, ticket);
    // Nobody has it already, and more than that was refused.
    const isFree = step.status === null && responder === 'none';
    const refused = isFree ? null : await update(deps, account, { ticketId: ticket.id, step: step.step }, change);
    if (refused !== null) {
      refusal = refused;
      continue;
    }
    const responderId = change.responderId === undefined ? ticket.responderId : change.responderId;
    await deps.sessions.wroteTicket(session.id, {
      responderId,
      takenFromId: null,
      ...(change.status === undefined ? {} : { ticketStatus: change.status }),
      ...(change.tags === undefined ? {} : { ownTags: change.tags.filter(isOwnTag) }),
    });
    return { step: step.step, owner: ownerOf(responderOf(responderId, connection.agent.id)) };
  }
  // Who could put it right learns of it now, and not when the last retry has failed.
  await deps.sessions.handoffRefused(session.id, refusal, deps.now());
  throw missing(
    `Freshdesk refused to take the AI agent off ticket ${session.ticketId}; assign it by hand and look at the fields it requires`,
  );
}

/** The fields that Freshdesk named when it refused this routing; null when it did not. */
async function update(
  deps: ActivityDeps,
  { connection, freshdesk }: Sight['account'],
  { ticketId, step }: { ticketId: number; step: RoutingStep['step'] },
  change: TicketChange,
): Promise<string | null> {
  try {
    await freshdesk.update(ticketId, change);
    return null;
  } catch (error) {
    if (!(error instanceof Rejected) || isGone(error)) throw error;
    deps.log.warn(
      { connection: connection.id, ticketId, step, refused: error.fields },
      'Freshdesk refused this routing; falling back to the next',
    );
    return error.fields.map(({ field }) => field).join(', ') || `HTTP ${error.status}`;
  }
}

function changeOf(step: RoutingStep, ticket: Ticket): TicketChange {
  const tags = withTags(ticket.tags, step.tag ? [TAG, MARKER_TAG] : [TAG]);
  return {
    ...(step.status === null ? {} : { status: step.status }),
    ...(step.status === null || tags === null ? {} : { tags }),
    ...(step.responderId === undefined ? {} : { responderId: step.responderId }),
    ...(step.groupId === undefined ? {} : { groupId: step.groupId }),
    ...(step.marker ? { customFields: { [MARKER_FIELD]: true } } : {}),
  };
}
