import type { TicketRef } from '../domain/ticket.ts';
import {
  ApplicationFailure,
  ActivityFailure,
  condition,
  continueAsNew,
  defineSignal,
  getCurrentDetails,
  isCancellation,
  log,
  setHandler,
  sleep,
  uuid4,
} from '@temporalio/workflow';
import type { Decision } from '../domain/engagement.ts';
import type { HandoffReason } from '../domain/handoff.ts';
import type { Instruction } from '../domain/instruction.ts';
import { HINT_SIGNAL, type Hint, type TicketInput } from '../domain/temporal-names.ts';
import { isThrottled, type Snapshot, type Throttled } from '../domain/snapshot.ts';
import type { PlannedTurn } from '../activities/inference.ts';
import { activitiesFor, type TicketActivities } from './activities.ts';
import { Agenda } from './agenda.ts';
import { judgedAsBefore } from './before-instructions.ts';
import { Inbox } from './inbox.ts';
import { Presentation } from './presentation.ts';

export const hintSignal = defineSignal<[Hint]>(HINT_SIGNAL);

/** Why a run ended: the gate refused the ticket, or its session is closed. */
export type TicketResult = { ended: 'ignored' | 'closed'; rule: Decision['rule'] };

/** A4: how often a draft is dropped for newer messages before it is posted all the same. */
const MOST_DROPS = 3;
/** So often a ticket is looked at again for the same messages. No rule, but a brake: another number breaks open runs. */
const MOST_RESTARTS = 4;

type Answer = Extract<Decision, { kind: 'answer' }>;

/**
 * The story of one ticket: wake on a hint → sync → obey what the look came to: wait out the burst → plan → deliver or hand
 * off → wait. What is true lives in Freshdesk and in the database, and the rules in the activities; the run holds only what
 * it has not looked at yet.
 */
export async function ticketWorkflow({ connectionId, ticketId, carried }: TicketInput): Promise<TicketResult> {
  const ticket: TicketRef = { connectionId, ticketId };
  const inbox = new Inbox(carried?.hints ?? []);
  setHandler(hintSignal, (hint) => inbox.push(hint));
  const agenda = new Agenda(carried);
  const presentation = new Presentation(ticket, carried?.details);
  let wake = carried === undefined || !inbox.isEmpty;
  let restarts = 0;

  for (;;) {
    if (!wake) await condition(() => !inbox.isEmpty || agenda.isDue);
    if (!wake && inbox.isEmpty && agenda.isForNewRun) await goOn(ticket, inbox, agenda);
    const hints = inbox.take();
    const snapshot = await activitiesFor(null).syncTicket({ ...ticket, hints, instruct: true });
    const lookedMs = Date.now();
    if (isThrottled(snapshot)) {
      inbox.putBack(hints);
      await shareIsThere(snapshot, inbox);
      if (agenda.isOver) await goOn(ticket, inbox, agenda);
      continue;
    }
    const { decision, nextLookMs, onThanks, goOnAfterMs } = snapshot.instruction ?? judgedAsBefore(snapshot);
    const ends = decision.kind === 'ignore' || decision.kind === 'close';
    agenda.set(nextLookMs === null ? null : lookedMs + nextLookMs - snapshot.atMs, ends ? null : goOnAfterMs);
    presentation.show(snapshot, decision, nextLookMs, hints);
    wake = false;

    if (snapshot.pendingFiles !== undefined) {
      await copyAttachments(ticket, snapshot);
      if (!inbox.isEmpty) continue; // A1: a hint meanwhile causes one more sync
    }
    if (ends) {
      if (!inbox.isEmpty) continue;
      return { ended: decision.kind === 'ignore' ? 'ignored' : 'closed', rule: decision.rule };
    }
    const outcome = await act(ticket, snapshot, decision, { inbox, presentation, restarts, lookedMs, onThanks });
    if (outcome === 'again') restarts += 1;
    wake = outcome !== 'done' && restarts <= MOST_RESTARTS;
    if (!wake || outcome === 'next') restarts = 0;
    if (agenda.isOver && !wake) await goOn(ticket, inbox, agenda);
  }
}

/** S4. No await between the look at the inbox and the new run: nothing can slip in between. */
function goOn(ticket: TicketRef, inbox: Inbox, { lookAtMs, goOnAfterMs }: Agenda): Promise<never> {
  const carried = {
    hints: inbox.kinds(),
    alarmAtMs: lookAtMs,
    ...(goOnAfterMs === null ? {} : { goOnAfterMs, details: getCurrentDetails() }),
  };
  return continueAsNew<typeof ticketWorkflow>({ ...ticket, carried });
}

/** B4: a look for a backfill or a reconcile pass waits for their share of the rate limit; a live hint does not. */
async function shareIsThere({ throttledMs }: Throttled, inbox: Inbox): Promise<void> {
  await condition(() => inbox.isUrgent, Math.max(1_000, throttledMs), { summary: 'live tickets go first' });
}

/**
 * What a decision came to: nothing left to do; a hint came before anything was done; to be looked at again for the same
 * messages, which is not done for ever; or on to newer ones.
 */
type Outcome = 'done' | 'hinted' | 'again' | 'next';
/** `lookedMs`: when the snapshot was taken, on the workflow's clock. */
type Run = {
  inbox: Inbox;
  presentation: Presentation;
  restarts: number;
  lookedMs: number;
  onThanks: Instruction['onThanks'];
};

async function act(ticket: TicketRef, snapshot: Snapshot, decision: Decision, run: Run): Promise<Outcome> {
  switch (decision.kind) {
    case 'answer':
      return (await burstBrokeOff(snapshot, decision, run)) ? 'hinted' : takeTurn(ticket, snapshot, decision, run);
    case 'handoff':
      return handOff(ticket, snapshot, { ...decision, turnId: null }, run);
    case 'resolve':
      return resolve(ticket, snapshot, { turnId: uuid4(), closure: 'assumed_resolved' }, run);
    case 'silent':
    case 'close':
    case 'ignore':
    default: // a later version's: it is obeyed by that version's workers
      return 'done';
  }
}

/** F1: files are copied right after the sync, because their links die. What cannot be copied holds nobody up for long. */
async function copyAttachments(ticket: TicketRef, snapshot: Snapshot): Promise<void> {
  try {
    await activitiesFor(snapshot).copyAttachments(ticket);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    log.warn('attachments were not copied in time; they stay pending', { ...ticket, failure: typeOf(error) });
  }
}

/** A1: waits until the burst is over; true when a hint came meanwhile, so that the ticket is to be looked at once more. */
async function burstBrokeOff({ atMs }: Snapshot, { notBeforeMs }: Answer, { inbox, lookedMs }: Run): Promise<boolean> {
  const leftMs = notBeforeMs - atMs - (Date.now() - lookedMs);
  if (leftMs <= 0) return false;
  await sleep(leftMs, { summary: 'let the customer finish writing' });
  return !inbox.isEmpty;
}

/**
 * Plans and delivers one answer to all that waits. What fails for good becomes a handoff, never silence (N6, A6).
 */
async function takeTurn(ticket: TicketRef, snapshot: Snapshot, answer: Answer, run: Run): Promise<Outcome> {
  const { rule, mode, fromSeq, throughSeq } = answer;
  const turnId = uuid4();
  const activities = activitiesFor(snapshot);
  let failed: HandoffReason = 'inference_failed';
  try {
    const plan = await planned(activities, { ...ticket, turnId, rule, mode, fromSeq, throughSeq });
    run.presentation.planned(plan, rule);
    failed = 'delivery_failed';
    if (plan.verdict === 'no_reply')
      return run.onThanks === 'resolve'
        ? await resolve(ticket, snapshot, { turnId, closure: 'resolved' }, run)
        : 'done';
    if (plan.verdict !== 'answer')
      return await handOff(ticket, snapshot, { turnId, reasons: plan.reasons, throughSeq }, run);

    const as = plan.as ?? mode;
    const deliver = as === 'autopilot' ? activities.deliverReply : activities.deliverDraft;
    const delivery = await deliver({ ...ticket, turnId, final: run.restarts >= MOST_DROPS });
    if (delivery.outcome === 'undecided')
      return await handOff(ticket, snapshot, { turnId, reasons: [failed], throughSeq }, run);
    if (delivery.outcome === 'braked')
      return await handOff(ticket, snapshot, { turnId, reasons: ['loop_suspected'], throughSeq }, run);
    if (delivery.outcome !== 'sent') return 'again';
    run.presentation.delivered(as, delivery.owner);
    if (plan.as !== undefined && plan.reasons.length > 0)
      return await handOff(ticket, snapshot, { turnId: null, reasons: plan.reasons, throughSeq }, run);
    return delivery.more === true ? 'next' : 'done';
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    log.warn('a turn failed for good; people get the ticket', { ...ticket, reason: failed, failure: typeOf(error) });
    const recorded = failed === 'delivery_failed' ? turnId : null;
    return handOff(ticket, snapshot, { turnId: recorded, reasons: [failed], throughSeq }, run);
  }
}

/** An engine with paid stages asks for them one by one, each an activity of its own, until it has a verdict (N3). */
async function planned(
  activities: TicketActivities,
  request: Parameters<TicketActivities['planTurn']>[0],
): Promise<Extract<PlannedTurn, { verdict: unknown }>> {
  let plan = await activities.planTurn(request);
  while ('next' in plan) {
    const stage = plan.next === 'draft' ? activities.draftAnswer : activities.checkAnswer;
    plan = await stage({ ...request, round: plan.round });
  }
  return plan;
}

type HandoffRequest = { turnId: string | null; reasons: HandoffReason[]; throughSeq: number };

/** Gives the ticket to people (H2); where somebody else has it by now, it is looked at again. */
async function handOff(
  ticket: TicketRef,
  snapshot: Snapshot,
  { turnId, reasons, throughSeq }: HandoffRequest,
  { presentation }: Run,
): Promise<Outcome> {
  try {
    const result = await activitiesFor(snapshot).handOff({ ...ticket, turnId, reasons, throughSeq });
    if (result.outcome === 'handed_off') presentation.handedOff(reasons, result.owner);
    return result.outcome === 'dropped' ? 'again' : 'done';
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    log.error('the handoff failed for good; a person must take the ticket by hand', {
      ...ticket,
      failure: typeOf(error),
    });
    presentation.handoffFailed(reasons);
    return 'done';
  }
}

type ResolveRequest = { turnId: string; closure: 'resolved' | 'assumed_resolved' };

/** R1–R3. What fails for good stays open: that is what a person expects of a ticket nobody has ended. */
async function resolve(
  ticket: TicketRef,
  snapshot: Snapshot,
  request: ResolveRequest,
  { presentation }: Run,
): Promise<Outcome> {
  try {
    const { outcome } = await activitiesFor(snapshot).resolveTicket({ ...ticket, ...request });
    if (outcome === 'resolved') presentation.resolved(request.closure);
    if (outcome === 'refused') presentation.resolveRefused();
    return outcome === 'refused' ? 'done' : 'again';
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    log.error('the ticket could not be resolved; it stays open', { ...ticket, failure: typeOf(error) });
    return 'done';
  }
}

function typeOf({ cause }: ActivityFailure): string {
  return cause instanceof ApplicationFailure ? (cause.type ?? 'unknown') : (cause?.name ?? 'unknown');
}
