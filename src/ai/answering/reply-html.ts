import { Marked, type Parser, type Token, type Tokens } from 'marked';
import { blocksOf } from '../reading/blocks.ts';
import { withoutInvisible } from '../reading/text.ts';

/** A reply that is longer, or is made of little else than markup, has gone wrong; the parser takes minutes over such text. */
const MAX_MARKDOWN_LENGTH = 20_000;
const MAX_BRACKETS = 300;
const MAX_MARKS = 1_000;
/** Stands where an address stood that the reply may not carry. */
const REMOVED_ADDRESS = '[…]';
const ADDRESS = /^(?:https?:|mailto:|www\.|ftp:)|^\S+@\S+\.\S+$/i;

/** Bold by intention: beside letters, punctuation within the marks keeps the parser from reading them so. */
const LEFT_BOLD = /(?<![\d*])\*\*(?=[^\s*])([^*\n]*[^\s*])\*\*(?!\*)/u;

/** What a model thinks to itself, and the marks by which it names what it was given. */
const REMAINS = /(?:<think(?:ing)?>|^)[^]*?<\/think(?:ing)?>\s*|【\d{1,3}(?::\d{1,3})?†[^】\n]{0,60}】/gi;

/** A reply's Markdown as HTML with the links that `hosts` allow. What is too much for the parser is shown as it is. */
export function markdownToHtml(whole: string, hosts: ReadonlySet<string>): string {
  const markdown = withoutInvisible(whole.slice(0, MAX_MARKDOWN_LENGTH)).replace(REMAINS, '');
  if (!isReadable(markdown)) return `<p>${inLines(escapeHtml(markdown.trim()))}</p>`;
  return new Marked({
    gfm: true,
    tokenizer: {
      // 2*3*4 is a product. False has the parser go on as it does, undefined says that nothing begins here.
      emStrong: (src, _masked, before = '') => (/\d$/.test(before) && /^\*+\d/.test(src) ? undefined : false),
    },
    walkTokens: (token) => {
      if ('tokens' in token && token.tokens !== undefined) token.tokens = withoutScripts(token.tokens);
      else if (token.type === 'text' && LEFT_BOLD.test(token.raw)) token.tokens = emboldened(token.raw);
    },
    renderer: {
      html: ({ text, block }) => {
        const shown = textOfTags(text, markdown);
        if (!block) return inLines(escapeHtml(shown));
        return shown.trim() === '' ? '' : `<p>${inLines(escapeHtml(shown.trim()))}</p>\n`;
      },
      image: ({ text }) => escapeHtml(text),
      paragraph({ tokens }) {
        return `<p>${withoutEdges(this.parser.parseInline(tokens))}</p>\n`;
      },
      heading({ tokens }) {
        return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>\n`;
      },
      link({ href, text, tokens }) {
        const inner = this.parser.parseInline(tokens);
        if (isAllowed(href, hosts)) return `<a href="${escapeHtml(href)}">${inner}</a>`;
        return ADDRESS.test(text.trim()) ? REMOVED_ADDRESS : inner;
      },
      list(list) {
        return !list.ordered || isCounted(list) ? false : numbered(list, this.parser);
      },
      checkbox: () => '',
      table({ header, rows }) {
        const cells = (row: readonly Tokens.TableCell[]) =>
          row.map((cell) => this.parser.parseInline(cell.tokens)).join(' – ');
        return `<p><strong>${cells(header)}</strong></p>\n<ul>${rows.map((row) => `<li>${cells(row)}</li>`).join('')}</ul>\n`;
      },
    },
  }).parse(flattened(markdown), { async: false });
}

function emboldened(raw: string): Token[] {
  const text = (part: string) => ({ type: 'text', raw: part, text: part }) as const;
  return raw.split(LEFT_BOLD).flatMap((part, index): Token[] => {
    if (index % 2 === 0) return part === '' ? [] : [text(part)];
    return [{ type: 'strong', raw: `**${part}**`, text: part, tokens: [text(part)] }];
  });
}

/** No reader sees what stands in a script or a style. One that is never closed is a word in angle brackets. */
function withoutScripts(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined) break;
    const name = token.type === 'html' ? /^<(script|style)\b/i.exec(token.raw)?.[1] : undefined;
    const end = name === undefined ? -1 : tokens.findIndex((other, index) => index > at && isEnd(other, name));
    if (end === -1) kept.push(token);
    else at = end;
  }
  return kept;
}

function isEnd({ type, raw }: Token, name: string): boolean {
  return type === 'html' && raw.toLowerCase().startsWith(`</${name.toLowerCase()}`);
}

/** A break before the first word or behind the last shows nothing but a hole. */
function withoutEdges(html: string): string {
  return html.replace(/^(?:\s|<br ?\/?>)+/, '').replace(/(?<!\s|<br ?\/?>)(?:\s|<br ?\/?>)+$/, '');
}

function isReadable(markdown: string): boolean {
  const count = (marks: RegExp) => markdown.match(marks)?.length ?? 0;
  return count(/[[\]]/g) <= MAX_BRACKETS && count(/[*_~`<&]/g) <= MAX_MARKS;
}

/** Quotes within quotes within quotes say nothing more; hundreds of them break the parser. */
function flattened(markdown: string): string {
  return markdown.replace(/^(?:[ \t]*>){4,}/gm, '>>>');
}

/** The languages that write a day with a full stop, and those this product answers in. */
const MONTHS: ReadonlySet<string> = new Set(
  'en de fr es pt it nl pl cs sk sl hr sr bs da nb sv fi et lv lt hu tr ro bg ru uk is el'
    .split(' ')
    .flatMap((language) =>
      Array.from({ length: 12 }, (_, month) => new Date(Date.UTC(2024, month, 2))).flatMap((date) =>
        [{ month: 'long' } as const, { month: 'short' } as const, { day: 'numeric', month: 'long' } as const].map(
          (format) =>
            new Intl.DateTimeFormat(language, { ...format, timeZone: 'UTC' })
              .format(date)
              .toLowerCase()
              .replaceAll(/[\p{N}.]+/gu, '')
              .trim(),
        ),
      ),
    ),
);

/**
 * Whether the numbers of a list only count it, so that a reader sees the same ones: "7. Mai" is a day, "2. Klasse" a class, and
 * "1. Mai" and "1. Juni" are no first and second point.
 */
function isCounted({ items, start }: Tokens.List): boolean {
  const numbers = items.map(({ raw }) => Number(/\d+/.exec(raw)?.[0]));
  const counts = numbers.every((number, index) => number === index + 1) || numbers.every((number) => number === 1);
  const dated = items.some(({ text }) => MONTHS.has((/^\p{L}+/u.exec(text.trim())?.[0] ?? '').toLowerCase()));
  return start === 1 && items.length > 1 && counts && !dated;
}

/** Each item with the number that was written. */
function numbered({ items }: Tokens.List, parser: Parser): string {
  return items
    .map((item) => {
      const body = parser.parse(item.tokens, item.loose).replace(/^<p>/, '');
      const [number = ''] = /\d+[.)]/.exec(item.raw) ?? [];
      const end = body.search(/<(?:\/p|p|ul|ol|pre|blockquote)>/);
      const [line, rest] = end === -1 ? [body, ''] : [body.slice(0, end), body.slice(end).replace(/^<\/p>/, '')];
      return `<p>${number} ${line.trim()}</p>\n${rest}`;
    })
    .join('');
}

const INLINE =
  'a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark meter object output picture progress q ruby rp rt s samp select small source span strike strong sub sup svg time tt u var video audio wbr option textarea map area param track canvas embed iframe noscript template slot';
const BLOCK =
  'address article aside blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li link main menu meta nav ol optgroup p pre search section style script summary table tbody td tfoot th thead title tr ul';
const TAGS: ReadonlyMap<string, string> = new Map([
  ...INLINE.split(' ').map((name) => [name, ''] as const),
  ...BLOCK.split(' ').map((name) => [name, '\n'] as const),
]);
/** Words that people put between these marks where a reader is to put in theirs: "<address>". */
const ALSO_WORDS = /^(?:address|data|time|title|label|object|source|link|area|code|menu|search|summary|option|output)$/;

/** Attributes that stand without a value. */
const BARE =
  /^\s*(?:(?:open|hidden|disabled|checked|controls|reversed|nowrap|noshade|compact|download|required|readonly|selected|autoplay|loop|muted|async|defer|itemscope)\s*)+$/i;

/** What a reader sees of HTML in Markdown: words on lines of their own; a "<placeholder>" is no tag. */
function textOfTags(html: string, markdown: string): string {
  return html
    .replace(/<(script|style)\b[^]*?(?:<\/\1\s*>|$)/gi, '')
    .replace(/<!--[^]*?(?:-->|$)|<[!?][^>]*>/g, '')
    .replace(/<\/?([a-z][a-z0-9-]*)\b([^<>]*)>/gi, (tag: string, name: string, rest: string) => {
      // "if a<b and c>d" compares.
      const known =
        /^[\s\p{L}]*\p{L}{2,}[\s\p{L}]*$/u.test(rest) && !BARE.test(rest) ? undefined : TAGS.get(name.toLowerCase());
      const isWord = ALSO_WORDS.test(name) && tag === `<${name}>` && !markdown.includes(`</${name}`);
      return known === undefined || isWord ? tag : known;
    })
    .replace(/\n{2,}/g, '\n');
}

/** Plain text as HTML text. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function inLines(html: string): string {
  return html.replace(/\r?\n/g, '<br />');
}

/** The hosts that Markdown links to, its mail addresses' domains included, in lower case. */
export function linkHosts(markdown: string): string[] {
  const hosts = new Set<string>();
  const parser = new Marked({
    walkTokens: (token) => {
      const host = token.type === 'link' || token.type === 'def' ? hostOf((token as Tokens.Link).href) : null;
      if (host !== null) hosts.add(host);
    },
  });
  for (const { raw } of blocksOf(markdown))
    for (const part of isReadable(raw) ? [raw] : raw.split('\n').filter(isReadable))
      parser.parse(part, { async: false });
  return [...hosts];
}

export function isAllowed(href: string, hosts: ReadonlySet<string>): boolean {
  const host = hostOf(href);
  return host !== null && hosts.has(host);
}

/** Lower-case host of a web or mail address; null for everything else, relative links included. */
function hostOf(href: string): string | null {
  const url = URL.parse(href.trim());
  if (url === null || url.username !== '' || url.password !== '') return null;
  if (url.protocol === 'http:' || url.protocol === 'https:') return url.hostname.toLowerCase();
  const mail = /^mailto:[^@?,\s]+@([^@?,\s/]+)$/i.exec(href.trim());
  return url.protocol === 'mailto:' ? (mail?.[1]?.toLowerCase() ?? null) : null;
}
