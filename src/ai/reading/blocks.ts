import { Lexer, type Token } from 'marked';

/** Nobody writes a longer heading; the parser takes minutes over some thousand marks. */
const MAX_HEADING = 300;

/**
 * The blocks of a Markdown text, as they are written; of headings alone also what stands in them. Its time grows with the
 * length, whatever marks there are.
 */
export function blocksOf(markdown: string): Token[] {
  const lexer = new Lexer();
  const blocks: Token[] = lexer.blockTokens(markdown.replace(/\r\n?/g, '\n'));
  for (const block of blocks)
    if (block.type === 'heading') block.tokens = block.text.length > MAX_HEADING ? [] : lexer.inlineTokens(block.text);
  return blocks;
}
