import type { KnowledgeSearch, Passage } from '../../domain/knowledge.ts';
import { detectLanguage } from '../reading/language.ts';
import { questionsOf } from '../understanding/question.ts';
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

const SHOWN = 10;

/** Asks the knowledge as the embedded engine does for a message with this text and no subject. */
export async function explainSearch(
  knowledge: KnowledgeSearch,
  { connectionId, question, includeInternal }: { connectionId: string; question: string; includeInternal: boolean },
): Promise<SearchReport> {
  const language = detectLanguage(question);
  const turn = { connectionId, language, includeInternal };
  const questions = questionsOf([question]);
  const found = await find(searchOf(knowledge, turn), { questions, subject: null, language });
  return {
    language,
    confidence: found.confidence,
    sources: [...new Set(found.matches.map(({ title }) => title))],
    passages: await knowledge.search({ ...turn, question: questions.whole, limit: SHOWN }),
  };
}
