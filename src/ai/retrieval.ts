import type { KnowledgeSearch, Passage } from '../domain/knowledge.ts';
import { bestMatch, type Match } from './confidence.ts';
import { withSubject, type Questions } from './question.ts';

/** What the knowledge has to say: matches in the customer's language, and how good the best one in another language is. */
export type Findings = { matches: Match[]; confidence: number; foreignConfidence: number };

type Search = (question: string) => Promise<Passage[]>;

const PASSAGES = 20;
/** Below this, what was found shares too little with the question to be a source for anything. */
export const SOURCE_FLOOR = 0.3;
const NOTHING: Findings = { matches: [], confidence: 0, foreignConfidence: 0 };

/** A search bound to what this turn may see (N4). */
export function searchOf(
  knowledge: KnowledgeSearch,
  turn: { connectionId: string; language: string | null; includeInternal: boolean },
): Search {
  return (question) =>
    question === '' ? Promise.resolve([]) : knowledge.search({ ...turn, question, limit: PASSAGES });
}

/**
 * Reads what is waiting in up to three ways and keeps the most certain: everything as one question, the same with the
 * ticket's subject, and each question on its own. In the last way an answer is as certain as its least certain part.
 * Where several questions are asked, the first two ways count only if no question is without a source: an answer to one
 * of two questions passes over the other.
 */
export async function find(
  search: Search,
  { questions, subject, language }: { questions: Questions; subject: string | null; language: string | null },
): Promise<Findings> {
  const parts = await each(questions.single, (question) => findings(search, question, language));
  const wholes = new Set([questions.whole, ...(subject === null ? [] : [withSubject(subject, questions)])]);
  const readings = (await each([...wholes], (whole) => findings(search, whole, language))).map((reading) =>
    combined([reading]),
  );
  if (parts.length > 0) readings.push(combined(parts));
  const best = readings.reduce((a, b) => (b.confidence > a.confidence ? b : a), NOTHING);
  const weakest = questions.asked > 1 ? Math.min(...parts.map((part) => part.confidence)) : best.confidence;
  return {
    matches: best.matches,
    confidence: weakest < SOURCE_FLOOR ? Math.min(weakest, best.confidence) : best.confidence,
    foreignConfidence: Math.max(...readings.map((reading) => reading.foreignConfidence)),
  };
}

async function each<T>(questions: readonly string[], ask: (question: string) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const question of questions) answers.push(await ask(question));
  return answers;
}

async function findings(search: Search, question: string, language: string | null): Promise<Findings> {
  const passages = await search(question);
  const readable = (passage: Passage) =>
    language === null || passage.language === null || passage.language === language;
  const match = bestMatch(passages.filter(readable));
  const foreign = bestMatch(passages.filter((passage) => !readable(passage)));
  return {
    matches: match === null ? [] : [match],
    confidence: match?.confidence ?? 0,
    foreignConfidence: foreign?.confidence ?? 0,
  };
}

function combined(parts: readonly Findings[]): Findings {
  return {
    matches: parts.flatMap((part) => part.matches),
    confidence: Math.min(...parts.map((part) => part.confidence)),
    foreignConfidence: Math.min(...parts.map((part) => Math.max(part.foreignConfidence, part.confidence))),
  };
}
