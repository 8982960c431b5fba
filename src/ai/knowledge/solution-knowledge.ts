import { createHash } from 'node:crypto';
import type { PreparedArticle } from '../../domain/knowledge.ts';
import type { Visibility } from '../../domain/ticket.ts';
import { chunksOf } from './chunks.ts';
import { htmlToMarkdown } from './html-markdown.ts';
import { detectLanguage } from '../reading/language.ts';

/** Raised when articles are converted, cut or stored differently, so that the next sync stores unchanged ones anew. */
const FORMAT = 4;

/** What of an article of Freshdesk Solutions counts. */
export type Solution = {
  sourceId: string;
  title: string;
  visibility: Visibility;
  updatedAt: string;
  /** Null while only the list has been read, and that did not carry the text. */
  html: string | null;
};

/** Same hash, same article. Without the text it rests on the time of the last edit, which Freshdesk tells in whole seconds. */
export function solutionHash({ title, visibility, updatedAt, html }: Solution): string {
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, title, visibility, html ?? { updatedAt }]))
    .digest('hex');
}

/** The article as it is stored; null when it holds no text, such as one that is only a video. */
export function prepareSolution(solution: Solution, html: string): PreparedArticle | null {
  const title = solution.title.replace(/\s+/g, ' ').trim() || `Article ${solution.sourceId}`;
  const markdown = htmlToMarkdown(html);
  const chunks = chunksOf(markdown, title);
  if (chunks.length === 0) return null;
  return {
    article: { sourceId: solution.sourceId, title, visibility: solution.visibility, markdown },
    chunks,
    language: detectLanguage(`${title}\n${chunks.map((chunk) => chunk.text).join('\n')}`),
    contentHash: solutionHash(solution),
  };
}
