import type { Embedder } from '../src/domain/embedder.ts';

/** The same embedder, asked once for each text: measurements read the same messages in several ways. */
export function remembering(embedder: Embedder): Embedder {
  const known = new Map<string, Float32Array>();
  const keyOf = (text: string, as: string) => `${as} ${text}`;
  return {
    name: embedder.name,
    async embed(texts, as, signal) {
      const fresh = [...new Set(texts)].filter((text) => !known.has(keyOf(text, as)));
      const vectors = fresh.length === 0 ? [] : await embedder.embed(fresh, as, signal);
      for (const [index, vector] of vectors.entries()) known.set(keyOf(fresh[index] ?? '', as), vector);
      return texts.map((text) => known.get(keyOf(text, as)) ?? new Float32Array());
    },
  };
}
