import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { folded } from '../reading/text.ts';
import type { Labelled } from './examples.ts';
import { HEAD_NAMES, type HeadName } from '../../domain/heads.ts';
import { alike, centred, influence, likenesses, margin, type Example, type FittedHead, type Heads } from './heads.ts';

/** An example with the vectors of its text and of what stood before it (null where nothing did). */
export type Embedded = { example: Labelled; vector: Float32Array; before: Float32Array | null };

/** How much one example may weigh, where both sides are as many. */
const FREEDOM = 3;
/** Stopped before the last of it: the thresholds are for this many. */
const ROUNDS = 40;
/** What a weight has to change by to be changed at all. */
const LEAST_CHANGE = 1e-2;
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
 * Fits all heads: a support vector machine each, with both sides weighing the same, over how like the vectors are without what
 * they share. A head's counter-examples are its own, and what is meant by the other heads. Deterministic; of 10,000 examples it
 * takes about a minute, in which others have their turn.
 */
export async function fitHeads(embedded: readonly Embedded[]): Promise<Heads> {
  const mean = meanOf(embedded.map(({ vector }) => vector));
  const unweighed = unfitted(embedded, mean);
  const rows = new Map<readonly Example[], Int8Array[]>();
  const heads: Partial<Record<HeadName, FittedHead>> = {};
  for (const name of HEAD_NAMES) {
    const { examples, sides } = unweighed(name);
    const likeness = rows.get(examples) ?? (await likenessRows(examples));
    rows.set(examples, likeness);
    const nothing = new Float64Array(sides.length);
    heads[name] = { examples, sides, weights: await descend(sides, likeness, nothing, mostBySide(sides)) };
  }
  return { mean, heads: heads as Record<HeadName, FittedHead> };
}

/** The vector of a text, and what stood before it behind that: of length one, and as short as one where nothing stood before. */
export function pairOf(text: Float32Array, before: Float32Array | null, mean: Float32Array): Float32Array {
  if (before === null) return centred(text, mean);
  const length = Math.hypot(1, BEFORE_WEIGHT);
  const parts = [...centred(text, mean), ...centred(before, mean).map((value) => value * BEFORE_WEIGHT)];
  return Float32Array.from(parts, (value) => value / length);
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

/** What each head is fitted on and compared with; heads that read the text alone share their examples. */
export function unfitted(
  embedded: readonly Embedded[],
  mean: Float32Array,
): (name: HeadName) => Pick<FittedHead, 'examples' | 'sides'> {
  const alone = embedded.map(({ example: { text }, vector }) => ({ text, vector: centred(vector, mean) }));
  const ofThanks = embedded.filter(({ example }) => labelOf('thanks', example) !== null);
  const pairs = ofThanks.map(({ example: { text }, vector, before }) => ({
    text,
    vector: pairOf(vector, before, mean),
  }));
  return (name) => {
    const labels = (name === 'thanks' ? ofThanks : embedded).map(({ example }) => labelOf(name, example));
    return {
      examples: name === 'thanks' ? pairs : alone,
      sides: Int8Array.from(labels, (positive) => (positive === null ? 0 : positive ? 1 : -1)),
    };
  };
}

/**
 * A head with examples of the connection's own, the last of `examples`, one for each of `ownSides`: what they say of a text
 * counts, whatever the product's own say of it.
 */
export async function fitAgain(
  head: FittedHead,
  examples: readonly Example[],
  ownSides: readonly (1 | 0 | -1)[],
): Promise<FittedHead> {
  const own = examples.slice(head.sides.length);
  const texts = new Set(own.filter((_, index) => ownSides[index] !== 0).map(({ text }) => folded(text)));
  const isReplaced = (index: number) => texts.size > 0 && texts.has(folded(head.examples[index]?.text ?? ''));
  const sides = head.sides.map((side, index) => (isReplaced(index) ? 0 : side));
  const weights = head.weights.map((weight, index) => (sides[index] === 0 ? 0 : weight));
  const from = new Float64Array(own.length);
  for (const [index, { vector }] of own.entries()) {
    if (ownSides[index] === 0) continue;
    from[index] = margin(weights, likenesses(head.examples, vector));
    await turnOfOthers();
  }
  const all = Int8Array.from([...sides, ...ownSides]);
  const rows = texts.size === 0 ? [] : await likenessRows(own);
  const ownWeights = await descend(Int8Array.from(ownSides), rows, from, mostBySide(all, OWN_WEIGHT));
  return { examples, sides: all, weights: Float32Array.from([...weights, ...ownWeights]) };
}

/** How much an example of a side may weigh, so that both sides weigh the same however many they are. */
function mostBySide(sides: Int8Array, worth = 1): (side: number) => number {
  const count = (side: number) => sides.reduce((sum, other) => sum + (other === side ? 1 : 0), 0);
  const most = (FREEDOM * worth * (count(1) + count(-1))) / 2;
  const [positive, negative] = [most / count(1), most / count(-1)];
  return (side) => (side === 1 ? positive : negative);
}

/** How much an example counts at a likeness that was kept as a byte. */
const INFLUENCE = Float64Array.from({ length: 255 }, (_, byte) => influence((byte - 127) / 127));

/**
 * Coordinate descent in the dual of a support vector machine (Hsieh et al. 2008), without a bias.
 * @param from what each example comes to before any of these weigh anything
 */
async function descend(
  sides: Int8Array,
  rows: readonly Int8Array[],
  from: ArrayLike<number>,
  mostOf: (side: number) => number,
): Promise<Float32Array> {
  const weights = new Float32Array(sides.length);
  const members = [...sides.keys()].filter((index) => sides[index] !== 0);
  const margins = Float64Array.from(from);
  for (let round = 0, changed = true; changed && round < ROUNDS; round += 1) {
    changed = false;
    await turnOfOthers();
    for (const index of members) {
      const side = sides[index] as number;
      const before = weights[index] as number;
      const wanted = before * side + (1 - side * (margins[index] as number));
      const after = side * Math.min(mostOf(side), Math.max(0, wanted));
      const change = after - before;
      if (Math.abs(change) < LEAST_CHANGE) continue;
      changed = true;
      weights[index] = after;
      const likeness = rows[index] as Int8Array;
      for (let other = 0; other < margins.length; other += 1)
        margins[other] = (margins[other] as number) + change * (INFLUENCE[(likeness[other] as number) + 127] as number);
    }
  }
  return weights;
}

/** So many vectors are compared with so many, which stay at hand meanwhile, before others have their turn. */
const TILE = 64;

/** How like each example is to each, a byte each: some ten thousand examples fit in a hundred megabytes. */
async function likenessRows(examples: readonly Example[]): Promise<Int8Array[]> {
  const all = examples.map(() => new Int8Array(examples.length));
  for (let from = 0; from < all.length; from += TILE) {
    await turnOfOthers();
    for (let to = 0; to <= from; to += TILE)
      for (let one = from; one < Math.min(from + TILE, all.length); one += 1)
        for (let other = to; other <= Math.min(to + TILE - 1, one); other += 1) {
          const likeness = byteOf(alike(examples[one] as Example, examples[other] as Example));
          (all[one] as Int8Array)[other] = likeness;
          (all[other] as Int8Array)[one] = likeness;
        }
  }
  return all;
}

function byteOf(likeness: number): number {
  return Math.round(127 * Math.min(1, Math.max(-1, likeness)));
}

function meanOf(vectors: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    for (let index = 0; index < mean.length; index += 1)
      mean[index] = (mean[index] ?? 0) + (vector[index] ?? 0) / vectors.length;
  return mean;
}
