import type { Passage } from '../domain/knowledge.ts';

/** The best article for one question, and how sure that is. */
export type Match = {
  passages: Passage[];
  articleId: string;
  title: string;
  language: string | null;
  confidence: number;
};

/** One shared word proves little, two say something: what the coverage is worth by the number of words it rests on. */
const EVIDENCE = [0, 0.5, 0.8, 1] as const;
/** What is left of the confidence when title and heading name none of the words: they are about something else. */
const UNNAMED = 0.6;
/** How much of the confidence a second article takes away that fits exactly as well. */
const RIVAL_WEIGHT = 0.25;
/** How much the rank counts beside the coverage when articles are compared. */
const RANK_WEIGHT = 0.3;
/** Further passages of the article are part of the answer when they cover at least this share of what the best one does. */
const COMPANION_SHARE = 0.8;
const MAX_PASSAGES = 3;

/**
 * The article that fits a question best; null when nothing was found. The confidence is
 * `coverage × evidence × aboutness × (1 − 0.25 × rival)`: the share of the question's words that the best passage or its
 * title holds, less when that rests on one or two words, less when title and heading name fewer than half of them, less
 * when another article fits about as well. It grows with each of them and lies in 0–1. It is not calibrated: 0.8 means
 * "more certain than 0.6", not "right in 8 of 10 cases".
 */
export function bestMatch(passages: readonly Passage[]): Match | null {
  const topScore = Math.max(...passages.map((passage) => passage.score), Number.MIN_VALUE);
  const fit = (passage: Passage) => passage.coverage * (1 - RANK_WEIGHT + (RANK_WEIGHT * passage.score) / topScore);
  const [best, ...others] = passages.toSorted((a, b) => fit(b) - fit(a));
  if (best === undefined) return null;
  const second = others.find((passage) => passage.articleId !== best.articleId);
  const rival = second === undefined ? 0 : ratio(second.coverage, best.coverage) * ratio(second.score, best.score);
  const evidence = EVIDENCE[Math.min(best.matched, EVIDENCE.length - 1)] ?? 1;
  return {
    passages: [best, ...companions(best, others)].toSorted((a, b) => a.position - b.position),
    articleId: best.articleId,
    title: best.title,
    language: best.language,
    confidence: best.coverage * evidence * aboutness(best) * (1 - RIVAL_WEIGHT * rival),
  };
}

function aboutness({ named, matched }: Passage): number {
  return UNNAMED + (1 - UNNAMED) * ratio(2 * named, matched);
}

function companions(best: Passage, others: readonly Passage[]): Passage[] {
  return others
    .filter((other) => other.articleId === best.articleId && other.coverage >= best.coverage * COMPANION_SHARE)
    .slice(0, MAX_PASSAGES - 1);
}

function ratio(smaller: number, larger: number): number {
  return larger === 0 ? 0 : Math.min(1, smaller / larger);
}
