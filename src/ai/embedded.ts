import { leastConfidence } from '../domain/earned.ts';
import { type KnowledgeSearch, nearestIds, type Passage } from '../domain/knowledge.ts';
import { composeAnswer, sourcesOf } from './answering/compose.ts';
import { isSaidBefore } from './answering/said-before.ts';
import { withKnown } from './answering/summary.ts';
import type { Plan, PlanInput } from './port.ts';
import { questionsOf } from './understanding/question.ts';
import type { ByMeaning } from './knowledge/beside.ts';
import { findByMeaning } from './knowledge/by-meaning.ts';
import { read, type Base } from './understanding/before-any-engine.ts';
import type { Understand } from './understanding/understand.ts';
import { find, searchOf, SOURCE_FLOOR, type Findings } from './knowledge/retrieval.ts';

/** It costs nothing, so it has the plan at once. */
export type EmbeddedEngine = { plan(input: PlanInput): Promise<Plan> };

/**
 * The engine that needs no key and no network (N2): the same input gives the same plan. It answers with passages of the
 * imported knowledge, and hands off what it cannot source. Throws when the knowledge cannot be searched or nothing is waiting (N6).
 */
export function createEmbeddedEngine({
  knowledge,
  understand = null,
  byMeaning = null,
}: {
  knowledge: KnowledgeSearch;
  /** null or left out: there is no embedder. */
  understand?: Understand | null;
  /** null or left out: there is no embedder. */
  byMeaning?: ByMeaning | null;
}): EmbeddedEngine {
  return {
    async plan(input) {
      const { reading, base, settled, understood } = await read(input, {
        engine: 'embedded',
        classifies: false,
        understand,
      });
      if (settled !== null) return settled;
      const includeInternal = input.mode === 'assist';
      if (byMeaning !== null && understood !== null && (await byMeaning.meaning.ready(input.connectionId))) {
        const turn = { connectionId: input.connectionId, includeInternal };
        const found = await findByMeaning({ ...byMeaning, knowledge }, turn, reading, understood);
        return planFrom(found, input, { ...base, nearest: nearestIds(found.nearest) });
      }
      const search = searchOf(knowledge, { ...input, ...reading, includeInternal });
      const seen: Passage[] = [];
      const noting = async (question: string) => {
        const passages = await search(question);
        seen.push(...passages);
        return passages;
      };
      const questions = questionsOf(reading.waiting, understood?.said.account.verdict === 'sure');
      const found = await find(noting, { ...reading, questions });
      // No embedder, or the knowledge's vectors are still being made: what words alone find is for people to send (N7).
      return planFrom(found, input, { ...base, nearest: nearestIds(seen), draftOnly: true });
    },
  };
}

/**
 * Answer or handoff, by the threshold of the settings. With the trigger `lowConfidence` off, an answer below the threshold
 * is given as long as there is a source for it (SOURCE_FLOOR); without one it is handed off all the same (N2). Knowledge
 * in another language than the customer's is never the answer, and neither is what the customer has been told already.
 */
function planFrom(found: Findings, { settings, thread }: PlanInput, heard: Base): Plan {
  const base =
    heard.insight === undefined ? heard : { ...heard, insight: { ...heard.insight, articles: found.nearest } };
  if (found.many)
    return { ...base, confidence: 0, reasons: ['low_confidence'], detail: 'many_questions', verdict: 'handoff' };
  const { triggers } = settings.handoff;
  const { confidence, matches } = found;
  const passages = matches.flatMap((match) => match.passages);
  const sources = sourcesOf(passages);
  const required = triggers.lowConfidence ? Math.max(leastConfidence(settings.handoff), SOURCE_FLOOR) : SOURCE_FLOOR;
  if (matches.length > 0 && confidence >= required) {
    if (isSaidBefore(passages, thread))
      return { ...base, confidence, sources, reasons: ['low_confidence'], detail: 'said_before', verdict: 'handoff' };
    const language = base.language ?? matches[0]?.language ?? null;
    return {
      ...base,
      confidence,
      sources,
      markdown: composeAnswer(matches, language),
      verdict: 'answer',
    };
  }
  const known = Math.max(confidence, found.foreignConfidence) >= SOURCE_FLOOR;
  const answered = found.parts.filter((part) => part.confidence >= required);
  const summary = withKnown(base.summary, answered);
  return known
    ? { ...base, summary, confidence, sources, reasons: ['low_confidence'], verdict: 'handoff' }
    : { ...base, summary, confidence, reasons: ['insufficient_knowledge'], verdict: 'handoff' };
}
