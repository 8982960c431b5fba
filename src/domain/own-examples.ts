import type { HeadName } from './heads.ts';

/** A sentence that one connection's heads are fitted on beside those that come with the product (N8). */
export type OwnExample = {
  id: string;
  head: HeadName;
  /** One of what the head looks for; false: a counter-example of it. */
  positive: boolean;
  text: string;
  at: Date;
};

/** Longer ones say more than one thing. */
export const MAX_EXAMPLE_LENGTH = 1_000;
/** More of one connection are no corrections any more. */
export const MOST_EXAMPLES = 1_000;
