import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { HEAD_NAMES, type HeadName } from '../../domain/heads.ts';

/** A text and what it is an example of. */
export type Labelled = {
  text: string;
  /** What we wrote before it, for the head that reads both; empty where nothing. */
  before: string;
  positive: HeadName[];
  negative: HeadName[];
  /** A counter-example of every head that does not name it. */
  neutral: boolean;
};

const head = z.enum(HEAD_NAMES as [HeadName, ...HeadName[]]);
const texts = z.record(z.string(), z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])));
const schema = z.strictObject({
  head: z.union([head, z.array(head), z.literal('all')]),
  positive: texts.optional(),
  negative: texts.optional(),
});

/** The examples that come with the product, one YAML file per head or kind of look-alike, by language. */
export const EXAMPLES_FOLDER = path.join(import.meta.dirname, 'examples');

/**
 * All examples of the folders, each text once, in a fixed order, with a hash of them.
 * @throws when a file cannot be read, or one text is called both of one head (with the file, and the text)
 */
export function readExamples(...folders: readonly string[]): { examples: Labelled[]; hash: string } {
  const found = new Map<string, Labelled>();
  for (const folder of folders)
    for (const name of readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .toSorted())
      readFile(path.join(folder, name), found);
  const examples = [...found.values()];
  return { examples, hash: createHash('sha256').update(JSON.stringify(examples)).digest('hex').slice(0, 16) };
}

function readFile(file: string, found: Map<string, Labelled>): void {
  const parsed = schema.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file} is no file of examples: ${z.prettifyError(parsed.error)}`);
  const { head: named, positive = {}, negative = {} } = parsed.data;
  const neutral = named === 'all';
  const heads = neutral ? [] : [named].flat();
  for (const [side, byLanguage] of [['positive', positive] as const, ['negative', negative] as const])
    for (const entry of Object.values(byLanguage).flat()) {
      const [before, text] = typeof entry === 'string' ? ['', entry] : entry;
      const known = found.get(`${before}\n${text}`) ?? { text, before, positive: [], negative: [], neutral: false };
      known.neutral ||= neutral;
      known[side] = [...new Set([...known[side], ...heads])];
      const both = known.positive.find((name) => known.negative.includes(name));
      if (both !== undefined)
        throw new Error(`${file} contradicts another example: "${text}" is and is not one of "${both}".`);
      found.set(`${before}\n${text}`, known);
    }
}
