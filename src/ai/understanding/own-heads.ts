import { HEAD_NAMES, type HeadName } from '../../domain/heads.ts';
import type { Embedder } from '../../domain/embedder.ts';
import type { OwnExample } from '../../domain/own-examples.ts';
import { folded } from '../reading/text.ts';
import type { Labelled } from './examples.ts';
import { fitAgain, labelOf, pairOf } from './fit.ts';
import { centred, type Example, type FittedHead, type Heads } from './heads.ts';

/** The examples that a connection's own people have labelled. */
export type OwnExamplesOf = (connectionId: string) => Promise<readonly OwnExample[]>;

/** The heads of a connection: those given, fitted anew where it has examples of its own, once for each change of these. */
export function createOwnHeads(
  embedder: Embedder,
  own: OwnExamplesOf | null,
): (heads: Heads, connectionId: string | undefined) => Promise<Heads> {
  const kept = new Map<string, { of: string; heads: Promise<Heads> }>();
  return async (heads, connectionId) => {
    if (own === null || connectionId === undefined) return heads;
    const examples = await own(connectionId);
    if (examples.length === 0) return heads;
    const of = JSON.stringify(examples.map(({ head, positive, text }) => [head, positive, text]));
    const known = kept.get(connectionId);
    if (known?.of === of) return known.heads;
    const fitted = withOwn(embedder, heads, examples);
    kept.set(connectionId, { of, heads: fitted });
    fitted.catch(() => kept.delete(connectionId));
    return fitted;
  };
}

async function withOwn(embedder: Embedder, { mean, heads }: Heads, own: readonly OwnExample[]): Promise<Heads> {
  const vectors = await embedder.embed(
    own.map(({ text }) => text),
    'query',
  );
  const longer = (name: HeadName, vectorOf: (vector: Float32Array) => Float32Array): Example[] => [
    ...heads[name].examples,
    ...own.map(({ text }, index) => ({
      text,
      vector: vectorOf(vectors[index] ?? new Float32Array(mean.length)),
      own: true as const,
    })),
  ];
  const alone = longer('person', (vector) => centred(vector, mean));
  const pairs = longer('thanks', (vector) => pairOf(vector, null, mean));
  const sidesOf = (name: HeadName) => own.map(({ head, positive }) => (head !== name ? 0 : positive ? 1 : -1));
  const again: Partial<Record<HeadName, FittedHead>> = {};
  for (const name of HEAD_NAMES)
    again[name] = await fitAgain(heads[name], name === 'thanks' ? pairs : alone, sidesOf(name));
  return { mean, heads: again as Heads['heads'] };
}

/** Which of these say the opposite of an example that comes with the product: of such a text the connection's counts. */
export function contradicted(own: readonly OwnExample[], shipped: readonly Labelled[]): Set<OwnExample> {
  const known = new Map(shipped.map((example) => [folded(example.text), example]));
  return new Set(
    own.filter(({ head, positive, text }) => {
      const example = known.get(folded(text));
      return example !== undefined && labelOf(head, example) === !positive;
    }),
  );
}
