import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestDatabase } from '../../testbed/database.ts';

/** One number that was measured, with what it is compared with. */
export type Figure = {
  /** What was measured, in a few words: "accuracy", "recall, held out". */
  measure: string;
  ours: number;
  /** A share is 0–1 and printed as per cent; a number is printed as it is. A share unless said otherwise. */
  unit?: 'share' | 'number';
  /** How many examples it was measured on. */
  of: number;
  /** The same measure for something plainer: always the majority, the library alone. */
  baselines: { name: string; value: number }[];
  /** What has to be reached, where something has. */
  target?: { atLeast: number } | { atMost: number };
  /** What a reader has to know to understand the number. */
  note?: string;
};

export type EvaluationTools = {
  /** A fresh database with every migration applied; dropped at the end. The server is started for the first one. */
  database: () => Promise<TestDatabase>;
};

/** One data set: a file of its own in this folder, and a line in `sets.ts`. */
export type Evaluation = {
  name: string;
  /** Files or folders below `../shared/data` without which it is skipped. Empty for the project's own data. */
  needs: readonly string[];
  /** Throws when the data cannot be read; a figure that is bad is no error. */
  measure: (tools: EvaluationTools) => Promise<Figure[]> | Figure[];
};

/** Real data that this project neither wrote nor holds: a folder beside the checkout. */
const DATA = path.resolve(import.meta.dirname, '../../../shared/data');

/** Where a file or folder of the shared data is, be it there or not. */
export function dataPath(name: string): string {
  return path.join(DATA, name);
}

/** What of the needed data is not there. */
export function missing({ needs }: Pick<Evaluation, 'needs'>): string[] {
  return needs.filter((name) => !existsSync(dataPath(name)));
}

/** The text of a shared data file with line ends as `\n`. */
export function readData(name: string): string {
  return readFileSync(dataPath(name), 'utf8').replaceAll('\r\n', '\n');
}

/**
 * Whether an example is held out: rules and weights are made looking at the others alone. By the hash of its id, so that it
 * depends on neither order nor size of the file.
 * @param share of the examples that are held out, 0–1
 */
export function isHeldOut(id: string, share: number): boolean {
  return createHash('sha256').update(id).digest().readUInt32BE(0) / 2 ** 32 < share;
}

/** The share of the examples for which something holds; 0 for none. */
export function shareOf<T>(examples: readonly T[], holds: (example: T) => boolean): number {
  return examples.length === 0 ? 0 : examples.filter(holds).length / examples.length;
}

/** The share that always answering with the most frequent class would get right. */
export function majorityShare(classes: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const name of classes) counts.set(name, (counts.get(name) ?? 0) + 1);
  return classes.length === 0 ? 0 : Math.max(...counts.values()) / classes.length;
}

/**
 * How well a yes-or-no decision finds what it should: the share of its "yes" that are right (1 when it never says so), and
 * the share of the wanted ones that it finds.
 */
export function precisionAndRecall<T>(
  examples: readonly T[],
  wanted: (example: T) => boolean,
  found: (example: T) => boolean,
): { precision: number; recall: number } {
  const hits = examples.filter(found);
  return {
    precision: hits.length === 0 ? 1 : shareOf(hits, wanted),
    recall: shareOf(examples.filter(wanted), found),
  };
}
