import { leastConfidence } from '../../domain/earned.ts';
import { nameOf } from '../../domain/errors.ts';
import type { HandoffReason } from '../../domain/handoff.ts';
import { type CitedArticles, type KnowledgeSearch, nearestIds, type Passage } from '../../domain/knowledge.ts';
import { budgetGone, dayOf, type ModelCall, type ModelCalls, type StageRef } from '../../domain/model-calls.ts';
import { detailInWords, type AnswerProblem, type PlanDetail } from '../../domain/plan-detail.ts';
import { composeCited, sourcesOf } from '../answering/compose.ts';
import { judgeAnswer, type Judged } from '../guards/guard.ts';
import type { InferenceEngine, Plan, PlanInput, TurnRef, Unfinished } from '../port.ts';
import { isQuestion } from '../understanding/question.ts';
import type { ByMeaning } from '../knowledge/beside.ts';
import { read, type Base, type Reading } from '../understanding/before-any-engine.ts';
import type { Understand } from '../understanding/understand.ts';
import { ModelRefused, ModelUnavailable, type Asked, type Image, type Model, type Question } from './client.ts';
import { answerOf } from './answer.ts';
import { retrieve } from './passages.ts';
import { checkPrompt, draftPrompt } from './prompts.ts';
import { checkSchema, draftSchema, type Draft } from './schemas.ts';

export type ModelEngineDeps = {
  model: Model;
  knowledge: KnowledgeSearch;
  cited: CitedArticles;
  /** null or left out: there is no embedder. */
  understand?: Understand | null;
  /** null or left out: there is no embedder. */
  byMeaning?: ByMeaning | null;
  calls: ModelCalls;
  /** How long a model that is down is tried again before people get the ticket (N6). */
  patienceMs: number;
  now: () => Date;
  log: { error(fields: Record<string, unknown>, message: string): void };
};

/** One retry with the reason fed back; then people get the ticket (N5). */
const MAX_ROUNDS = 2;

type TurnRound = { input: PlanInput; turn: TurnRef; round: number };
type Material = { reading: Reading; base: Base; passages: Passage[] };

/**
 * The engine behind which a model works (N3). The rules come first and cost nothing; then a draft from what the knowledge
 * holds, the guards, and a check by a second question. Each paid stage is an activity of its own, and its result is stored.
 */
export function createModelEngine(deps: ModelEngineDeps): InferenceEngine {
  const material = async (input: PlanInput): Promise<Material & { settled: Plan | null }> => {
    const seen = await read(input, { engine: 'model', classifies: true, understand: deps.understand ?? null });
    const base = { ...seen.base, model: deps.model.name };
    if (seen.settled !== null) return { ...seen, base, passages: [] };
    const passages = await retrieve(deps, input, seen);
    return { ...seen, base: { ...base, nearest: nearestIds(passages) }, passages };
  };

  return {
    async plan(input) {
      const { base, passages, settled } = await material(input);
      if (settled !== null) return settled;
      const gone = await spent(deps, input);
      if (gone !== null) return { ...base, verdict: 'handoff', reasons: ['inference_failed'], detail: gone };
      if (passages.length === 0) return { ...base, verdict: 'handoff', reasons: ['insufficient_knowledge'] };
      return { next: 'draft', round: 1 };
    },

    async carryOn(input, turn, { next, round }) {
      const { reading, base, passages } = await material(input);
      const about = { input, turn, round };
      const outcome =
        next === 'draft'
          ? await draftStage(deps, about, { reading, base, passages })
          : await checkStage(deps, about, { reading, base, passages });
      return 'next' in outcome ? outcome : { ...outcome, ...(await deps.calls.ofTurn(turn.turnId)) };
    },
  };
}

async function draftStage(deps: ModelEngineDeps, about: TurnRound, material: Material): Promise<Plan | Unfinished> {
  const { input, round } = about;
  const { base, passages } = material;
  const feedback = round === 1 ? null : await feedbackOn(deps, about, material);
  const asked = await ask(deps, about, 'draft', {
    ...draftPrompt({ input, language: base.language, passages }, feedback),
    schema: draftSchema,
  });
  if ('detail' in asked) return failed(base, asked.detail);
  const parsed = draftSchema.safeParse(asked.result);
  if (!parsed.success) return again(about, base, 'unreadable', 'inference_failed');
  const verdict = verdictOf(parsed.data, about, material);
  if (verdict !== 'answer') return verdict;
  const judged = await judge(deps, parsed.data, about, material);
  return judged.problem === null ? { next: 'check', round } : again(about, base, judged.problem, 'low_confidence');
}

/** N5: fail closed. What cannot be read is a "no". */
async function checkStage(deps: ModelEngineDeps, about: TurnRound, material: Material): Promise<Plan | Unfinished> {
  const { input, turn, round } = about;
  const { base, passages } = material;
  const stored = await deps.calls.find(refOf(about, 'draft'));
  const drafted = draftSchema.safeParse(stored?.result);
  if (!drafted.success) throw new Error(`Turn ${turn.turnId} has no draft to check.`);
  const { answer, problem, plan } = await judge(deps, drafted.data, about, material);
  if (problem !== null) return again(about, base, problem, 'low_confidence');
  const asked = await ask(deps, about, 'check', {
    ...checkPrompt({ input, language: base.language, passages }, answer),
    schema: checkSchema,
  });
  if ('detail' in asked) return failed(base, asked.detail);
  const verdict = checkSchema.safeParse(asked.result);
  if (verdict.success && verdict.data.reserved) return { ...plan, verdict: 'handoff', reasons: ['prohibited_topic'] };
  const passed =
    verdict.success &&
    verdict.data.supported &&
    verdict.data.unsupported.length === 0 &&
    verdict.data.answers &&
    !verdict.data.obeys;
  return passed
    ? { ...plan, verdict: 'answer', markdown: answer }
    : again({ ...about, round }, base, 'check_failed', 'low_confidence');
}

/** Asks once, unless the stage has been paid for already. A model that is down is left to Temporal, until patience ends. */
async function ask<T>(
  deps: ModelEngineDeps,
  about: TurnRound,
  stage: 'draft' | 'check',
  question: Question<T>,
): Promise<Pick<ModelCall, 'result'> | { detail: PlanDetail }> {
  const ref = refOf(about, stage);
  const call = await deps.calls.begin(ref, deps.model.name, deps.now());
  if (call.endedAt !== null) return call;
  const gone = await spent(deps, about.input);
  if (gone !== null) return { detail: gone };
  try {
    const images = await imagesOf(deps, about.input);
    const { value, usage } = await askWith(deps.model, { ...question, images, signal: about.input.signal });
    await deps.calls.end(ref, usage, value, deps.now());
    return { result: value };
  } catch (error) {
    return giveUp(deps, about, call, error);
  }
}

/** F3: a model that takes no images is asked without them. */
async function askWith<T>(model: Model, question: Question<T>): Promise<Asked<T>> {
  try {
    return await model.ask(question);
  } catch (error) {
    const unseen = error instanceof ModelRefused && error.detail === 'model_refused' && question.images?.length !== 0;
    if (!unseen) throw error;
    return model.ask({ ...question, images: [] });
  }
}

/** F3: the images of what the customer and the desk have said to each other. One that cannot be had keeps nothing back. */
async function imagesOf({ log }: ModelEngineDeps, { connectionId, ticketId, thread }: PlanInput): Promise<Image[]> {
  const images: Image[] = [];
  for (const { image, contentType } of thread.flatMap((entry) =>
    entry.visibility === 'public' ? (entry.attachments ?? []) : [],
  )) {
    if (image === undefined) continue;
    try {
      const data = await image();
      if (data !== null) images.push({ data, mediaType: contentType });
    } catch (error) {
      const reason = nameOf(error);
      log.error(
        { connection: connectionId, ticketId, reason },
        'an image cannot be read; the model is asked without it',
      );
    }
  }
  return images;
}

function giveUp(
  deps: ModelEngineDeps,
  { input }: TurnRound,
  { startedAt }: ModelCall,
  error: unknown,
): { detail: PlanDetail } {
  const ids = { connection: input.connectionId, ticketId: input.ticketId, model: deps.model.name };
  if (error instanceof ModelRefused) {
    deps.log.error(
      { ...ids, detail: error.detail },
      `${error.message}: ${detailInWords(error.detail)} People get the ticket`,
    );
    return { detail: error.detail };
  }
  if (input.signal?.aborted === true) throw error; // by us: it says nothing about the model
  const waitMs = error instanceof ModelUnavailable ? (error.retryAfterMs ?? 0) : 0;
  if (deps.now().getTime() + waitMs - startedAt.getTime() < deps.patienceMs) throw error;
  const reason = error instanceof ModelUnavailable ? error.message : nameOf(error);
  deps.log.error({ ...ids, reason }, 'the AI model has been down for too long; people get the ticket');
  return { detail: 'model_down' };
}

/** What the draft comes to before anybody looks at its words. */
function verdictOf(draft: Draft, { input }: TurnRound, { reading, base }: Material): 'answer' | Plan {
  const { topics, triggers } = input.settings.handoff;
  const topic = topicOf(draft, topics);
  const plan = { ...base, sentiment: draft.sentiment, confidence: within01(draft.confidence), topic };
  const outside = topics.allow.length > 0 && topics.allow[(draft.allowed_topic ?? 0) - 1] === undefined;
  const reasons = new Set<HandoffReason>(draft.verdict === 'handoff' ? draft.reasons : []);
  if (draft.reasons.includes('safety')) reasons.add('safety');
  if (topics.deny[(draft.denied_topic ?? 0) - 1] !== undefined || (outside && draft.verdict !== 'no_reply'))
    reasons.add('prohibited_topic');
  if (draft.sentiment === 'angry') reasons.add('frustrated_customer');
  if (!triggers.frustration) reasons.delete('frustrated_customer');
  if (!triggers.explicitRequest) reasons.delete('user_requested_human_assistance');
  if (draft.verdict === 'handoff' && reasons.size === 0) reasons.add('low_confidence');
  // A model that was told to say nothing must not silence a question.
  if (draft.verdict === 'no_reply' && reading.waiting.some(isQuestion)) reasons.add('low_confidence');
  if (draft.verdict === 'answer' && triggers.lowConfidence && plan.confidence < leastConfidence(input.settings.handoff))
    reasons.add('low_confidence');
  if (reasons.size > 0) return { ...plan, verdict: 'handoff', reasons: [...reasons] };
  return draft.verdict === 'answer' ? 'answer' : { ...plan, verdict: 'no_reply', rule: 'E9' };
}

/** The guards, on the very text that would be posted. */
async function judge(deps: ModelEngineDeps, draft: Draft, { input, round }: TurnRound, { base, passages }: Material) {
  const { words, named } = answerOf(draft, input, { language: base.language, passages });
  const sources = sourcesOf(named.filter((passage) => passage !== null));
  const answer = composeCited(words, sources, base.language);
  const cited = await deps.cited(
    input.connectionId,
    sources.map(({ articleId }) => articleId),
  );
  const judged = judgeAnswer({
    markdown: answer,
    mode: input.mode,
    citedIds: named.map((passage) => passage?.articleId ?? 'not given'),
    cited,
    language: base.language,
    allowedHosts: input.settings.reply.allowedLinkHosts,
    wording: input.settings.reply.wording,
  });
  const plan = {
    ...base,
    sentiment: draft.sentiment,
    confidence: within01(draft.confidence),
    topic: topicOf(draft, input.settings.handoff.topics),
    sources,
  };
  return { answer, plan, problem: words.trim() === '' ? ('empty' as const) : problemOf(judged, round) };
}

/** What a draft says beyond its sources is worth a second try; after it, it is marked and a person decides (N9). */
function problemOf(judged: Judged, round: number): AnswerProblem | null {
  if (!judged.ok) return judged.problem;
  const invented = (judged.unsupported ?? []).find(({ problem }) => problem !== 'altered');
  return round < MAX_ROUNDS ? (invented?.problem ?? null) : null;
}

/** In our own words, so that nothing of the refused answer speaks to the model again. */
async function feedbackOn(deps: ModelEngineDeps, about: TurnRound, material: Material): Promise<string> {
  const before = { ...about, round: about.round - 1 };
  const parsed = draftSchema.safeParse((await deps.calls.find(refOf(before, 'draft')))?.result);
  if (!parsed.success) return detailInWords('unreadable');
  const { problem } = await judge(deps, parsed.data, before, material);
  return detailInWords(problem ?? 'check_failed');
}

function again({ round }: TurnRound, base: Base, detail: PlanDetail, reason: HandoffReason): Plan | Unfinished {
  if (round < MAX_ROUNDS) return { next: 'draft', round: round + 1 };
  return { ...base, verdict: 'handoff', reasons: [reason], detail };
}

function failed(base: Base, detail: PlanDetail): Plan {
  return { ...base, verdict: 'handoff', reasons: ['inference_failed'], detail };
}

function refOf({ input, turn, round }: TurnRound, stage: 'draft' | 'check'): StageRef {
  return { connectionId: input.connectionId, ...turn, stage, round };
}

async function spent({ calls }: ModelEngineDeps, { connectionId, settings, now }: PlanInput) {
  if (settings.ai === undefined) return null;
  return budgetGone(settings.ai, await calls.since(connectionId, dayOf(now)));
}

/** The operator's own line that was matched. What a model would call it is a stranger's word, and stays out of notes. */
function topicOf(
  { denied_topic, allowed_topic }: Draft,
  { allow, deny }: PlanInput['settings']['handoff']['topics'],
): string | null {
  return deny[(denied_topic ?? 0) - 1] ?? allow[(allowed_topic ?? 0) - 1] ?? null;
}

function within01(confidence: number): number {
  return Number.isFinite(confidence) ? Math.min(1, Math.max(0, confidence)) : 0;
}
