import { setImmediate } from 'node:timers/promises';
import type { EmbeddedArticle, KnowledgeSearch, KnowledgeVectors, Passage } from '../../domain/knowledge.ts';
import { asks } from '../understanding/question.ts';
import type { Understood } from '../understanding/understand.ts';
import { likenessOf, type Likeness, type Meaning } from './meaning.ts';

/** The knowledge by meaning, where there is an embedder. */
export type ByMeaning = { meaning: Meaning; vectors: KnowledgeVectors };
export type BothLegs = ByMeaning & { knowledge: KnowledgeSearch };
export type Asking = { connectionId: string; includeInternal: boolean };
/** One turn's search, in the articles that it may see: those that the customer reads, and those in other languages. */
export type Search = BothLegs & {
  turn: Asking;
  language: string | null;
  readable: readonly EmbeddedArticle[];
  foreign: readonly EmbeddedArticle[];
};

export const FULL_TEXT_SHARE = 0.05;
/** A sentence that only states something stands back behind one that asks. */
const STATEMENT = 0.02;
/** So many articles of either kind are near a text: full text is asked about these alone. */
const NEAR = 100;
const PASSAGES = 30;
/** Articles of which passages are given for each question; of those behind them only how far behind they are counts. */
const FIRST = 5;

/** An article beside a sentence. `asked`: the sentence's vector. */
export type Scored = Likeness & { share: number; score: number; asked: Float32Array };
/** The articles that are near a text, by meaning. */
export type Compared = {
  text: string;
  asked: Float32Array;
  readable: readonly Likeness[];
  foreign: readonly Likeness[];
  /** How far it stands back, where another text asks. */
  behind: number;
  /** The best title and passage, less that. */
  most: number;
};

export async function searchOf(
  deps: BothLegs,
  turn: Asking,
  { language }: { language: string | null },
): Promise<Search> {
  const isReadable = readableIn(language);
  const articles = await deps.meaning.articles(turn.connectionId, turn.includeInternal);
  const foreign = articles.filter((article) => !isReadable(article));
  return { ...deps, turn, language, readable: articles.filter(isReadable), foreign };
}

/** Each text that is understood beside the articles, by meaning. */
export async function compareAll(
  search: Search,
  texts: readonly string[],
  { vectorOf }: Understood,
): Promise<Compared[]> {
  const asking = texts.some(asks);
  const compared: Compared[] = [];
  for (const text of texts) {
    const asked = vectorOf(text);
    if (asked === undefined) continue;
    const [readable, foreign] = [nearest(search.readable, asked), nearest(search.foreign, asked)];
    const behind = asking && !asks(text) ? STATEMENT : 0;
    const most = (readable.length > 0 ? readable : foreign).reduce((best, one) => Math.max(best, worthOf(one)), 0);
    compared.push({ text, asked, readable, foreign, behind, most: most - behind });
    // Thousands of articles take some ten milliseconds, in which nothing else is done.
    await setImmediate();
  }
  return compared;
}

function nearest(articles: readonly EmbeddedArticle[], asked: Float32Array): Likeness[] {
  const alike = articles.map((article) => likenessOf(article, asked));
  const least = Float64Array.from(alike, worthOf).sort().at(-NEAR) ?? Number.NEGATIVE_INFINITY;
  return alike.filter((one) => worthOf(one) >= least);
}

function worthOf({ title, passage }: Likeness): number {
  return title + passage;
}

/** The articles near a sentence with what the full text adds, and which of them it finds first. */
export async function weighed({ knowledge, turn, language }: Search, { text, asked, readable, foreign }: Compared) {
  const among = [...readable, ...foreign].map(({ article }) => article.articleId);
  const passages = await knowledge.search({ ...turn, question: text, language, limit: PASSAGES, among });
  const shares = sharesOf(passages);
  const scored = (one: Likeness): Scored => {
    const share = shares.get(one.article.articleId) ?? 0;
    return { ...one, share, asked, score: worthOf(one) + FULL_TEXT_SHARE * share };
  };
  const coverage = new Map(passages.map((passage) => [placeOf(passage), passage.coverage]));
  const foundFirst = [...shares].toSorted((a, b) => b[1] - a[1])[0]?.[0];
  return { readable: readable.map(scored), foreign: foreign.map(scored), foundFirst, coverage };
}

export function placeOf({ articleId, position }: Pick<Passage, 'articleId' | 'position'>): string {
  return `${articleId} ${position}`;
}

/** Each passage once, in its order. */
export function onceEach(passages: readonly Passage[]): Passage[] {
  return [...new Map(passages.map((passage) => [placeOf(passage), passage])).values()];
}

/** The first of each list, then the second of each, and so on: so many different ones. */
export function inTurn(lists: readonly (readonly Passage[])[], limit: number): Passage[] {
  const most = Math.max(0, ...lists.map((passages) => passages.length));
  const all = Array.from({ length: most }, (_, rank) => lists.flatMap((passages) => passages[rank] ?? []));
  return onceEach(all.flat()).slice(0, limit);
}

export function readableIn(language: string | null) {
  return (article: { language: string | null }) =>
    language === null || article.language === null || article.language === language;
}

/** How much of the question's words the best passage of each article holds. */
function sharesOf(passages: readonly Passage[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { articleId, coverage } of passages) shares.set(articleId, Math.max(coverage, shares.get(articleId) ?? 0));
  return shares;
}

/** The best few, the best first. */
export function firstOf(scored: readonly Scored[]): Scored[] {
  return scored.toSorted(byScore).slice(0, FIRST);
}

function byScore(a: Scored, b: Scored): number {
  return b.score - a.score || (a.article.articleId < b.article.articleId ? -1 : 1);
}
