import type { KnowledgeSearch, Passage } from '../domain/knowledge.ts';
import { bestMatch, type Match } from './confidence.ts';
import { withSubject, type Questions } from './question.ts';

/** What the knowledge has to say: matches in the customer's language, and how good the best one in another language is. */
export type Findings = { matches: Match[]; confidence: number; foreignConfidence: number };

type Search = (question: string) => Promise<Passage[]>;

const PASSAGES = 20;
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
 * ticket's subject, and each question on its own. In the last way an answer is as certain as its least certain part, so
 * that a question the knowledge does not carry takes the whole turn to people instead of being passed over.
 */
export async function find(
  search: Search,
  { questions, subject, language }: { questions: Questions; subject: string | null; language: string | null },
): Promise<Findings> {
  const wholes = new Set([questions.whole, ...(subject === null ? [] : [withSubject(subject, questions)])]);
  const readings: Findings[] = [];
  for (const whole of wholes) readings.push(combined([await findings(search, whole, language)]));
  if (questions.single.length > 0) {
    const parts: Findings[] = [];
    for (const question of questions.single) parts.push(await findings(search, question, language));
    readings.push(combined(parts));
  }
  const best = readings.reduce((a, b) => (b.confidence > a.confidence ? b : a), NOTHING);
  return { ...best, foreignConfidence: Math.max(...readings.map((reading) => reading.foreignConfidence)) };
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
