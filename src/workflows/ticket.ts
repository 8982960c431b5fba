import {
  ApplicationFailure,
  ActivityFailure,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  log,
  setHandler,
  sleep,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { decide, type Decision } from '../domain/engagement.ts';
import type { HandoffReason } from '../domain/handoff.ts';
import { HINT_SIGNAL, type Hint, type TicketInput } from '../domain/signals.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import { activitiesFor } from './activities.ts';
import { Alarm } from './alarm.ts';
import { Inbox } from './inbox.ts';
import { Presentation } from './presentation.ts';

export const hintSignal = defineSignal<[Hint]>(HINT_SIGNAL);

/** Why a run ended: the gate refused the ticket, or its session is closed. */
export type TicketResult = { ended: 'ignored' | 'closed'; rule: Decision['rule'] };

/** A4: how often a draft is dropped for newer messages before it is posted all the same. */
const MOST_RESTARTS = 3;

type Answer = Extract<Decision, { kind: 'answer' }>;
type Ticket = { connectionId: string; ticketId: number };

/**
 * The story of one ticket: wake on a hint → sync → decide → wait out the burst → plan → deliver or hand off → wait.
 * What is true lives in Freshdesk and in the database; the run holds only what it has not looked at yet.
 */
export async function ticketWorkflow({ connectionId, ticketId, carried }: TicketInput): Promise<TicketResult> {
  const ticket: Ticket = { connectionId, ticketId };
  const inbox = new Inbox(carried?.hints ?? []);
  setHandler(hintSignal, (hint) => inbox.push(hint));
  const alarm = new Alarm(carried?.alarmAtMs ?? null);
  const presentation = new Presentation(ticket);
  let wake = carried === undefined || !inbox.isEmpty;
  let restarts = 0;

  for (;;) {
    if (!wake) await condition(() => !inbox.isEmpty || alarm.isDue);
    const snapshot = await activitiesFor(null).syncTicket({ ...ticket, hints: inbox.take() });
    const decision = decide(snapshot);
    alarm.set(nextLookMs(snapshot));
    presentation.show(snapshot, decision);
    wake = false;

    if (decision.kind === 'ignore' || decision.kind === 'close') {
      if (!inbox.isEmpty) continue;
      return { ended: decision.kind === 'ignore' ? 'ignored' : 'closed', rule: decision.rule };
    }
    if (decision.kind === 'answer') {
      if (await burstBrokeOff(snapshot, decision, inbox)) {
        wake = true;
        continue;
      }
      wake = await takeTurn(ticket, snapshot, decision, restarts, presentation);
    }
    if (decision.kind === 'handoff') {
      wake = await handOff(
        ticket,
        snapshot,
        { turnId: null, reasons: decision.reasons, throughSeq: decision.throughSeq },
        presentation,
      );
    }
    wake &&= restarts <= MOST_RESTARTS;
    restarts = wake ? restarts + 1 : 0;
    if (workflowInfo().continueAsNewSuggested && !wake) {
      // No await between this look at the inbox and the new run: nothing can slip in between.
      await continueAsNew<typeof ticketWorkflow>({
        ...ticket,
        carried: { hints: inbox.kinds(), alarmAtMs: alarm.atMs },
      });
    }
  }
}

/** A1: waits until the burst is over; true when a hint came meanwhile, so that the ticket is to be looked at once more. */
async function burstBrokeOff({ atMs }: Snapshot, { notBeforeMs }: Answer, inbox: Inbox): Promise<boolean> {
  const leftMs = notBeforeMs - atMs;
  if (leftMs <= 0) return false;
  await sleep(leftMs, { summary: 'let the customer finish writing' });
  return !inbox.isEmpty;
}

/**
 * Plans and delivers one answer to all that waits. True when the ticket has to be looked at again at once: something newer
 * came while the answer was on its way (A4). What fails for good becomes a handoff, never silence (N6, A6).
 */
async function takeTurn(
  ticket: Ticket,
  snapshot: Snapshot,
  { rule, mode, fromSeq, throughSeq }: Answer,
  restarts: number,
  presentation: Presentation,
): Promise<boolean> {
  const turnId = uuid4();
  const activities = activitiesFor(snapshot);
  let failed: HandoffReason = 'inference_failed';
  try {
    const plan = await activities.planTurn({ ...ticket, turnId, rule, mode, fromSeq, throughSeq });
    presentation.planned(plan.verdict, rule);
    failed = 'delivery_failed';
    if (plan.verdict === 'no_reply') return false;
    if (plan.verdict === 'handoff')
      return await handOff(ticket, snapshot, { turnId, reasons: plan.reasons, throughSeq }, presentation);

    const deliver = mode === 'autopilot' ? activities.deliverReply : activities.deliverDraft;
    const delivery = await deliver({ ...ticket, turnId, final: restarts >= MOST_RESTARTS });
    if (delivery.outcome === 'undecided')
      return await handOff(ticket, snapshot, { turnId, reasons: ['delivery_failed'], throughSeq }, presentation);
    if (delivery.outcome === 'sent') presentation.delivered(mode, delivery.owner);
    return delivery.outcome !== 'sent';
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    log.warn('a turn failed for good; people get the ticket', {
      ticketId: ticket.ticketId,
      reason: failed,
      failure: typeOf(error),
    });
    return handOff(
      ticket,
      snapshot,
      { turnId: failed === 'delivery_failed' ? turnId : null, reasons: [failed], throughSeq },
      presentation,
    );
  }
}

/** Gives the ticket to people (H2). True when somebody else has it by now, and it is to be looked at again. */
async function handOff(
  ticket: Ticket,
  snapshot: Snapshot,
  handoff: { turnId: string | null; reasons: HandoffReason[]; throughSeq: number },
  presentation: Presentation,
): Promise<boolean> {
  try {
    const result = await activitiesFor(snapshot).handOff({ ...ticket, ...handoff });
    if (result.outcome === 'handed_off') presentation.handedOff(handoff.reasons, result.owner);
    return result.outcome === 'dropped';
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    log.error('the handoff failed for good; a person must take the ticket by hand', {
      ticketId: ticket.ticketId,
      failure: typeOf(error),
    });
    presentation.handoffFailed(handoff.reasons);
    return false;
  }
}

/** I6: the next time the thread is read of itself, on the workflow's clock. */
function nextLookMs({ atMs, session }: Snapshot): number | null {
  return session?.rereadAtMs == null ? null : Date.now() + Math.max(0, session.rereadAtMs - atMs);
}

function typeOf({ cause }: ActivityFailure): string {
  return cause instanceof ApplicationFailure ? (cause.type ?? 'unknown') : (cause?.name ?? 'unknown');
}
