import type { Token } from 'marked';
import type { Chunk } from '../../domain/knowledge.ts';
import { blocksOf } from '../reading/blocks.ts';

/** Passages are filled up to about this many characters: enough to answer with, short enough to be read. */
const TARGET_LENGTH = 800;
/** A list, table or quote is kept with the paragraph before it until both are this long. */
const MAX_TOGETHER = 1_600;

/**
 * Cuts an article into passages along its headings and paragraphs. Blocks are never cut: a list, a table or a code block
 * stays whole, and with the paragraph that introduces it. The text is the author's Markdown, unchanged.
 */
export function chunksOf(markdown: string, title: string): Chunk[] {
  const passages: { heading: string; text: string }[] = [];
  let heading = '';
  let text = '';
  const close = () => {
    if (text.trim() !== '') passages.push({ heading, text: text.trim() });
    text = '';
  };
  for (const token of blocksOf(markdown)) {
    if (token.type === 'heading') {
      close();
      heading = plain(token) === title ? '' : plain(token);
    } else {
      if (token.type !== 'space' && !fits(text, token)) close();
      text += token.raw;
    }
  }
  close();
  return passages.map((passage, position) => ({ position, ...passage }));
}

/** The text of an article's first heading; null when it has none. */
export function firstHeading(markdown: string): string | null {
  const token = blocksOf(markdown).find(({ type }) => type === 'heading');
  return token === undefined || plain(token) === '' ? null : plain(token);
}

function fits(text: string, next: Token): boolean {
  const length = text.trim().length + next.raw.trim().length;
  return text.trim() === '' || length <= (next.type === 'paragraph' ? TARGET_LENGTH : MAX_TOGETHER);
}

function plain(token: Token): string {
  const inner =
    'tokens' in token && token.tokens !== undefined && token.tokens.length > 0
      ? token.tokens.map(plain).join('')
      : textOf(token);
  return inner.replace(/\s+/g, ' ').trim() === '' && inner !== '' ? ' ' : inner.replace(/\s+/g, ' ');
}

function textOf(token: Token): string {
  return token.type === 'html' || !('text' in token) ? '' : token.text;
}
