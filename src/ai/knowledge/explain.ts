import type { KnowledgeSearch, Passage } from '../../domain/knowledge.ts';
import { firstLanguage } from '../reading/language.ts';
import { questionsOf } from '../understanding/question.ts';
import type { Understand } from '../understanding/understand.ts';
import { placeOf, type ByMeaning } from './beside.ts';
import { findByMeaning, passagesByMeaning } from './by-meaning.ts';
import { find, searchOf } from './retrieval.ts';

/** What a question retrieves, and what the embedded engine would make of it. */
export type SearchReport = {
  /** ISO 639-1 of the question; null when it is too short to tell. */
  language: string | null;
  /** How sure the engine would be of its answer, 0–1; compare it with the settings' threshold. */
  confidence: number;
  /** The titles that answer would cite; empty when there would be none. */
  sources: string[];
  passages: Passage[];
};

/** Asks the knowledge as the embedded engine does for a message with this text and no subject. */
export type ExplainSearch = (asked: {
  connectionId: string;
  question: string;
  includeInternal: boolean;
}) => Promise<SearchReport>;

const SHOWN = 10;

/** By meaning where there is an embedder and all of the knowledge is embedded, else by full text (N2, N7). */
export function createExplainSearch({
  knowledge,
  understand = null,
  byMeaning = null,
}: {
  knowledge: KnowledgeSearch;
  understand?: Understand | null;
  byMeaning?: ByMeaning | null;
}): ExplainSearch {
  return async ({ connectionId, question, includeInternal }) => {
    const language = firstLanguage([question]);
    const turn = { connectionId, language, includeInternal };
    const questions = questionsOf([question]);
    const words = await knowledge.search({ ...turn, question: questions.whole, limit: SHOWN });
    const reading = { waiting: [question], before: null, subject: null, language };
    const understood =
      understand !== null && byMeaning !== null && (await byMeaning.meaning.ready(connectionId))
        ? await understand({ connectionId, waiting: [question], before: '', subject: '' })
        : null;
    const deps = byMeaning === null ? null : { ...byMeaning, knowledge };
    const meant =
      understood === null || deps === null
        ? null
        : {
            found: await findByMeaning(deps, turn, reading, understood),
            passages: await passagesByMeaning(deps, turn, reading, understood, { limit: SHOWN }),
          };
    const { confidence, matches } =
      meant?.found ?? (await find(searchOf(knowledge, turn), { questions, subject: null, language }));
    return {
      language,
      confidence,
      sources: [...new Set(matches.map(({ title }) => title))],
      passages: meant === null ? words : withWords(meant.passages, words),
    };
  };
}

/** What the full text knows of these passages as well: which words they hold, and how much of the question that is. */
function withWords(passages: readonly Passage[], words: readonly Passage[]): Passage[] {
  return passages.map((passage) => {
    const same = words.find((other) => placeOf(other) === placeOf(passage));
    return { ...passage, coverage: same?.coverage ?? 0, words: same?.words ?? [] };
  });
}
