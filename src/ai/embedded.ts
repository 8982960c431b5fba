import type { HandoffReason } from '../domain/handoff.ts';
import type { KnowledgeSearch } from '../domain/knowledge.ts';
import { composeAnswer, sourcesOf } from './compose.ts';
import { firstLanguage } from './language.ts';
import { asksForPerson } from './person-request.ts';
import type { InferenceEngine, Plan, PlanInput } from './port.ts';
import { isQuestion, isReplySubject, questionsOf } from './question.ts';
import { find, searchOf, SOURCE_FLOOR, type Findings } from './retrieval.ts';
import { safetyTopicOf } from './safety.ts';
import { sentimentOf } from './sentiment.ts';
import { summarise } from './summary.ts';
import { isThanksOnly } from './thanks.ts';
import { forbiddenTopic } from './topics.ts';

type Reading = {
  waiting: string[];
  /** The subject where it belongs to what is waiting: on a ticket nobody has answered yet. */
  subject: string | null;
  language: string | null;
};
type Base = Omit<Plan, 'verdict' | 'markdown' | 'rule'>;

/**
 * The engine that needs no key and no network (N2): the same input gives the same plan. It recognises thanks, asks for a
 * person, anger and the safety topics by their words, answers with passages of the imported knowledge, and hands off what
 * it cannot source. Throws when the knowledge cannot be searched or nothing is waiting (N6).
 */
export function createEmbeddedEngine({ knowledge }: { knowledge: KnowledgeSearch }): InferenceEngine {
  return {
    async plan(input) {
      const reading = readingOf(input);
      const base = baseOf(input, reading);
      const signals = signalsOf(input, reading, base);
      if (signals.reasons.length > 0) return { ...base, ...signals, verdict: 'handoff' };
      if (reading.waiting.every(isThanksOnly)) return thanked(input, reading, base);
      const found = await find(
        searchOf(knowledge, { ...input, ...reading, includeInternal: input.mode === 'assist' }),
        {
          ...reading,
          questions: questionsOf(reading.waiting),
        },
      );
      return planFrom(found, input, base);
    },
  };
}

function readingOf({ ticketId, subject, thread, earlier }: PlanInput): Reading {
  const waiting = thread.filter((entry) => entry.waiting).map((entry) => entry.text);
  if (waiting.length === 0) throw new Error(`Ticket ${ticketId} has no waiting message to plan an answer for.`);
  const answered =
    earlier !== undefined ||
    thread.some((entry) => entry.visibility === 'public' && (entry.author === 'ai' || entry.author === 'agent'));
  const before = thread.filter((entry) => !entry.waiting && entry.author === 'customer').map((entry) => entry.text);
  return {
    waiting,
    subject: answered || isReplySubject(subject) ? null : subject,
    language: firstLanguage([waiting.join('\n'), ...before.toReversed(), subject]),
  };
}

function baseOf(input: PlanInput, { waiting, language }: Reading): Base {
  return {
    reasons: [],
    confidence: null,
    topic: null,
    sentiment: sentimentOf(waiting),
    language,
    summary: [summarise(input.thread, input.subject), ...(input.earlier === undefined ? [] : [input.earlier])].join(
      '\n',
    ),
    sources: [],
    engine: 'embedded',
    model: null,
    tokens: null,
  };
}

/** Why this goes to people whatever the knowledge says. Only the safety topics cannot be switched off (H6). */
function signalsOf(
  { settings }: PlanInput,
  { waiting, subject }: Reading,
  { sentiment }: Base,
): { reasons: HandoffReason[]; topic: string | null } {
  const { triggers, topics } = settings.handoff;
  const texts = subject === null ? waiting : [subject, ...waiting];
  const safety = safetyTopicOf(texts);
  const forbidden = waiting.every(isThanksOnly) ? null : forbiddenTopic(texts, topics);
  const reasons: HandoffReason[] = [
    ...(safety === null ? [] : (['safety'] as const)),
    ...(triggers.explicitRequest && texts.some(asksForPerson) ? (['user_requested_human_assistance'] as const) : []),
    ...(forbidden === null ? [] : (['prohibited_topic'] as const)),
    ...(triggers.frustration && sentiment === 'angry' ? (['frustrated_customer'] as const) : []),
  ];
  return { reasons, topic: safety?.replace('_', ' ') ?? forbidden };
}

/** Thanks are not answered (E9), unless the question stands in the subject and nobody has answered it: a person looks. */
function thanked({ subject }: PlanInput, reading: Reading, base: Base): Plan {
  return reading.subject !== null && isQuestion(subject)
    ? { ...base, reasons: ['low_confidence'], verdict: 'handoff' }
    : { ...base, verdict: 'no_reply', rule: 'E9' };
}

/**
 * Answer or handoff, by the threshold of the settings. With the trigger `lowConfidence` off, an answer below the threshold
 * is given as long as there is a source for it (SOURCE_FLOOR); without one it is handed off all the same (N2). Knowledge
 * in another language than the customer's is never the answer.
 */
function planFrom(found: Findings, { settings }: PlanInput, base: Base): Plan {
  const { confidenceThreshold, triggers } = settings.handoff;
  const { confidence, matches } = found;
  const required = triggers.lowConfidence ? Math.max(confidenceThreshold, SOURCE_FLOOR) : SOURCE_FLOOR;
  if (matches.length > 0 && confidence >= required) {
    const language = base.language ?? matches[0]?.language ?? null;
    return {
      ...base,
      confidence,
      sources: sourcesOf(matches),
      markdown: composeAnswer(matches, language),
      verdict: 'answer',
    };
  }
  const known = Math.max(confidence, found.foreignConfidence) >= SOURCE_FLOOR;
  return { ...base, confidence, reasons: [known ? 'low_confidence' : 'insufficient_knowledge'], verdict: 'handoff' };
}
