import { guardedPlan } from '../ai/guards/guarded-plan.ts';
import type { Plan, PlanInput, Unfinished } from '../ai/port.ts';
import { summarise, summariseEarlier } from '../ai/answering/summary.ts';
import { framed } from '../ai/answering/render.ts';
import type { Session } from '../db/conversations/session-row.ts';
import type { Turn } from '../db/turns/turns.ts';
import { weighed } from '../domain/earned.ts';
import { EmbedderUnavailable } from '../domain/embedder.ts';
import type { HandoffReason } from '../domain/handoff.ts';
import { loopSuspected } from '../domain/limits.ts';
import type { Stage } from '../domain/model-calls.ts';
import type { PlanDetail } from '../domain/plan-detail.ts';
import type { Settings } from '../domain/settings.ts';
import type { WritingMode, TicketRef } from '../domain/ticket.ts';
import type { Verdict } from '../domain/turn.ts';
import { beat, stopSignal, triedForMs } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { EngineFailures } from './engine-failures.ts';
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
      /** On autopilot: the answer is left as a draft (N7, N11). With reasons, people get the ticket after it. */
      as?: 'assist';
    }
  | Unfinished;

export function createInferenceActivities(deps: ActivityDeps) {
  const failures = new EngineFailures();
  return {
    /** Asks the engine, and stores draft and record (N1, A9). Nothing is written to Freshdesk here. */
    planTurn: atWork(
      deps,
      async (input: PlanTurnInput): Promise<PlannedTurn> => {
        const stored = await storedPlan(deps, input);
        if (stored !== null) return stored;
        const turn = await turnOf(deps, input);
        // A5: until people have cleared it nothing more is sent, so nothing is planned either.
        if (await isUndecided(deps, input, () => deps.sessions.messages(turn.session.id)))
          return toPeople(deps, input, turn.session, 'delivery_failed');
        if (input.mode === 'autopilot' && (await isLoop(deps, input, turn.settings)))
          return toPeople(deps, input, turn.session, 'loop_suspected');
        return settle(deps, input, turn, await deps.engine.plan(turn.planInput));
      },
      failures,
    ),
    /** Has the model draft an answer (N3). */
    draftAnswer: atWork(deps, (input: StageInput) => carryOn(deps, input, 'draft')),
    /** Has the model check what it has drafted (N3). */
    checkAnswer: atWork(deps, (input: StageInput) => carryOn(deps, input, 'check')),
  };
}

/** A model may take its time: a beating heart tells that it is being waited for, and not that the worker is dead. */
function atWork<Input extends PlanTurnInput>(
  deps: ActivityDeps,
  activity: (input: Input) => Promise<PlannedTurn>,
  failures: EngineFailures | null = null,
): (input: Input) => Promise<PlannedTurn> {
  return speakingTemporal(async (input: Input) => {
    const pulse = beat();
    try {
      return await activity(input);
    } catch (error) {
      if (error instanceof EmbedderUnavailable) return await withoutEmbedder(deps, input, error);
      throw failures?.isLast(input.turnId, error) === true ? final(error) : error;
    } finally {
      pulse.stop();
    }
  });
}

/** N6, N7: so long a turn waits for an embedding server that is down; then people get the ticket. */
const EMBEDDER_PATIENCE_MS = 600_000;

/** Throws the error while it is worth waiting for: what refuses once refuses again. */
async function withoutEmbedder(
  deps: ActivityDeps,
  input: PlanTurnInput,
  error: EmbedderUnavailable,
): Promise<PlannedTurn> {
  if (!error.refused && triedForMs(deps.now()) < EMBEDDER_PATIENCE_MS) throw error;
  deps.log.error(
    { connection: input.connectionId, ticketId: input.ticketId, reason: error.message },
    'nothing can be understood without the embedding server; people get the ticket',
  );
  const { session } = await turnOf(deps, input);
  return toPeople(deps, input, session, 'inference_failed', 'embedder_down');
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
  const { mode, reasons, heldBack, threshold } = await manner(deps, input, { session, settings }, plan);
  await deps.turns.record(
    {
      ...keyOf(input, session),
      mode,
      heldBack,
      // Only the note of a draft names them.
      nearest:
        mode === 'assist' && body !== null ? await deps.nearArticles(input.connectionId, plan.nearest ?? []) : [],
      verdict: plan.verdict,
      confidence: plan.confidence,
      topic: plan.topic,
      reasons,
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
      threshold,
      ms: deps.now().getTime() - startedAtMs,
    },
    body === null ? null : framed(body, settings.channels[planInput.channel]),
    unsupported.map(({ sentence }) => sentence),
  );
  const result = told({ ...plan, reasons, heldBack });
  const { connectionId: connection, ticketId, rule } = input;
  deps.log.info({ connection, ticketId, rule, mode, ...result }, `planned: ${PLANS[plan.verdict]}`);
  return result;
}

type Manner = Required<Pick<Turn, 'mode' | 'reasons' | 'heldBack' | 'threshold'>>;

/**
 * N7, N11: what the plan comes to on this connection. An answer that is left as a draft on autopilot is one of assist; where
 * the AI has answered in public and has the ticket, people get it with the draft, because they leave such tickets alone.
 */
async function manner(
  deps: ActivityDeps,
  { connectionId, turnId, mode }: PlanTurnInput,
  { session, settings }: Pick<TurnInHand, 'session' | 'settings'>,
  plan: Plan,
): Promise<Manner> {
  const begun = session.aiReplied && session.responder === 'ai';
  const isToEarn = settings.handoff.confidenceThreshold === 'earned';
  const earned = isToEarn ? await deps.earned.of(connectionId, plan) : null;
  const { heldBack, threshold } = weighed({ settings, plan, earned, mode, turnId, begun });
  if (heldBack === null || mode === 'assist') return { mode, reasons: plan.reasons, heldBack, threshold };
  return { mode: 'assist', reasons: begun ? ['low_confidence'] : plan.reasons, heldBack, threshold };
}

const PLANS: Record<Verdict, string> = { answer: 'answer', handoff: 'hand over', no_reply: 'no reply is wanted' };

/** What the workflow, and whoever looks at its history, gets to know of a plan: ids and numbers. */
function told({ verdict, reasons, confidence, sources, heldBack: why }: Told): Exclude<PlannedTurn, Unfinished> {
  const articleId = sources[0]?.articleId ?? null;
  return { verdict, reasons, confidence, articleId, ...(why == null ? {} : { as: 'assist' }) };
}

type Told = Pick<Plan, 'verdict' | 'reasons' | 'confidence'> &
  Pick<Turn, 'heldBack'> & { sources: readonly { articleId: string }[] };

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
  detail: PlanDetail | null = null,
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
    detail,
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
    thread: episode.map(({ seq, author, visibility, text, at, waiting, suspected }) => {
      const attachments = files.get(seq);
      return {
        author,
        visibility,
        text,
        at,
        waiting,
        suspected,
        ...(attachments === undefined ? {} : { attachments }),
      };
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
