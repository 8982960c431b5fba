import { guardedPlan } from '../ai/guards/guarded-plan.ts';
import type { Plan, PlanInput, Unfinished } from '../ai/port.ts';
import { summarise, summariseEarlier } from '../ai/answering/summary.ts';
import { framed } from '../ai/answering/render.ts';
import type { Session } from '../db/conversations/session-row.ts';
import { databaseTrouble } from '../db/trouble.ts';
import type { Turn } from '../db/turns/turns.ts';
import type { HandoffReason } from '../domain/handoff.ts';
import { loopSuspected } from '../domain/limits.ts';
import type { Stage } from '../domain/model-calls.ts';
import type { Settings } from '../domain/settings.ts';
import type { WritingMode } from '../domain/ticket.ts';
import type { Verdict } from '../domain/turn.ts';
import { beat, stopSignal } from './beat.ts';
import type { ActivityDeps, TicketRef } from './deps.ts';
import { final, missing, speakingTemporal } from './failures.ts';
import { officeAt } from './look/office-hours.ts';
import { filesForPlan } from './files/plan-files.ts';
import { isUndecided } from './writing/write-once.ts';

export type PlanTurnInput = TicketRef & {
  /** Given by the workflow: a retried plan returns the one that is stored. */
  turnId: string;
  rule: string;
  mode: WritingMode;
  /** What waits: the customer messages between these two. */
  fromSeq: number;
  throughSeq: number;
};

/** A stage that costs money, with the round it belongs to (N3). */
export type StageInput = PlanTurnInput & { round: number };

/** The verdict, or the stage that has to come before there is one. */
export type PlannedTurn =
  | {
      verdict: Verdict;
      reasons: HandoffReason[];
      /** 0–1; null where none was judged, left out by workers of before. */
      confidence?: number | null;
      /** The article it rests on first, or that came nearest. */
      articleId?: string | null;
    }
  | Unfinished;

export function createInferenceActivities(deps: ActivityDeps) {
  const failures = new EngineFailures();
  return {
    /** Asks the engine, and stores draft and record (N1, A9). Nothing is written to Freshdesk here. */
    planTurn: atWork(async (input: PlanTurnInput): Promise<PlannedTurn> => {
      const stored = await storedPlan(deps, input);
      if (stored !== null) return stored;
      const turn = await turnOf(deps, input);
      // A5: until people have cleared it nothing more is sent, so nothing is planned either.
      if (await isUndecided(deps, input, await deps.sessions.messages(turn.session.id)))
        return toPeople(deps, input, turn.session, 'delivery_failed');
      if (input.mode === 'autopilot' && (await isLoop(deps, input, turn.settings)))
        return toPeople(deps, input, turn.session, 'loop_suspected');
      return settle(deps, input, turn, await deps.engine.plan(turn.planInput));
    }, failures),
    /** Has the model draft an answer (N3). */
    draftAnswer: atWork((input: StageInput) => carryOn(deps, input, 'draft')),
    /** Has the model check what it has drafted (N3). */
    checkAnswer: atWork((input: StageInput) => carryOn(deps, input, 'check')),
  };
}

/** A model may take its time: a beating heart tells that it is being waited for, and not that the worker is dead. */
function atWork<Input extends { turnId: string }>(
  activity: (input: Input) => Promise<PlannedTurn>,
  failures: EngineFailures | null = null,
): (input: Input) => Promise<PlannedTurn> {
  return speakingTemporal(async (input: Input) => {
    const pulse = beat();
    try {
      return await activity(input);
    } catch (error) {
      throw failures?.isLast(input.turnId, error) === true ? final(error) : error;
    } finally {
      pulse.stop();
    }
  });
}

/** N6: so often the engine may fail at a turn; then people get the ticket. */
const MOST_ENGINE_FAILURES = 5;
const MOST_TURNS_KEPT = 1_000;

/**
 * Counts what the engine itself has failed at, by turn: a database that does not answer is no failure of the engine, and
 * costs no ticket its answer (L8). Each process counts for itself.
 */
class EngineFailures {
  readonly #counts = new Map<string, number>();

  isLast(turnId: string, error: unknown): boolean {
    if (databaseTrouble(error) !== null || stopSignal()?.aborted === true) return false;
    const count = (this.#counts.get(turnId) ?? 0) + 1;
    this.#counts.delete(turnId);
    if (count >= MOST_ENGINE_FAILURES) return true;
    this.#counts.set(turnId, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_TURNS_KEPT && oldest !== undefined) this.#counts.delete(oldest);
    return false;
  }
}

async function carryOn(deps: ActivityDeps, input: StageInput, stage: Stage): Promise<PlannedTurn> {
  const stored = await storedPlan(deps, input);
  if (stored !== null) return stored;
  const turn = await turnOf(deps, input);
  if (deps.engine.carryOn === undefined) {
    // Begun by an engine with stages, before another one was chosen: the one chosen now plans it afresh.
    return settle(deps, input, turn, await deps.engine.plan(turn.planInput));
  }
  const ref = { turnId: input.turnId, sessionId: turn.session.id };
  return settle(deps, input, turn, await deps.engine.carryOn(turn.planInput, ref, { next: stage, round: input.round }));
}

/** A retried plan returns the one that is stored. */
async function storedPlan(deps: ActivityDeps, { turnId }: PlanTurnInput): Promise<PlannedTurn | null> {
  const stored = await deps.turns.find(turnId);
  return stored?.verdict == null ? null : told({ ...stored, verdict: stored.verdict });
}

type TurnInHand = { session: Session; settings: Settings; planInput: PlanInput; startedAtMs: number };

async function turnOf(deps: ActivityDeps, input: PlanTurnInput): Promise<TurnInHand> {
  const startedAtMs = deps.now().getTime();
  const { connection, settings } = await deps.account(input.connectionId);
  const session = await deps.sessions.find(input.connectionId, input.ticketId, connection.agent.id);
  if (session === null || session.erased)
    throw missing(`Ticket ${input.ticketId} has no session any more; was it erased?`);
  return { session, settings, planInput: await planInputOf(deps, input, session, settings), startedAtMs };
}

/** The record of a plan that is made; an answer has to pass the guards first, whichever engine it comes from (N5). */
async function settle(
  deps: ActivityDeps,
  input: PlanTurnInput,
  { session, settings, planInput, startedAtMs }: TurnInHand,
  made: Plan | Unfinished,
): Promise<PlannedTurn> {
  if ('next' in made) return made;
  const { plan, body, unsupported } = await guardedPlan(made, planInput, deps.cited);
  await deps.turns.record(
    {
      ...keyOf(input, session),
      verdict: plan.verdict,
      confidence: plan.confidence,
      topic: plan.topic,
      reasons: plan.reasons,
      sources: plan.sources,
      summary: plan.summary,
      sentiment: plan.sentiment,
      language: plan.language,
      engine: plan.engine,
      model: plan.model,
      tokens: plan.tokens,
      money: plan.money ?? null,
      detail: plan.detail ?? null,
      insight: plan.insight ?? null,
      threshold: plan.confidence === null ? null : settings.handoff.confidenceThreshold,
      ms: deps.now().getTime() - startedAtMs,
    },
    body === null ? null : framed(body, settings.channels[planInput.channel]),
    unsupported.map(({ sentence }) => sentence),
  );
  const result = told(plan);
  const { connectionId: connection, ticketId, rule, mode } = input;
  deps.log.info({ connection, ticketId, rule, mode, ...result }, `planned: ${PLANS[plan.verdict]}`);
  return result;
}

const PLANS: Record<Verdict, string> = { answer: 'answer', handoff: 'hand over', no_reply: 'no reply is wanted' };

/** What the workflow, and whoever looks at its history, gets to know of a plan: ids and numbers. */
function told({ verdict, reasons, confidence, sources }: Told): Exclude<PlannedTurn, Unfinished> {
  return { verdict, reasons, confidence, articleId: sources[0]?.articleId ?? null };
}

type Told = Pick<Plan, 'verdict' | 'reasons' | 'confidence'> & { sources: readonly { articleId: string }[] };

function keyOf(input: PlanTurnInput, session: Session) {
  const { turnId, throughSeq, rule, mode } = input;
  return { id: turnId, sessionId: session.id, episode: session.episode, throughSeq, rule, mode };
}

/** E11: whether one more public reply would be too many. */
async function isLoop(deps: ActivityDeps, input: PlanTurnInput, { limits }: Settings): Promise<boolean> {
  const limit = loopSuspected(limits, await deps.outbounds.replyCounts(input, deps.now()));
  if (limit === null) return false;
  deps.log.warn(
    { connection: input.connectionId, ticketId: input.ticketId, limit },
    'the AI has replied too often lately; people get the ticket',
  );
  return true;
}

/** The plan of a turn for which the engine is not asked (A5, E11). */
async function toPeople(
  deps: ActivityDeps,
  input: PlanTurnInput,
  session: Session,
  reason: HandoffReason,
): Promise<PlannedTurn> {
  const reasons = [reason];
  const turn: Turn = {
    ...keyOf(input, session),
    verdict: 'handoff',
    confidence: null,
    topic: null,
    reasons,
    sources: [],
    summary: summarise(await deps.sessions.thread(session.id), session.subject),
    sentiment: null,
    language: null,
    engine: 'rules',
    model: null,
    tokens: null,
    ms: 0,
  };
  await deps.turns.record(turn, null);
  return { verdict: 'handoff', reasons };
}

/** I7: this episode's thread, and what waits even if it is older, as a ticket given back may want; before it, a summary. */
async function planInputOf(
  deps: ActivityDeps,
  input: PlanTurnInput,
  session: Session,
  settings: Settings,
): Promise<PlanInput> {
  const thread = (await deps.sessions.thread(session.id)).filter((entry) => entry.seq <= input.throughSeq);
  const before = Math.min(session.episodeAfter, input.fromSeq - 1);
  const earlier = summariseEarlier(thread.filter((entry) => entry.seq <= before));
  const episode = thread
    .filter((entry) => entry.seq > before)
    .map((entry) => ({
      ...entry,
      waiting: entry.answerable && entry.seq >= input.fromSeq && entry.seq > session.coveredThrough,
    }));
  const files = await filesForPlan(deps, session.id, episode);
  const signal = stopSignal();
  return {
    connectionId: input.connectionId,
    ticketId: input.ticketId,
    channel: session.channel,
    mode: input.mode,
    subject: session.subject,
    ...(earlier === null ? {} : { earlier }),
    thread: episode.map(({ seq, author, visibility, text, at, waiting }) => {
      const attachments = files.get(seq);
      return { author, visibility, text, at, waiting, ...(attachments === undefined ? {} : { attachments }) };
    }),
    settings,
    officeClosed: isClosedFor(input.mode, settings, deps.now()),
    now: deps.now(),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** H7: a draft reaches nobody but people, and is there for them when they come in. */
function isClosedFor(mode: WritingMode, { handoff: { officeHours } }: Settings, now: Date): boolean {
  return mode === 'autopilot' && officeHours?.outside === 'handoff' && !officeAt(officeHours, now).open;
}
