import { setImmediate } from 'node:timers/promises';
import type { EmbeddedArticle, KnowledgeSearch, KnowledgeVectors, Passage } from '../../domain/knowledge.ts';
import type { Understood } from '../understanding/understand.ts';
import { likenessOf, type Likeness, type Meaning } from './meaning.ts';

export type ByMeaning = { meaning: Meaning; vectors: KnowledgeVectors; knowledge: KnowledgeSearch };
export type Asking = { connectionId: string; includeInternal: boolean };
/** One turn's search, in the articles that it may see. */
export type Search = ByMeaning & { turn: Asking; language: string | null; articles: readonly EmbeddedArticle[] };

export const FULL_TEXT_SHARE = 0.05;
/** A sentence that only states something stands back behind one that asks. */
const STATEMENT = 0.02;
const PASSAGES = 30;
/** Articles of which passages are given for each question; of those behind them only how far behind they are counts. */
const FIRST = 5;

/** An article beside a sentence. `asked`: the sentence's vector. */
export type Scored = Likeness & { share: number; score: number; asked: Float32Array };
/** All articles beside a text, by meaning. */
export type Compared = {
  text: string;
  asked: Float32Array;
  alike: readonly Likeness[];
  /** How far it stands back, where another text asks. */
  behind: number;
  /** The best title and passage, less that. */
  most: number;
};

export async function searchOf(
  deps: ByMeaning,
  turn: Asking,
  { language }: { language: string | null },
): Promise<Search> {
  return { ...deps, turn, language, articles: await deps.meaning.articles(turn.connectionId, turn.includeInternal) };
}

/** Each text that is understood beside all articles, by meaning. */
export async function compareAll(
  { articles, language }: Search,
  texts: readonly string[],
  { vectorOf }: Understood,
): Promise<Compared[]> {
  const asking = texts.some(asks);
  const readable = readableIn(language);
  const isAny = !articles.some(readable);
  const compared: Compared[] = [];
  for (const text of texts) {
    const asked = vectorOf(text);
    if (asked === undefined) continue;
    const alike = articles.map((article) => likenessOf(article, asked));
    const behind = asking && !asks(text) ? STATEMENT : 0;
    const most = alike.reduce(
      (best, { article, title, passage }) => (isAny || readable(article) ? Math.max(best, title + passage) : best),
      0,
    );
    compared.push({ text, asked, alike, behind, most: most - behind });
    // Thousands of articles take some ten milliseconds, in which nothing else is done.
    await setImmediate();
  }
  return compared;
}

/** Those that may be what is asked: what the full text can add to another one would not bring it in front. */
export function contenders(compared: readonly Compared[]): Compared[] {
  const most = Math.max(...compared.map((one) => one.most));
  return compared.filter((one) => one.most + FULL_TEXT_SHARE >= most);
}

/** All articles beside a sentence, and which the full text finds first. */
export async function weighed(
  { knowledge, turn, language }: Search,
  { text, asked, alike }: Compared,
): Promise<{ scored: Scored[]; foundFirst: string | undefined; coverage: Map<string, number> }> {
  const passages = await knowledge.search({ ...turn, question: text, language, limit: PASSAGES });
  const shares = sharesOf(passages);
  const scored = alike.map(({ article, title, passage }) => {
    const share = shares.get(article.articleId) ?? 0;
    return { article, title, passage, share, asked, score: title + passage + FULL_TEXT_SHARE * share };
  });
  const coverage = new Map(passages.map((passage) => [placeOf(passage), passage.coverage]));
  return { scored, foundFirst: [...shares].toSorted((a, b) => b[1] - a[1])[0]?.[0], coverage };
}

export function asks(sentence: string): boolean {
  return /[?¿？؟]/u.test(sentence);
}

export function placeOf({ articleId, position }: Pick<Passage, 'articleId' | 'position'>): string {
  return `${articleId} ${position}`;
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

/** The best few, the best first; not sorted, as there may be many thousands. */
export function firstOf(scored: readonly Scored[]): Scored[] {
  let first: Scored[] = [];
  for (const one of scored) {
    const last = first[FIRST - 1];
    if (last !== undefined && byScore(last, one) < 0) continue;
    first = [...first, one].toSorted(byScore).slice(0, FIRST);
  }
  return first;
}

function byScore(a: Scored, b: Scored): number {
  return b.score - a.score || (a.article.articleId < b.article.articleId ? -1 : 1);
}
