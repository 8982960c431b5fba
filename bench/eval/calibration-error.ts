import { shareOf, type Figure } from './evaluation.ts';

const MAX_CALIBRATION_ERROR = 0.1;
const BINS = 5;

/** How far confidence and share of right answers lie apart: five equally large groups by confidence, weighted mean. */
export function calibrationError(
  name: string,
  results: readonly { confidence: number | null; right: boolean }[],
): Figure {
  const scored = results
    .flatMap(({ confidence, right }) => (confidence === null || confidence === 0 ? [] : [{ confidence, right }]))
    .toSorted((a, b) => a.confidence - b.confidence);
  const mean = shareOf(scored, ({ right }) => right);
  const errors = Array.from({ length: BINS }, (_, bin) => {
    const group = scored.slice((bin * scored.length) / BINS, ((bin + 1) * scored.length) / BINS);
    return { group, share: shareOf(group, ({ right }) => right) };
  })
    .filter(({ group }) => group.length > 0)
    .map(({ group, share }) => ({
      weight: group.length / scored.length,
      ours: Math.abs(share - group.reduce((sum, { confidence }) => sum + confidence, 0) / group.length),
      always: Math.abs(share - mean),
      // What a group of this size is off by on average although every confidence is true.
      chance: Math.sqrt((2 / Math.PI) * group.reduce((sum, { confidence: p }) => sum + p * (1 - p), 0)) / group.length,
    }));
  const sum = (of: 'ours' | 'always' | 'chance') =>
    errors.reduce((total, error) => total + error.weight * error[of], 0);
  return {
    measure: `calibration error, ${name}`,
    ours: sum('ours'),
    unit: 'number',
    of: scored.length,
    baselines: [
      { name: 'always the mean', value: sum('always') },
      { name: 'true confidences, by chance', value: sum('chance') },
    ],
    target: { atMost: MAX_CALIBRATION_ERROR },
  };
}
