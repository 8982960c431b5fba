import type { Embedder } from '../../domain/embedder.ts';
import { dot } from '../../domain/embedder.ts';
import type { EmbeddedArticle, KnowledgeVectors } from '../../domain/knowledge.ts';
import { embedKnowledge } from './embed-knowledge.ts';

/** An article beside a question, by meaning: cosines of the question with its title and with its best passage. */
export type Likeness = {
  article: EmbeddedArticle;
  title: number;
  passage: number;
  /** The passages, best first. */
  places: { position: number; likeness: number }[];
};

/** The knowledge by meaning, held in the process: 20,000 passages are compared in some ten milliseconds. */
export type Meaning = {
  /** Whether all of the connection's knowledge is embedded, but for a few articles: beside what is missing, its neighbour looks right. */
  ready(connectionId: string): Promise<boolean>;
  /** All articles that are embedded, for one question. */
  compare(connectionId: string, question: Float32Array, includeInternal: boolean): Promise<Likeness[]>;
};

/** So few new articles are embedded when somebody asks, in a few seconds; more of them are in the background's hands. */
const EMBEDDED_AT_ONCE = 25;
/** What takes long to read is not read again at once: an import of thousands of articles changes it every second. */
const PATIENCE = 50;

type Held = { stamp: string; loadedAtMs: number; tookMs: number; articles: EmbeddedArticle[] };

/** Reads a connection's vectors at the first question, and again when they have changed. */
export function createMeaning({ vectors, embedder }: { vectors: KnowledgeVectors; embedder: Embedder }): Meaning {
  const held = new Map<string, Held>();
  const reading = new Map<string, Promise<Held>>();

  async function load(connectionId: string): Promise<Held> {
    const { unembedded } = await vectors.state(connectionId, embedder.name);
    if (unembedded > 0 && unembedded <= EMBEDDED_AT_ONCE)
      await embedKnowledge({ vectors, embedder }, connectionId, EMBEDDED_AT_ONCE);
    const { stamp } = await vectors.state(connectionId, embedder.name);
    const known = held.get(connectionId);
    const started = performance.now();
    if (known?.stamp === stamp || (known !== undefined && started - known.loadedAtMs < known.tookMs * PATIENCE))
      return known;
    const articles = await vectors.load(connectionId, embedder.name);
    const now = performance.now();
    const fresh = { stamp, loadedAtMs: now, tookMs: now - started, articles };
    held.set(connectionId, fresh);
    return fresh;
  }

  return {
    ready: async (connectionId) => (await vectors.state(connectionId, embedder.name)).unembedded <= EMBEDDED_AT_ONCE,

    async compare(connectionId, question, includeInternal) {
      const ongoing = reading.get(connectionId) ?? load(connectionId).finally(() => reading.delete(connectionId));
      reading.set(connectionId, ongoing);
      const { articles } = await ongoing;
      return articles
        .filter(({ visibility }) => includeInternal || visibility === 'public')
        .map((article) => likenessOf(article, question));
    },
  };
}

function likenessOf(article: EmbeddedArticle, question: Float32Array): Likeness {
  const best = new Map<number, number>();
  for (const { position, vector } of article.vectors)
    if (vector.length === question.length)
      best.set(position, Math.max(best.get(position) ?? -1, dot(vector, question)));
  const places = [...best]
    .filter(([position]) => position >= 0)
    .map(([position, likeness]) => ({ position, likeness }))
    .toSorted((a, b) => b.likeness - a.likeness);
  return { article, title: best.get(-1) ?? 0, passage: places[0]?.likeness ?? 0, places };
}
