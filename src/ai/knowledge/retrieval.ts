import type { Nearest } from '../../domain/insight.ts';
import type { KnowledgeSearch, Passage } from '../../domain/knowledge.ts';
import { confidenceOf, type Doubts } from './calibration.ts';
import { bestMatch, type Match } from './confidence.ts';
import type { Features } from './likely.ts';
import { withSubject, type Questions } from '../understanding/question.ts';

/** An article that answers, with the passages that do. */
export type Found = Pick<Match, 'passages' | 'articleId' | 'title' | 'language'>;

export type Part = { found: Found; confidence: number };

/** What the knowledge has to say: matches in the customer's language, and how good the best one in another language is. */
export type Findings = {
  matches: Found[];
  confidence: number;
  foreignConfidence: number;
  /** Of several questions, those that something was found for, each with how good that is; empty where one was asked. */
  parts: Part[];
  /** The best few of each question; empty where nothing was compared by meaning. */
  nearest: Nearest[];
  /** What the least certain answer's confidence rests on; null where nothing was compared by meaning. */
  features: Features | null;
  /** Set where more is asked than is answered at once, so that nothing was looked for (N10). */
  many?: true;
};

/** What full text found, with what its confidence was made of. */
type Weighed = Findings & { likelihood: number; doubts: Doubts };

/** What was found for one way to read what is waiting: in the customer's language, and in others. */
export type Reading = { match: Match | null; foreign: Match | null };
/** Everything as one question, with and without the ticket's subject; and each question on its own. */
export type Readings = { wholes: Reading[]; parts: Reading[] } & Pick<Questions, 'asked' | 'aboutOwn'>;

type Search = (question: string) => Promise<Passage[]>;

const PASSAGES = 30;
/** Below this confidence, what was found shares too little with the question to be a source for anything. */
export const SOURCE_FLOOR = 0.3;

/** A search bound to what this turn may see (N4). */
export function searchOf(
  knowledge: KnowledgeSearch,
  turn: { connectionId: string; language: string | null; includeInternal: boolean },
): Search {
  return (question) =>
    question === '' ? Promise.resolve([]) : knowledge.search({ ...turn, question, limit: PASSAGES });
}

/** The answer that is most likely right, and how likely that is. */
export async function find(
  search: Search,
  turn: { questions: Questions; subject: string | null; language: string | null },
): Promise<Findings> {
  return weigh(await readingsOf(search, turn));
}

/** Reads what is waiting in each way, and asks the knowledge. */
export async function readingsOf(
  search: Search,
  { questions, subject, language }: { questions: Questions; subject: string | null; language: string | null },
): Promise<Readings> {
  const wholes = new Set([questions.whole, ...(subject === null ? [] : [withSubject(subject, questions)])]);
  return {
    wholes: await each([...wholes], (question) => reading(search, question, language)),
    parts: await each(questions.single, (question) => reading(search, question, language)),
    asked: questions.asked,
    aboutOwn: questions.aboutOwn,
  };
}

/**
 * Keeps the most likely reading. Read as single questions, an answer is as likely right as its least certain part; where
 * several are asked, only this reading counts: an answer to one of two questions passes over the other.
 */
export function weigh({ wholes, parts, asked, aboutOwn }: Readings): Weighed {
  const single = parts.length > 0 ? [together(parts)] : [];
  const ways = asked > 1 ? single : [...wholes.map((whole) => together([whole])), ...single];
  const best = ways.reduce((a, b) => (b.likelihood > a.likelihood ? b : a), { matches: [], likelihood: 0, foreign: 0 });
  const disputed = ways.some((way) => way.matches.length > 0 && articlesOf(way) !== articlesOf(best));
  const doubts = { aboutOwn, disputed };
  return {
    matches: best.matches,
    likelihood: best.likelihood,
    doubts,
    confidence: confidenceOf(best.likelihood, doubts),
    foreignConfidence: confidenceOf(Math.max(0, ...ways.map((way) => way.foreign)), doubts),
    parts: asked < 2 ? [] : parts.flatMap(({ match }) => partOf(match, doubts)),
    nearest: [],
    features: null,
  };
}

function partOf(match: Match | null, doubts: Doubts): Part[] {
  return match === null ? [] : [{ found: match, confidence: confidenceOf(match.likelihood, doubts) }];
}

function articlesOf({ matches }: { matches: readonly Match[] }): string {
  return [...new Set(matches.map(({ articleId }) => articleId))].toSorted().join(' ');
}

async function each<T>(questions: readonly string[], ask: (question: string) => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (const question of questions) answers.push(await ask(question));
  return answers;
}

async function reading(search: Search, question: string, language: string | null): Promise<Reading> {
  const passages = await search(question);
  const readable = (passage: Passage) =>
    language === null || passage.language === null || passage.language === language;
  return {
    match: bestMatch(passages.filter(readable)),
    foreign: bestMatch(passages.filter((passage) => !readable(passage))),
  };
}

function together(parts: readonly Reading[]): { matches: Match[]; likelihood: number; foreign: number } {
  const likelihood = ({ match }: Reading) => match?.likelihood ?? 0;
  return {
    matches: parts.flatMap(({ match }) => (match === null ? [] : [match])),
    likelihood: Math.min(...parts.map(likelihood)),
    foreign: Math.min(...parts.map((part) => Math.max(part.foreign?.likelihood ?? 0, likelihood(part)))),
  };
}
