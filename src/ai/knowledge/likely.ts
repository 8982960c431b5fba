import { logistic } from './calibration.ts';

/** What speaks for the best article being the answer; the numbers but the last are cosines, or differences of them. */
export type Features = {
  /** Title, best passage and a little of the full text's share, added. */
  similarity: number;
  /** How far the next best article is behind in that, and how far the next best passage. */
  margin: number;
  passageMargin: number;
  /** Full text finds the same article first. */
  agrees: boolean;
  /** So many articles were compared. */
  among: number;
};

/** Margins beyond these say nothing more. */
const WIDEST = { margin: 0.15, passageMargin: 0.1 };
/** What a margin counts as where there is nothing to compare with: neither wide nor narrow. */
export const MIDDLE = { similarity: 1.75, margin: 0.05, passageMargin: 0.03 };
const SPREAD = { similarity: 0.08, margin: 0.05, passageMargin: 0.04 };
const NUMBERS = Object.keys(MIDDLE) as (keyof typeof MIDDLE)[];

/** Among a handful of articles one is ahead by chance: among so many, half of what a margin says counts. */
const FEW = 2;

/**
 * A logistic regression on the features as `valuesOf` gives them. Made by `npm run calibrate` from public corpora and the golden
 * tickets of the part `fit` (docs/evaluation.md). Do not edit by hand.
 */
export const LIKELY = { bias: 0.597, weights: [0.966, 0.768, 1.556, 0.216] };
/** Questions about something else altogether come to 1.5 to 1.64, those that an article answers to 1.69 and more. */
const RELATED = { from: 1.655, over: 0.015 };

/** Below this similarity an article is about something else. */
export const UNRELATED = 1.64;

/** Each feature less its middle and over its spread; a margin among few articles is drawn towards a narrow one. */
export function valuesOf(features: Features): number[] {
  const { among, agrees } = features;
  const crowd = among < 2 ? 1 : among / (among + FEW);
  const counted = (name: keyof typeof MIDDLE) => {
    if (name === 'similarity') return features[name];
    const narrow = MIDDLE[name] / 2;
    return narrow + (Math.min(features[name], WIDEST[name]) - narrow) * crowd;
  };
  return [...NUMBERS.map((name) => (counted(name) - MIDDLE[name]) / SPREAD[name]), agrees ? 1 : -1];
}

/** The share of such answers that is right, 0–1. What is hardly about the subject at all is no answer, however far ahead. */
export function confidenceOf(features: Features, { bias, weights }: typeof LIKELY = LIKELY): number {
  const likely = logistic(valuesOf(features).reduce((sum, value, index) => sum + value * (weights[index] ?? 0), bias));
  return likely * logistic((features.similarity - RELATED.from) / RELATED.over);
}
