/** What an embedded text is: something that is looked for, or something that is found. */
export type EmbeddedAs = 'query' | 'passage';

/**
 * Texts as unit vectors whose scalar product says how near their meanings are, in whatever language each is written. One
 * small multilingual model, behind a server of our own or any with OpenAI's `/v1/embeddings` (N7).
 */
export type Embedder = {
  /** The model and who marks its texts: vectors of another name cannot be compared with these. */
  readonly name: string;
  /** In the order of the texts, all of one length. Throws EmbedderUnavailable, or the signal's reason. */
  embed(texts: readonly string[], as: EmbeddedAs, signal?: AbortSignal): Promise<Float32Array[]>;
};

/** No usable vectors came; a later try may get some. */
export class EmbedderUnavailable extends Error {
  /** Asked again it would be the same: the key, the model's name or the address is wrong. */
  readonly refused: boolean;

  constructor(seen: string, refused = false) {
    super(`The embedding server is not available (${seen})`);
    this.name = 'EmbedderUnavailable';
    this.refused = refused;
  }
}

/** The scalar product of two vectors of one length; of unit vectors the cosine of their angle. */
export function dot(a: Float32Array, b: Float32Array): number {
  // Four sums do not wait for one another.
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (let index = 0; index < a.length; index += 4) {
    first += (a[index] ?? 0) * (b[index] ?? 0);
    second += (a[index + 1] ?? 0) * (b[index + 1] ?? 0);
    third += (a[index + 2] ?? 0) * (b[index + 2] ?? 0);
    fourth += (a[index + 3] ?? 0) * (b[index + 3] ?? 0);
  }
  return first + second + third + fourth;
}
