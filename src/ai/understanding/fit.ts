import { folded } from '../reading/text.ts';
import type { Labelled } from './examples.ts';
import { HEAD_NAMES, type HeadName } from '../../domain/heads.ts';
import { centred, type Example, type FittedHead, type Heads } from './heads.ts';

/** An example with the vectors of its text and of what stood before it (null where nothing did). */
export type Embedded = { example: Labelled; vector: Float32Array; before: Float32Array | null };

/** How far weights may go: the inverse of the penalty on their squares. */
const FREEDOM = 20;
const ROUNDS = 400;
/** From weights that were fitted on nearly the same examples. */
const ROUNDS_AGAIN = 100;
/** So many of the examples that come with the product does one of the connection's own outweigh. */
const OWN_WEIGHT = 5;
/** How much of the vector of a pair is what stood before the text. */
const BEFORE_WEIGHT = 0.5;
/** What is neither one nor the other: an angry threat, a threat of court, an account that was taken over. */
const OVERLAPPING: Partial<Record<HeadName, HeadName[]>> = {
  person: ['anger'],
  threat: ['anger', 'legal_action'],
  legal_action: ['anger', 'threat'],
  anger: ['person', 'threat', 'legal_action'],
  account: ['person', 'account_takeover', 'anger', 'self_harm', 'threat', 'legal_action'],
  account_takeover: ['account'],
  joy: ['small_talk'],
  small_talk: ['joy'],
};
/** What may come along with thanks, so that it says nothing against them. */
const KIND: readonly HeadName[] = ['thanks', 'joy', 'small_talk'];

/**
 * Fits all heads: a logistic regression each, with both sides weighing the same, on the vectors without what they share. A
 * head's counter-examples are its own, and what is meant by the other heads. Deterministic; less than a second a head.
 */
export function fitHeads(embedded: readonly Embedded[]): Heads {
  const mean = meanOf(embedded.map(({ vector }) => vector));
  const examplesOf = examplesBy(embedded, mean);
  const heads: Record<string, FittedHead> = Object.fromEntries(
    HEAD_NAMES.map((name) => {
      const examples = examplesOf(name);
      return [name, { ...fitBalanced(examples), examples }];
    }),
  );
  return { mean, heads: heads as Record<HeadName, FittedHead> };
}

/** The vector of a text together with what stood before it. */
export function pairOf(text: Float32Array, before: Float32Array | null, mean: Float32Array): Float32Array {
  const pair = new Float32Array(text.length * 2);
  pair.set(centred(text, mean));
  if (before !== null)
    pair.set(
      centred(before, mean).map((value) => value * BEFORE_WEIGHT),
      text.length,
    );
  return pair;
}

/** What an example says of a head; null where it says nothing. */
export function labelOf(name: HeadName, { positive, negative, before, neutral }: Labelled): boolean | null {
  if (positive.includes(name)) return true;
  if (negative.includes(name) || (neutral && before === '')) return false;
  if (before !== '') return null;
  const meant = [...positive, ...negative];
  if (name === 'thanks') return meant.some((head) => !KIND.includes(head)) ? false : null;
  // A calm report of a parcel that is late is no anger, and something of their own.
  const others = name === 'account' ? positive : meant;
  const other = others.find((head) => head !== 'thanks' && head !== name);
  return other === undefined || positive.some((head) => OVERLAPPING[name]?.includes(head)) ? null : false;
}

/** The vectors that a head is fitted on and compared with: of one example the same for all heads that it says something of. */
export function examplesBy(embedded: readonly Embedded[], mean: Float32Array): (name: HeadName) => Example[] {
  const alone = embedded.map((one) => ({ ...one, read: centred(one.vector, mean) }));
  return (name) =>
    alone.flatMap(({ example, vector, before, read }) => {
      const positive = labelOf(name, example);
      if (positive === null) return [];
      return [{ text: example.text, positive, vector: name === 'thanks' ? pairOf(vector, before, mean) : read }];
    });
}

/** A head with examples of the connection's own: what they say of a text counts, whatever the product's own say of it. */
export function fitAgain({ weights, bias, examples: shipped }: FittedHead, own: readonly Example[]): FittedHead {
  const texts = new Set(own.map(({ text }) => folded(text)));
  const examples = [...shipped.filter(({ text }) => !texts.has(folded(text))), ...own];
  return { ...fitBalanced(examples, [...weights, bias], ROUNDS_AGAIN), examples };
}

/** Nesterov's accelerated gradient, its step from the largest curvature there can be. */
function fitBalanced(examples: readonly Omit<Example, 'text'>[], from: readonly number[] = [], rounds = ROUNDS) {
  const size = (examples[0]?.vector.length ?? 0) + 1;
  const worth = (some: readonly Omit<Example, 'text'>[]) =>
    some.reduce((sum, { own }) => sum + (own === true ? OWN_WEIGHT : 1), 0);
  const total = worth(examples);
  const positives = worth(examples.filter(({ positive }) => positive));
  const weightOf = ({ positive, own }: Omit<Example, 'text'>) =>
    ((own === true ? OWN_WEIGHT : 1) * total) / (2 * Math.max(1, positive ? positives : total - positives));
  // Vectors are of length at most √1.25, and one for the bias.
  const step = 1 / (0.25 * 2.25 * total + 1 / FREEDOM);
  const start = Float64Array.from({ length: size }, (_, index) => from[index] ?? 0);
  let [weights, ahead, momentum] = [start, start, 1];
  for (let round = 0; round < rounds; round += 1) {
    const gradient = ahead.map((value, index) => (index === size - 1 ? 0 : value / FREEDOM));
    for (const example of examples) {
      const { positive, vector } = example;
      let sum = ahead[size - 1] ?? 0;
      for (let index = 0; index < vector.length; index += 1) sum += (ahead[index] ?? 0) * (vector[index] ?? 0);
      const error = (1 / (1 + Math.exp(-sum)) - (positive ? 1 : 0)) * weightOf(example);
      for (let index = 0; index < vector.length; index += 1)
        gradient[index] = (gradient[index] ?? 0) + error * (vector[index] ?? 0);
      gradient[size - 1] = (gradient[size - 1] ?? 0) + error;
    }
    const next = ahead.map((value, index) => value - step * (gradient[index] ?? 0));
    const grown = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    ahead = next.map((value, index) => value + ((momentum - 1) / grown) * (value - (weights[index] ?? 0)));
    [weights, momentum] = [next, grown];
  }
  return { weights: Float32Array.from(weights.subarray(0, size - 1)), bias: weights[size - 1] ?? 0 };
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (let index = 0; index < mean.length; index += 1)
      mean[index] = (mean[index] ?? 0) + (vector[index] ?? 0) / vectors.length;
  return mean;
}
