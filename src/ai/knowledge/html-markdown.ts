import { HTMLElement, parse, TextNode, type Node } from 'node-html-parser';

/** Longer articles are no articles; parsing them would only hold everything else up. */
const MAX_LENGTH = 2_000_000;
const MAX_DEPTH = 200;
const UNSEEN = new Set([
  'SCRIPT',
  'STYLE',
  'IFRAME',
  'OBJECT',
  'EMBED',
  'NOSCRIPT',
  'TEMPLATE',
  'HEAD',
  'SVG',
  'IMG',
  'VIDEO',
  'AUDIO',
  'FORM',
  'BUTTON',
  'INPUT',
]);
const EMPHASIS: Readonly<Record<string, string>> = { STRONG: '**', B: '**', EM: '_', I: '_' };
const BLOCKS = new Set([
  'P',
  'DIV',
  'SECTION',
  'ARTICLE',
  'HEADER',
  'FOOTER',
  'MAIN',
  'FIGURE',
  'FIGCAPTION',
  'CENTER',
  'DL',
  'DT',
  'DD',
  'BODY',
  'HTML',
]);

/**
 * An article's HTML as the Markdown that the engine quotes: headings, paragraphs, lists, tables, code, emphasis and links
 * to web pages and mail addresses. Everything else shows its text, scripts, forms and media nothing at all; what was text
 * in the HTML is text in the Markdown, whatever characters it holds.
 */
export function htmlToMarkdown(html: string): string {
  const root = parse(html.slice(0, MAX_LENGTH), {
    comment: false,
    blockTextElements: { script: false, style: false, pre: true },
  });
  return tidy(blocks(root, 0));
}

/** The children as blocks with a blank line between them; what stands between blocks is a paragraph. */
function blocks(node: Node, depth: number): string {
  const parts: string[] = [];
  let line = '';
  const close = () => {
    if (line.trim() !== '') parts.push(line.trim());
    line = '';
  };
  for (const child of node.childNodes) {
    const block = child instanceof HTMLElement && depth < MAX_DEPTH ? blockOf(child, depth) : null;
    if (block === null) {
      line += inline(child, depth + 1);
    } else {
      close();
      if (block.trim() !== '') parts.push(block);
    }
  }
  close();
  return parts.join('\n\n');
}

/** Null for what belongs into a line. */
function blockOf(element: HTMLElement, depth: number): string | null {
  const tag = element.tagName;
  if (UNSEEN.has(tag)) return '';
  const heading = /^H([1-6])$/.exec(tag)?.[1];
  if (heading !== undefined) {
    const words = inline(element, depth + 1)
      .replace(/\s+/g, ' ')
      .trim();
    return words === '' ? '' : `${'#'.repeat(Number(heading))} ${words}`;
  }
  if (tag === 'UL' || tag === 'OL') return list(element, depth + 1);
  if (tag === 'TABLE') return table(element, depth + 1);
  if (tag === 'PRE') return fenced(element.text);
  if (tag === 'BLOCKQUOTE') return indented(blocks(element, depth + 1), '> ', '> ');
  if (tag === 'HR') return '';
  return BLOCKS.has(tag) || element.querySelector('p,div,ul,ol,table,pre,h1,h2,h3,h4,h5,h6') !== null
    ? blocks(element, depth + 1)
    : null;
}

function inline(node: Node, depth: number): string {
  if (node instanceof TextNode) return escaped(node.text.replace(/[\s\u00a0]+/g, ' '));
  if (!(node instanceof HTMLElement) || UNSEEN.has(node.tagName) || depth > MAX_DEPTH) return '';
  if (node.tagName === 'BR') return '  \n';
  if (node.tagName === 'CODE') return codeSpan(node.text);
  const words = node.childNodes.map((child) => inline(child, depth + 1)).join('');
  if (node.tagName === 'A') return link(words, node.getAttribute('href') ?? '');
  const mark = EMPHASIS[node.tagName];
  return mark === undefined ? words : wrapped(words, mark);
}

/** Emphasis marks count only directly beside a word. */
function wrapped(words: string, mark: string): string {
  const inner = words.trim();
  if (inner === '' || inner.includes('\n')) return words;
  return words.replace(inner, () => `${mark}${inner}${mark}`);
}

function link(words: string, href: string): string {
  const target = href.trim();
  if (!/^(?:https?:\/\/|mailto:)[^\s<>]+$/i.test(target)) return words;
  return words.trim() === '' ? '' : `[${words.trim()}](<${target}>)`;
}

function list(element: HTMLElement, depth: number): string {
  const ordered = element.tagName === 'OL';
  const items = element.childNodes.filter(
    (child): child is HTMLElement => child instanceof HTMLElement && child.tagName === 'LI',
  );
  return items
    .map((item) => blocks(item, depth).replace(/(?<!\n)\n{2,}(?=(?:[-] |\d+\. ))/g, '\n'))
    .filter((text) => text.trim() !== '')
    .map((text, index) => (ordered ? indented(text, `${index + 1}. `, '   ') : indented(text, '- ', '  ')))
    .join('\n');
}

function table(element: HTMLElement, depth: number): string {
  const rows = element.querySelectorAll('tr').map((row) =>
    row.querySelectorAll('th,td').map((cell) =>
      blocks(cell, depth)
        .replace(/(?<!\s)\s*\n\s*/g, ' ')
        .replaceAll('|', '\\|'),
    ),
  );
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (width === 0) return '';
  const line = (cells: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, index) => cells[index] ?? '').join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head ?? []), line(Array.from({ length: width }, () => '---')), ...body.map(line)].join('\n');
}

function indented(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, index) => (index === 0 ? first + line : line === '' ? rest.trimEnd() : rest + line))
    .join('\n');
}

function fenced(text: string): string {
  const code = text.replace(/^\n+/, '').trimEnd();
  const runs = code.match(/`+/g) ?? [];
  const fence = '`'.repeat(runs.reduce((most, run) => Math.max(most, run.length + 1), 3));
  return code === '' ? '' : `${fence}\n${code}\n${fence}`;
}

function codeSpan(text: string): string {
  const code = text.replace(/\s+/g, ' ').trim();
  return code === '' || code.includes('`') ? escaped(code) : `\`${code}\``;
}

/** Characters that Markdown would read as markup, and line beginnings that it would read as blocks. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|~]/g, '\\$&').replace(/^(\s*\d*)([#>+.)-])(?=\s)/, '$1\\$2');
}

/** Runs of space are looked at from their beginning alone, here and above: from each place in them, long ones would take hours. */
function tidy(markdown: string): string {
  return markdown
    .replace(/(?: {2}\n\s*)+(?=\n|$)/g, '\n')
    .replace(/(?<![ \t])[ \t]+$/gm, (end) => (end === '  ' ? end : ''))
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
