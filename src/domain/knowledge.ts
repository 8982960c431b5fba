import type { Visibility } from './ticket.ts';

/** An article as it is imported: Markdown with its title and who may see it (N4). */
export type Article = {
  /** Path below the imported folder, or the id at its origin; unique per connection and origin. */
  sourceId: string;
  title: string;
  /** `private` is what knowledge authors call internal. */
  visibility: Visibility;
  markdown: string;
};

/** A passage as it is stored for retrieval. */
export type Chunk = { position: number; heading: string; text: string };

/** An article ready to be stored. */
export type PreparedArticle = {
  article: Article;
  chunks: Chunk[];
  /** ISO 639-1 of its text; null when it could not be told. */
  language: string | null;
  /** Same hash, same article: it is left untouched by the next import. */
  contentHash: string;
  /** Paths of the files that replies citing it carry, below the imported folder; left out when there are none (F4). */
  attachments?: string[];
};

/** What an import did, in articles. */
export type ImportResult = { added: number; changed: number; unchanged: number; removed: number };

/** What an import would do: articles as "title (path below the folder)". */
export type ImportPlan = { added: string[]; changed: string[]; unchanged: string[]; removed: string[] };

/** A word of the question that a passage holds: itself, what it was meant to be, or a part of a compound. */
export type FoundWord = {
  /** As the customer wrote it. */
  word: string;
  /** How much of the question it is, 0–1: rare words are more of it than frequent ones, guessed ones less. */
  share: number;
  /** Title or heading holds it. */
  named: boolean;
};

/** A passage found for a question, best first. */
export type Passage = {
  articleId: string;
  title: string;
  visibility: Visibility;
  /** ISO 639-1 of the article; null when it could not be told. */
  language: string | null;
  /** Order within the article. */
  position: number;
  heading: string;
  text: string;
  /** How well it fits, more for words that title or heading hold; comparable within one search only. */
  score: number;
  /** The sum of the shares of its words, 0–1: stemmed, stop words left out. */
  coverage: number;
  words: FoundWord[];
};

/** One way to find passages. Full text is the one there is; a second, by embeddings, would be merged with it by rank. */
export type KnowledgeSearch = {
  /** Internal passages are found only when asked for: they may be used in drafts, never in public replies. */
  search(query: {
    connectionId: string;
    question: string;
    language: string | null;
    includeInternal: boolean;
    limit: number;
    /** Ids of the articles to look in, a few hundred at most; left out, all are. */
    among?: readonly string[];
  }): Promise<Passage[]>;
};

/** An article whose meaning is not known yet to the embedding model. */
export type UnembeddedArticle = {
  articleId: string;
  contentHash: string;
  title: string;
  chunks: Chunk[];
};

/** A title (position -1), or a part of the passage at that position, as a unit vector. */
export type PlacedVector = { position: number; part: number; vector: Float32Array };

/** An article as it is searched by meaning. */
export type EmbeddedArticle = {
  articleId: string;
  title: string;
  visibility: Visibility;
  language: string | null;
  vectors: PlacedVector[];
};

/** What the knowledge means, kept beside its text. `model` names the embedder: of another one's vectors nothing is seen. */
export type KnowledgeVectors = {
  /** Changes whenever anything that `load` gives has changed; what is still to be embedded. */
  state(connectionId: string, model: string): Promise<{ stamp: string; unembedded: number }>;
  load(connectionId: string, model: string): Promise<EmbeddedArticle[]>;
  /** The oldest that lack vectors of this model. */
  unembedded(connectionId: string, model: string, limit: number): Promise<UnembeddedArticle[]>;
  /** Does nothing where the article has changed since. */
  store(article: UnembeddedArticle, model: string, vectors: readonly PlacedVector[]): Promise<void>;
  /** The passages at these places, in this order; those that are gone are left out. */
  passages(places: readonly { articleId: string; position: number }[]): Promise<(Chunk & { articleId: string })[]>;
};

/** An article that an answer says it rests on, as it is stored now. */
export type CitedArticle = { articleId: string; title: string; visibility: Visibility; markdown: string };

/** An article for a person to look at. */
export type NearArticle = {
  title: string;
  /** Its page for agents; null where it has none. */
  url: string | null;
};

/** So many are named in the note of a draft. */
const MOST_NEAR = 3;

/** The ids of the first articles of what was found, the nearest first, each once. */
export function nearestIds(found: readonly { articleId: string }[]): string[] {
  return [...new Set(found.map(({ articleId }) => articleId))].slice(0, MOST_NEAR);
}

/** Those of the connection's articles that have these ids; what is no id of one is left out. */
export type CitedArticles = (connectionId: string, articleIds: readonly string[]) => Promise<CitedArticle[]>;
