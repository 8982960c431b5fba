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
  // Four sums do not wait for one another. Taken apart from an array, or with a default for what is never missing, they take
  // up to four times as long.
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let index = 0;
  for (const end = a.length - 3; index < end; index += 4) {
    first += (a[index] as number) * (b[index] as number);
    second += (a[index + 1] as number) * (b[index + 1] as number);
    third += (a[index + 2] as number) * (b[index + 2] as number);
    fourth += (a[index + 3] as number) * (b[index + 3] as number);
  }
  for (; index < a.length; index += 1) first += (a[index] as number) * (b[index] as number);
  return first + second + third + fourth;
}
