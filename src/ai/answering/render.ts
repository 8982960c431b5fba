import { Marked, type Tokens } from 'marked';
import sanitizeHtml from 'sanitize-html';
import type { Sentiment } from '../../domain/handoff.ts';

/** Everything a reply may consist of. No attribute but a checked link, no style, no image, no script (A7). */
const ALLOWED_TAGS = ['p', 'br', 'strong', 'em', 'del', 'ul', 'ol', 'li', 'a', 'code', 'pre', 'blockquote', 'hr'];
/** A reply that is longer, or is made of little else than markup, has gone wrong; the parser takes minutes over such text. */
const MAX_MARKDOWN_LENGTH = 20_000;
const MAX_BRACKETS = 300;
const MAX_MARKS = 1_000;
/** Stands where an address stood that the reply may not carry. */
const REMOVED_ADDRESS = '[…]';
const ADDRESS = /^(?:https?:|mailto:|www\.|ftp:)|^\S+@\S+\.\S+$/i;

/**
 * A reply as Freshdesk HTML (A7, A8), from Markdown and the channel's plain texts. Links stay where their host is one of
 * `allowedHosts` (exact names; for mailto the domain of the address), else their text only. Images, raw HTML and anything
 * outside the subset lose their markup. Greeting, signature and disclosure are escaped and keep their line breaks.
 */
export function renderReply(
  markdown: string,
  options: {
    allowedHosts: readonly string[];
    greeting: string | null;
    signature: string | null;
    disclosure: string | null;
  },
): string {
  const hosts = new Set(options.allowedHosts.map((host) => host.trim().toLowerCase()));
  const bounded = markdown.slice(0, MAX_MARKDOWN_LENGTH);
  const body = isReadable(bounded) ? sanitized(markdownToHtml(bounded, hosts), hosts) : paragraph(bounded);
  return framed(body.trim(), options);
}

/** What the channel says before and after an answer that is rendered already (A8). */
export function framed(
  body: string,
  frame: { greeting: string | null; signature: string | null; disclosure: string | null },
): string {
  return [paragraph(frame.greeting), body, paragraph(frame.signature), paragraph(frame.disclosure, 'em')]
    .filter((part) => part !== '')
    .join('\n');
}

/** The hosts that Markdown links to, its mail addresses' domains included, in lower case. */
export function linkHosts(markdown: string): string[] {
  const hosts: string[] = [];
  new Marked({
    walkTokens: (token) => {
      const host = token.type === 'link' ? hostOf((token as Tokens.Link).href) : null;
      if (host !== null) hosts.push(host);
    },
  }).parse(markdown, { async: false });
  return [...new Set(hosts)];
}

/** The private note with a draft, as the customer would read it (A2). */
export function renderDraftNote(replyHtml: string, footer: string | null): string {
  return [replyHtml, ...(footer === null || footer.trim() === '' ? [] : ['<hr />', paragraph(footer, 'em')])].join(
    '\n',
  );
}

const SUPERSEDED = 'Superseded: the customer has written again since.';

/** The note of a draft, as Freshdesk shows it, for which the customer has not waited (A10). */
export function renderSuperseded(noteHtml: string): string {
  return `${paragraph(SUPERSEDED, 'strong')}\n<hr />\n${noteHtml}`;
}

export function isSuperseded(noteHtml: string): boolean {
  return noteHtml.includes(SUPERSEDED);
}

/** The private note of a handoff (H2). Everything in it is escaped. */
export function renderHandoffNote(note: {
  summary: string;
  sentiment: Sentiment | null;
  language: string | null;
  topic: string | null;
  /** In words. */
  reasons: readonly string[];
  /** What Freshdesk answered to a write it refused (A6). */
  refusal: string | null;
  /** When somebody is there again; null while somebody is (H7). */
  opening: string | null;
}): string {
  const facts = [
    ...(note.topic === null ? [] : [`<strong>Topic:</strong> ${escapeHtml(note.topic)}`]),
    ...(note.sentiment === null ? [] : [`<strong>Sentiment:</strong> ${note.sentiment}`]),
    ...(note.language === null ? [] : [`<strong>Language:</strong> ${escapeHtml(languageName(note.language))}`]),
  ];
  return [
    '<p><strong>Handed over by the AI agent</strong></p>',
    `<ul>${note.reasons.map((reason) => `<li>${escapeHtml(reason)}</li>`).join('')}</ul>`,
    ...(note.opening === null ? [] : [`<p>${escapeHtml(note.opening)}</p>`]),
    ...(note.refusal === null ? [] : [`<p><strong>Freshdesk answered:</strong> ${escapeHtml(note.refusal)}</p>`]),
    ...(facts.length === 0 ? [] : [`<p>${facts.join('<br />')}</p>`]),
    '<p><strong>Summary</strong></p>',
    paragraph(note.summary),
  ].join('\n');
}

/** The private note of a resolution (R1, R3). Everything in it is escaped. */
export function renderResolutionNote(note: {
  closure: 'resolved' | 'assumed_resolved';
  summary: string;
  sentiment: Sentiment | null;
}): string {
  const why =
    note.closure === 'resolved'
      ? 'The customer says that it is solved.'
      : 'The customer has not written again since the answer.';
  return [
    `<p><strong>Resolved by the AI agent.</strong> ${why}</p>`,
    ...(note.sentiment === null ? [] : [`<p><strong>Sentiment:</strong> ${note.sentiment}</p>`]),
    '<p><strong>Summary</strong></p>',
    paragraph(note.summary),
  ].join('\n');
}

/** Plain text as HTML text. */
function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function markdownToHtml(markdown: string, hosts: ReadonlySet<string>): string {
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => escapeHtml(withoutTags(text)),
      image: ({ text }) => escapeHtml(text),
      heading({ tokens }) {
        return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>\n`;
      },
      link({ href, text, tokens }) {
        const inner = this.parser.parseInline(tokens);
        if (isAllowed(href, hosts)) return `<a href="${escapeHtml(href)}">${inner}</a>`;
        return ADDRESS.test(text.trim()) ? REMOVED_ADDRESS : inner;
      },
      checkbox: () => '',
      table({ header, rows }) {
        const cells = (row: readonly Tokens.TableCell[]) =>
          row.map((cell) => this.parser.parseInline(cell.tokens)).join(' – ');
        return `<p><strong>${cells(header)}</strong></p>\n<ul>${rows.map((row) => `<li>${cells(row)}</li>`).join('')}</ul>\n`;
      },
    },
  });
  return marked.parse(flattened(markdown), { async: false });
}

function isReadable(markdown: string): boolean {
  const count = (marks: RegExp) => markdown.match(marks)?.length ?? 0;
  return count(/[[\]]/g) <= MAX_BRACKETS && count(/[*_~`<&]/g) <= MAX_MARKS;
}

/** Quotes within quotes within quotes say nothing more; hundreds of them break the parser. */
function flattened(markdown: string): string {
  return markdown.replace(/^(?:[ \t]*>){4,}/gm, '>>>');
}

/** The second lock on the same door: whatever the renderer let through, only the allow-list leaves. */
function sanitized(html: string, hosts: ReadonlySet<string>): string {
  return sanitizeHtml(html, {
    allowedTags: ALLOWED_TAGS,
    allowedAttributes: { a: ['href'] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowProtocolRelative: false,
    transformTags: {
      a: (_name, attributes) =>
        isAllowed(attributes['href'] ?? '', hosts)
          ? { tagName: 'a', attribs: { href: attributes['href'] ?? '' } }
          : { tagName: 'removed', attribs: {} },
    },
  });
}

function isAllowed(href: string, hosts: ReadonlySet<string>): boolean {
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

function withoutTags(html: string): string {
  return decoded(sanitizeHtml(html, { allowedTags: [], allowedAttributes: {} }));
}

/** What sanitize-html escapes in text, back as it was. */
function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

function paragraph(text: string | null, within?: 'em' | 'strong'): string {
  if (text === null || text.trim() === '') return '';
  const lines = escapeHtml(text.trim()).replace(/\r?\n/g, '<br />');
  return within === undefined ? `<p>${lines}</p>` : `<p><${within}>${lines}</${within}></p>`;
}

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' });

function languageName(code: string): string {
  try {
    return `${LANGUAGE_NAMES.of(code) ?? code} (${code})`;
  } catch {
    return code; // not a language tag
  }
}
