import type { Nodes, Root } from 'mdast';
import { fromHtml } from 'hast-util-from-html';
import { toMdast } from 'hast-util-to-mdast';
import { gfmStrikethroughToMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { toMarkdown } from 'mdast-util-to-markdown';
import { shapeOf } from '../reading/html-events.ts';
import { linesOf } from '../reading/mail-lines.ts';
import { withoutInvisible } from '../reading/text.ts';
import { readable } from './article-html.ts';

/** Longer articles are no articles; parsing them would only hold everything else up. */
const MAX_LENGTH = 2_000_000;
/** Parsers take minutes over elements in one another, and break on some hundreds. */
const MAX_DEPTH = 400;
const MAX_TAGS = 20_000;

/**
 * An article's HTML as the Markdown that the engine quotes: headings, paragraphs, lists, tables, code, emphasis, and links to
 * web pages and mail addresses. What no reader sees is left out, and so are scripts, forms and media; of everything else the
 * text is kept, and what was text in the HTML is text in the Markdown, whatever characters it holds.
 */
export function htmlToMarkdown(html: string): string {
  const bounded = withoutInvisible(html.slice(0, MAX_LENGTH));
  const { depth, tags } = shapeOf(bounded);
  if (depth > MAX_DEPTH || tags > MAX_TAGS) return written(plain(bounded));
  return written(toMdast(readable(fromHtml(bounded, { fragment: true }))));
}

function written(tree: Nodes): string {
  return toMarkdown(tight(tree), {
    bullet: '-',
    emphasis: '_',
    listItemIndent: 'one',
    handlers: { break: () => '  \n' },
    extensions: [gfmTableToMarkdown({ tablePipeAlign: false }), gfmStrikethroughToMarkdown()],
  })
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Items of a list stand below each other, unless one of them has paragraphs. */
function tight<T extends Nodes>(node: T): T {
  if (node.type === 'list') {
    const spread = node.children.some((item) => item.children.filter(({ type }) => type === 'paragraph').length > 1);
    node.spread = spread;
    for (const item of node.children) item.spread = spread;
  }
  if ('children' in node) for (const child of node.children) tight(child);
  return node;
}

/** What is too deep or too much for a parser: its text, line by line. */
function plain(html: string): Root {
  const lines = linesOf(html).filter(({ text }) => text !== '');
  return {
    type: 'root',
    children: lines.map(({ text }) => ({ type: 'paragraph', children: [{ type: 'text', value: text }] })),
  };
}
