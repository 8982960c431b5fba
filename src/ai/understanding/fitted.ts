import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { EmbedderUnavailable, type Embedder } from '../../domain/embedder.ts';
import { readExamples, type Labelled } from './examples.ts';
import { fitHeads, unfitted, type Embedded } from './fit.ts';
import { HEAD_NAMES, type HeadName } from '../../domain/heads.ts';
import { unit, type FittedHead, type Heads } from './heads.ts';

/** The heads for the model that comes with the product, made by `npm run fit`. */
const FITTED_FILE = path.join(import.meta.dirname, 'fitted.json');
const STEP = 127;

const base64 = z.base64();
/**
 * Of each head the weights of its examples as 32-bit floats; the vectors of the examples as one byte a number: first all texts in the order of
 * the examples, then what stood before those that have something before them.
 */
const schema = z.strictObject({
  model: z.string(),
  examples: z.string(),
  dimensions: z.int(),
  mean: base64,
  heads: z.record(z.enum(HEAD_NAMES as [HeadName, ...HeadName[]]), base64),
  vectors: base64,
});

/** The heads for this embedder: those that come along where it is the model they were fitted for, else fitted now. */
export async function loadHeads(embedder: Embedder, folders: readonly string[]): Promise<Heads> {
  const { examples, hash } = readExamples(...folders);
  const stored = existsSync(FITTED_FILE) ? schema.parse(JSON.parse(readFileSync(FITTED_FILE, 'utf8'))) : null;
  if (stored?.model === embedder.name && stored.examples === hash) return unpacked(stored, examples);
  return fitHeads(await embedExamples(embedder, examples));
}

/** Fits the heads for the embedder and keeps them with the product. */
export async function storeHeads(embedder: Embedder, folders: readonly string[]): Promise<{ examples: number }> {
  const { examples, hash } = readExamples(...folders);
  const embedded = await embedExamples(embedder, examples);
  const { mean, heads } = await fitHeads(embedded);
  const stored: z.input<typeof schema> = {
    model: embedder.name,
    examples: hash,
    dimensions: mean.length,
    mean: floats(mean),
    heads: Object.fromEntries(HEAD_NAMES.map((name) => [name, floats(heads[name].weights)])) as Record<
      HeadName,
      string
    >,
    vectors: bytes([...embedded.map(({ vector }) => vector), ...embedded.flatMap(({ before }) => before ?? [])]),
  };
  writeFileSync(FITTED_FILE, `${JSON.stringify(stored, null, 2)}\n`);
  return { examples: examples.length };
}

async function embedExamples(embedder: Embedder, examples: readonly Labelled[]): Promise<Embedded[]> {
  const before = examples.map((example) => example.before).filter((text) => text !== '');
  const vectors = await embedder.embed([...examples.map(({ text }) => text), ...before], 'query');
  return together(examples, vectors);
}

function together(examples: readonly Labelled[], vectors: readonly Float32Array[]): Embedded[] {
  let next = examples.length;
  return examples.map((example, index) => {
    const vector = vectors[index];
    const before = example.before === '' ? null : vectors[next++];
    if (vector === undefined || before === undefined) throw new EmbedderUnavailable('fewer vectors than texts');
    return { example, vector, before };
  });
}

function unpacked(stored: z.output<typeof schema>, examples: readonly Labelled[]): Heads {
  const { dimensions } = stored;
  const all = new Int8Array(Buffer.from(stored.vectors, 'base64'));
  const vectors = Array.from({ length: all.length / dimensions }, (_, row) =>
    unit(Float32Array.from(all.subarray(row * dimensions, (row + 1) * dimensions))),
  );
  const mean = floatsOf(stored.mean);
  const unweighed = unfitted(together(examples, vectors), mean);
  const heads: Record<string, FittedHead> = Object.fromEntries(
    HEAD_NAMES.map((name) => [name, { ...unweighed(name), weights: floatsOf(stored.heads[name]) }]),
  );
  return { mean, heads: heads as Heads['heads'] };
}

function floats(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

function floatsOf(text: string): Float32Array {
  const raw = Buffer.from(text, 'base64');
  return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
}

/** Each vector stretched so that its largest number fills the byte; its length is known to be one. */
function bytes(vectors: readonly Float32Array[]): string {
  const packed = vectors.map((vector) => {
    const largest = Math.max(...vector.map(Math.abs));
    return Buffer.from(Int8Array.from(vector, (value) => Math.round((value / largest) * STEP)).buffer);
  });
  return Buffer.concat(packed).toString('base64');
}
