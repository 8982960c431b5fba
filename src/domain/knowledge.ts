import type { Visibility } from './ticket.ts';

/** An article as it is imported: Markdown with its title and who may see it (N4). */
export type Article = {
  /** Path below the imported folder, or the id at its origin; unique per connection. */
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
};

/** What an import did, in articles. */
export type ImportResult = { added: number; changed: number; unchanged: number; removed: number };

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
  /** PostgreSQL's rank of the passage for the question; comparable within one search only. */
  score: number;
  /** Share of the question's words (stemmed, stop words left out) that the passage or its title holds, 0–1. */
  coverage: number;
  /** How many of the question's words that share is. */
  matched: number;
  /** How many of those the title or the passage's heading names. */
  named: number;
};

/** What the engines may ask of the knowledge of one connection. */
export type KnowledgeSearch = {
  /** Internal passages are found only when asked for: they may be used in drafts, never in public replies. */
  search(query: {
    connectionId: string;
    question: string;
    language: string | null;
    includeInternal: boolean;
    limit: number;
  }): Promise<Passage[]>;
};
