import { dot } from '../../domain/embedder.ts';
import type { HeadName } from '../../domain/heads.ts';

/** At or above `sure` a head is believed; from `doubt` on it makes people look. */
type Thresholds = { doubt: number; sure: number };

/**
 * Chosen on sentences that are no examples (docs/evaluation.md): where a miss costs more than a false alarm, low. Only thanks
 * and automatic mail silence a message, so that theirs are high.
 */
export const THRESHOLDS: Readonly<Record<HeadName, Thresholds>> = {
  person: { doubt: -0.1, sure: 0.1 },
  self_harm: { doubt: -1.2, sure: -1 },
  threat: { doubt: -0.7, sure: -0.55 },
  legal_action: { doubt: -0.8, sure: -0.6 },
  account_takeover: { doubt: -0.2, sure: -0.05 },
  thanks: { doubt: -0.3, sure: 0.15 },
  automatic: { doubt: 0, sure: 0.65 },
  account: { doubt: 0.1, sure: 0.1 },
  small_talk: { doubt: -0.5, sure: -0.5 },
  anger: { doubt: -0.3, sure: -0.3 },
  joy: { doubt: -0.55, sure: -0.55 },
};

/** An example as it is compared with: its vector, centred and of length one. `own`: of the connection, and counts for more; these come last. */
export type Example = { text: string; vector: Float32Array; own?: true };

/**
 * A head as it is fitted. Of each example: 1 where it is one of what the head looks for, -1 where it is a counter-example, 0 where
 * it says nothing; and how much it weighs, for or against.
 */
export type FittedHead = { examples: readonly Example[]; sides: Int8Array; weights: Float32Array };
export type Heads = { mean: Float32Array; heads: Readonly<Record<HeadName, FittedHead>> };

/** What a head says of one text. */
export type Judgement = {
  verdict: 'sure' | 'doubt' | 'no';
  /** Above 0 what it is like speaks for it, below against it. */
  score: number;
};

/** From here on two sentences say the same. */
const SAME = 0.9;
const NEIGHBOURS = 5;
/** How much it counts that the nearest examples are nearer than the nearest counter-examples. */
const NEARNESS = 8;
/** How fast an example stops to count with distance. */
const NARROWNESS = 3;

/** How much an example counts at this likeness: 1 for the same, less and less with distance. */
export function influence(likeness: number): number {
  return Math.exp(NARROWNESS * (likeness - 1));
}

/** How like the vector each of the examples is, -1 to 1. */
export function likenesses(examples: readonly Example[], vector: Float32Array): Float32Array {
  const all = new Float32Array(examples.length);
  for (let index = 0; index < all.length; index += 1) all[index] = alike(examples[index] as Example, { vector });
  return all;
}

/** The likeness of two, -1 to 1. What a shorter vector lacks is nothing. */
export function alike({ vector: a }: Pick<Example, 'vector'>, { vector: b }: Pick<Example, 'vector'>): number {
  return a.length > b.length ? dot(b, a) : dot(a, b);
}

/** The vector as heads read it: without what all texts share, at length one. */
export function centred(vector: Float32Array, mean: Float32Array): Float32Array {
  return unit(vector.map((value, index) => value - (mean[index] ?? 0)));
}

/** The vector at length one. */
export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}

/**
 * Judges a text by how like it is to each example: what the head is fitted to make of that, and which side's nearest are nearer.
 * What is nearly one of the connection's own examples is what these say.
 */
export function judge(name: HeadName, head: FittedHead, likeness: Float32Array): Judgement {
  const { doubt, sure } = THRESHOLDS[name];
  const score =
    margin(head.weights, likeness) + NEARNESS * (nearness(head, likeness, 1) - nearness(head, likeness, -1));
  const own = nearest(head, likeness, head.examples.findLastIndex((example) => example.own !== true) + 1);
  if (own !== null && (likeness[own] ?? 0) > SAME) return { verdict: head.sides[own] === 1 ? 'sure' : 'no', score };
  return { verdict: score >= sure ? 'sure' : score >= doubt ? 'doubt' : 'no', score };
}

/** What examples of these weights come to at this likeness to each. */
export function margin(weights: Float32Array, likeness: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) {
    const weight = weights[index] as number;
    if (weight !== 0) sum += weight * influence(likeness[index] as number);
  }
  return sum;
}

/** The mean likeness of the nearest of one side. */
function nearness({ sides }: FittedHead, likeness: Float32Array, side: 1 | -1): number {
  const best: number[] = [];
  for (let index = 0; index < sides.length; index += 1) {
    const like = likeness[index] as number;
    if (sides[index] !== side || (best.length === NEIGHBOURS && like <= (best[0] as number))) continue;
    if (best.length === NEIGHBOURS) best.shift();
    best.splice(best.findLastIndex((other) => other < like) + 1, 0, like);
  }
  return best.reduce((sum, like) => sum + like, 0) / Math.max(1, best.length);
}

/** Which example of the head is nearest in meaning, of those from this index on; null where there is none. */
export function nearest({ sides }: FittedHead, likeness: Float32Array, from = 0): number | null {
  let found: number | null = null;
  for (let index = from; index < sides.length; index += 1)
    if (sides[index] !== 0 && (found === null || (likeness[index] as number) > (likeness[found] as number)))
      found = index;
  return found;
}
