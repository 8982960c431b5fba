import { logistic } from './calibration.ts';

/** What speaks for the best article being the answer; all but the last are cosines, or differences of them. */
export type Features = {
  /** Title, best passage and a tenth of the full text's share, added. */
  similarity: number;
  margin: number;
  passageMargin: number;
  titleMargin: number;
  fourth: number;
  /** Full text finds the same article first. */
  agrees: boolean;
};

/** Margins beyond these say nothing more. */
const WIDEST = {
  similarity: Number.POSITIVE_INFINITY,
  margin: 0.15,
  passageMargin: 0.1,
  titleMargin: 0.12,
  fourth: 0.22,
};
/** What a margin counts as where there is nothing to compare with: neither wide nor narrow. */
export const MIDDLE = { similarity: 1.75, margin: 0.05, passageMargin: 0.03, titleMargin: 0.03, fourth: 0.1 };
const SPREAD = { similarity: 0.08, margin: 0.05, passageMargin: 0.04, titleMargin: 0.05, fourth: 0.06 };
const NUMBERS = Object.keys(MIDDLE) as (keyof typeof MIDDLE)[];

/**
 * A logistic regression on the features as `valuesOf` gives them, fitted on two public FAQ corpora. `npm run calibrate` fits it
 * again, on the golden tickets as well (docs/evaluation.md).
 */
export const LIKELY = { bias: 1.971, weights: [0.077, 0.296, 1.852, 1.315, 0.724, 0.04] };
/** Questions about something else altogether come to 1.5 to 1.64, those that an article answers to 1.69 and more. */
const RELATED = { from: 1.655, over: 0.015 };

/** Below this similarity an article is about something else. */
export const UNRELATED = 1.64;

/** Each feature less its middle and over its spread. */
export function valuesOf(features: Features): number[] {
  return [
    ...NUMBERS.map((name) => (Math.min(features[name], WIDEST[name]) - MIDDLE[name]) / SPREAD[name]),
    features.agrees ? 1 : -1,
  ];
}

/** The share of such answers that is right, 0–1. What is hardly about the subject at all is no answer, however far ahead. */
export function confidenceOf(features: Features, { bias, weights }: typeof LIKELY = LIKELY): number {
  const likely = logistic(valuesOf(features).reduce((sum, value, index) => sum + value * (weights[index] ?? 0), bias));
  return likely * logistic((features.similarity - RELATED.from) / RELATED.over);
}
