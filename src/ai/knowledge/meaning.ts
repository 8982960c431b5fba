import type { Embedder } from '../../domain/embedder.ts';
import { dot } from '../../domain/embedder.ts';
import type { EmbeddedArticle, KnowledgeVectors } from '../../domain/knowledge.ts';
import { embedKnowledge } from './embed-knowledge.ts';

/** An article beside a question, by meaning: cosines of the question with its title and with its best passage. */
export type Likeness = {
  article: EmbeddedArticle;
  title: number;
  passage: number;
};

/** A passage of an article beside a question. */
export type Place = { position: number; likeness: number };

/** The knowledge by meaning, held in the process: 20,000 passages are compared in some ten milliseconds. */
export type Meaning = {
  /** Whether all of the connection's knowledge is embedded, but for a few articles: beside what is missing, its neighbour looks right. */
  ready(connectionId: string): Promise<boolean>;
  /** All articles that are embedded; a turn reads them once, and compares each sentence with them. */
  articles(connectionId: string, includeInternal: boolean): Promise<EmbeddedArticle[]>;
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
    const before = await vectors.state(connectionId, embedder.name);
    const isLacking = before.unembedded > 0 && before.unembedded <= EMBEDDED_AT_ONCE;
    if (isLacking) await embedKnowledge({ vectors, embedder }, connectionId, EMBEDDED_AT_ONCE);
    const { stamp } = isLacking ? await vectors.state(connectionId, embedder.name) : before;
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

    async articles(connectionId, includeInternal) {
      const ongoing = reading.get(connectionId) ?? load(connectionId).finally(() => reading.delete(connectionId));
      reading.set(connectionId, ongoing);
      const { articles } = await ongoing;
      return articles.filter(({ visibility }) => includeInternal || visibility === 'public');
    },
  };
}

/** Runs over all of the knowledge for each sentence: it allocates nothing but its result. */
export function likenessOf(article: EmbeddedArticle, question: Float32Array): Likeness {
  let title: number | null = null;
  let passage: number | null = null;
  for (const { position, vector } of article.vectors) {
    if (vector.length !== question.length) continue;
    const likeness = dot(vector, question);
    if (position < 0) title = Math.max(title ?? -1, likeness);
    else passage = Math.max(passage ?? -1, likeness);
  }
  return { article, title: title ?? 0, passage: passage ?? 0 };
}

/** The passages of an article beside a question, best first. */
export function placesOf({ vectors }: EmbeddedArticle, question: Float32Array): Place[] {
  const best = new Map<number, number>();
  for (const { position, vector } of vectors)
    if (position >= 0 && vector.length === question.length)
      best.set(position, Math.max(best.get(position) ?? -1, dot(vector, question)));
  return [...best].map(([position, likeness]) => ({ position, likeness })).toSorted((a, b) => b.likeness - a.likeness);
}
