import type { Evaluation } from './evaluation.ts';
import { sentiment } from './sentiment.ts';

/** Everything that `npm run eval` measures, in the order in which it is printed. */
export const EVALUATIONS: readonly Evaluation[] = [sentiment];
