import { HEAD_NAMES } from '../../domain/heads.ts';
import type { Embedder } from '../../domain/embedder.ts';
import type { OwnExample } from '../../domain/own-examples.ts';
import { folded } from '../reading/text.ts';
import type { Labelled } from './examples.ts';
import { fitAgain, labelOf, pairOf } from './fit.ts';
import { centred, type FittedHead, type Heads } from './heads.ts';

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
  const again = { ...heads } as Record<string, FittedHead>;
  for (const name of HEAD_NAMES) {
    const examples = own.flatMap(({ head, positive, text }, index) => {
      const vector = vectors[index];
      if (head !== name || vector === undefined) return [];
      const read = name === 'thanks' ? pairOf(vector, null, mean) : centred(vector, mean);
      return [{ text, positive, vector: read, own: true as const }];
    });
    if (examples.length > 0) again[name] = fitAgain(heads[name], examples);
  }
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
