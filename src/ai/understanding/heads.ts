import { dot } from '../../domain/embedder.ts';
import type { HeadName } from '../../domain/heads.ts';

/** At or above `sure` a head is believed; from `doubt` on it makes people look. In log-odds, for safety with what is near. */
type Thresholds = { doubt: number; sure: number };

/**
 * How much nearer the counter-examples may be, in mean likeness, for a head to be believed (`sure`), and for people to look
 * (`doubt`): one that its nearest examples speak against is no doubt, whatever its score.
 */
type Agreement = { doubt: number; sure: number };

const AGREEMENT: Agreement = { doubt: Number.NEGATIVE_INFINITY, sure: -0.05 };
const AGREEMENTS: Partial<Record<HeadName, Agreement>> = {
  person: { doubt: -0.06, sure: -0.03 },
  thanks: { doubt: -0.1, sure: 0 },
  automatic: { doubt: -0.03, sure: 0.02 },
};

/**
 * Chosen on the examples left out of eight fits (docs/evaluation.md): where a miss costs more than a false alarm, low. Only
 * thanks and automatic mail silence a message, so that theirs are high.
 */
export const THRESHOLDS: Readonly<Record<HeadName, Thresholds>> = {
  person: { doubt: 0, sure: 0 },
  self_harm: { doubt: 0, sure: 1 },
  threat: { doubt: 0, sure: 1 },
  legal_action: { doubt: 0, sure: 1 },
  account_takeover: { doubt: 0, sure: 1 },
  thanks: { doubt: 1, sure: 1.2 },
  automatic: { doubt: 1.5, sure: 2.8 },
  account: { doubt: 1.5, sure: 1.5 },
  small_talk: { doubt: 1, sure: 1 },
  anger: { doubt: 0.5, sure: 0.5 },
  joy: { doubt: -0.5, sure: -0.5 },
};

/** An example as it is compared with: its vector, centred and of length one. `own`: of the connection, and counts for more. */
export type Example = { text: string; positive: boolean; vector: Float32Array; own?: true };

/** A head as it is fitted: one weight per number of the vector, and a bias. */
export type FittedHead = { weights: Float32Array; bias: number; examples: readonly Example[] };
export type Heads = { mean: Float32Array; heads: Readonly<Record<HeadName, FittedHead>> };

/** What a head says of one text. */
export type Judgement = {
  verdict: 'sure' | 'doubt' | 'no';
  /** Log-odds, 0 where the head is undecided. */
  score: number;
};

/** From here on two sentences say the same. */
const SAME = 0.9;
const NEIGHBOURS = 5;
/**
 * The safety topics are said in so many ways that no one line parts them from idioms: how much nearer the examples are than
 * the counter-examples counts so many times, for what the line does not rule out. Nothing alike among them is a doubt.
 */
const BY_NEARNESS: readonly HeadName[] = ['self_harm', 'threat', 'legal_action', 'account_takeover'];
const NEARNESS = 60;
const RULED_OUT = -1.5;
const ALIKE = 0.4;

/** How like the vector others are, of which each is compared once: heads share most of their examples. */
export function comparedOnce(vector: Float32Array): (other: Float32Array) => number {
  const known = new Map<Float32Array, number>();
  return (other) => {
    const before = known.get(other);
    if (before !== undefined) return before;
    const likeness = dot(other, vector);
    known.set(other, likeness);
    return likeness;
  };
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
 * Judges a centred vector. Sure is what head and nearest examples agree on; where they do not, it is a doubt, and where the
 * examples speak against it, nothing. What is nearly one of the connection's own examples is what these say.
 */
export function judge(name: HeadName, { weights, bias, examples }: FittedHead, vector: Float32Array): Judgement {
  const { doubt, sure } = THRESHOLDS[name];
  const line = dot(weights, vector) + bias;
  const own = ownSaying(examples, vector);
  if (own !== null) return { verdict: own.positive ? 'sure' : 'no', score: line };
  const byNearness = BY_NEARNESS.includes(name) && examples.length > 0;
  if (line < (byNearness ? RULED_OUT : doubt)) return { verdict: 'no', score: line };
  const near = examples
    .map((example) => ({ example, likeness: dot(example.vector, vector) }))
    .toSorted((a, b) => b.likeness - a.likeness);
  const nearest = (positive: boolean) =>
    near.filter(({ example }) => example.positive === positive).slice(0, NEIGHBOURS);
  const mean = (positive: boolean) => {
    const best = nearest(positive);
    return best.reduce((sum, { likeness }) => sum + likeness, 0) / Math.max(1, best.length);
  };
  const nearer = mean(true) - mean(false);
  if (byNearness) {
    const score = line + NEARNESS * nearer;
    const alike = (nearest(true)[0]?.likeness ?? 0) >= ALIKE;
    if (score < doubt) return { verdict: 'no', score };
    return { verdict: score >= sure && alike ? 'sure' : 'doubt', score };
  }
  const agreement = examples.length === 0 ? Number.POSITIVE_INFINITY : nearer;
  const least = AGREEMENTS[name] ?? AGREEMENT;
  if (agreement < least.doubt) return { verdict: 'no', score: line };
  return { verdict: line >= sure && agreement >= least.sure ? 'sure' : 'doubt', score: line };
}

/** The connection's own example that says the same, whose word counts; null where none does. */
function ownSaying(examples: readonly Example[], vector: Float32Array): Example | null {
  const nearest = nearestExample({ examples: examples.filter(({ own }) => own === true) }, vector);
  return nearest !== null && dot(nearest.vector, vector) > SAME ? nearest : null;
}

/** The example that is nearest in meaning; null where there are none. `like`: how like the vector another is. */
export function nearestExample(
  { examples }: Pick<FittedHead, 'examples'>,
  vector: Float32Array,
  like = (other: Float32Array) => dot(other, vector),
): Example | null {
  let nearest: { example: Example; likeness: number } | null = null;
  for (const example of examples) {
    const likeness = like(example.vector);
    if (nearest === null || likeness > nearest.likeness) nearest = { example, likeness };
  }
  return nearest?.example ?? null;
}
