import type { Visibility } from './ticket.ts';

/** An article as it is imported: Markdown with its title and who may see it (N4). */
export type Article = {
  /** Path below the imported folder, or the id at its origin; unique per connection. */
  sourceId: string;
  title: string;
  visibility: Visibility;
  markdown: string;
};

/** A passage as it is stored for retrieval. */
export type Chunk = { position: number; heading: string; text: string };

/** A passage found for a question, best first. */
export type Passage = {
  articleId: string;
  title: string;
  visibility: Visibility;
  heading: string;
  text: string;
  /** PostgreSQL's rank of the passage for the question; comparable within one search only. */
  score: number;
  /** Share of the question's words (stemmed, stop words left out) that the passage or its title holds, 0–1. */
  coverage: number;
};

/** What the engines may ask of the knowledge of one connection. */
export type KnowledgeSearch = {
  /** Internal passages are found only when asked for: they may be used in drafts, never in public replies. */
  search(query: { connectionId: string; question: string; language: string | null; includeInternal: boolean; limit: number }): Promise<Passage[]>;
};
