import type { FoundWord, Passage } from '../../domain/knowledge.ts';
import { likelihoodOf, type Evidence } from './calibration.ts';

/** The best article for one question, and how likely that is the right one. */
export type Match = {
  passages: Passage[];
  articleId: string;
  title: string;
  language: string | null;
  evidence: Evidence;
  likelihood: number;
};

/** How much the best passage counts beside the whole article when articles are compared. */
const PASSAGE_WEIGHT = 0.5;
/** How much more a word counts that title or heading hold. */
const NAMED_BONUS = 0.6;
/** Further passages of the article are part of the answer when they cover at least this share of what the best one does. */
const COMPANION_SHARE = 0.8;
const MAX_PASSAGES = 3;

type Candidate = { passages: Passage[]; words: FoundWord[]; fit: number };

/** The article that fits a question best; null when nothing was found. */
export function bestMatch(passages: readonly Passage[]): Match | null {
  const [best, second] = candidatesOf(passages);
  const top = best?.passages[0];
  if (best === undefined || top === undefined) return null;
  const evidence: Evidence = {
    passage: top.coverage,
    named: sumOf(best.words.filter((word) => word.named)),
    known: sumOf(union(passages.flatMap((passage) => passage.words))),
    words: best.words.length,
    margin: second === undefined ? 1 : 1 - second.fit / best.fit,
  };
  return {
    passages: [top, ...companions(top, best.passages.slice(1))].toSorted((a, b) => a.position - b.position),
    articleId: top.articleId,
    title: top.title,
    language: top.language,
    evidence,
    likelihood: likelihoodOf(evidence),
  };
}

/** The articles, best first, each with its passages in the order they were found. */
function candidatesOf(passages: readonly Passage[]): Candidate[] {
  const byArticle = new Map<string, Passage[]>();
  for (const passage of passages)
    byArticle.set(passage.articleId, [...(byArticle.get(passage.articleId) ?? []), passage]);
  return [...byArticle.values()]
    .map((own) => {
      const words = union(own.flatMap((passage) => passage.words));
      const best = Math.max(...own.map((passage) => passage.score));
      return { passages: own, words, fit: worthOf(words) + PASSAGE_WEIGHT * best };
    })
    .toSorted((a, b) => b.fit - a.fit);
}

/** Each word once, as the passage holds it that holds it best. */
function union(words: readonly FoundWord[]): FoundWord[] {
  const best = new Map<string, FoundWord>();
  for (const word of words) {
    const known = best.get(word.word);
    best.set(word.word, {
      word: word.word,
      share: Math.max(word.share, known?.share ?? 0),
      named: word.named || known?.named === true,
    });
  }
  return [...best.values()];
}

function worthOf(words: readonly FoundWord[]): number {
  return words.reduce((sum, { share, named }) => sum + share * (named ? 1 + NAMED_BONUS : 1), 0);
}

function sumOf(words: readonly FoundWord[]): number {
  return Math.min(
    1,
    words.reduce((sum, { share }) => sum + share, 0),
  );
}

function companions(best: Passage, others: readonly Passage[]): Passage[] {
  return others.filter((other) => other.coverage >= best.coverage * COMPANION_SHARE).slice(0, MAX_PASSAGES - 1);
}
