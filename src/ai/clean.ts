import { compile } from 'html-to-text';
import sanitizeHtml from 'sanitize-html';
import { visible } from './text.ts';

/** More HTML than this is not read: no person writes it, and every parser slows down on it. */
const MAX_HTML_LENGTH = 500_000;
const MAX_TEXT_LENGTH = 50_000;
const MAX_TAGS = 20_000;

/** How mail programs mark what they quote, and signatures that are marked as such. */
const QUOTES = [
  'blockquote[type=cite]',
  'blockquote.gmail_quote',
  'blockquote.protonmail_quote',
  'div.gmail_quote',
  'div.gmail_quote_container',
  'div.freshdesk_quote',
  'div.yahoo_quoted',
  'div.moz-cite-prefix',
  'div.protonmail_quote',
  'div.tutanota_quote',
  'div.zmail_extra',
  'div.ms-outlook-mobile-reference-message',
  'div#mail-editor-reference-message-container',
];
const SIGNATURES = [
  'div.gmail_signature',
  'div.moz-signature',
  'pre.moz-signature',
  'div#Signature',
  'div#ms-outlook-mobile-signature',
];

const skip = (selectors: readonly string[]) => selectors.map((selector) => ({ selector, format: 'skip' }));
const toText = (skipped: readonly string[]) =>
  compile({
    wordwrap: false,
    whitespaceCharacters: ' \t\r\n\f', // by default a zero-width space becomes a space, and splits words
    selectors: [
      ...skip(skipped),
      ...skip(['img', 'hr', 'style', 'script', 'head', 'title']),
      { selector: 'a', options: { ignoreHref: true } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'table', format: 'block' },
      { selector: 'blockquote', format: 'block' },
    ],
    limits: { maxInputLength: MAX_HTML_LENGTH, maxDepth: 60, maxChildNodes: 20_000, ellipsis: '' },
  });
const wholeText = toText([]);
const ownText = toText([...QUOTES, ...SIGNATURES]);

/**
 * The text of a message that the AI reads (I5): without quoted history and marked signatures; with `keepQuote`, for a
 * forwarded first mail, with everything. Where nothing would be left, everything is kept: an answer written inside the
 * quote must not vanish. Never longer than 50,000 characters; fast on any input.
 */
export function cleanText(html: string, { keepQuote = false }: { keepQuote?: boolean } = {}): string {
  const bounded = html.slice(0, MAX_HTML_LENGTH);
  const own = keepQuote ? '' : withoutQuotedLines(tidied(ownText(bounded)));
  return (own === '' ? tidied(wholeText(bounded)) : own).slice(0, MAX_TEXT_LENGTH).trimEnd();
}

/** Whether a first mail passes on another one: then its quote is the question (I5). */
export function isForwarded({ subject, text }: { subject: string; text: string }): boolean {
  return /^\s*(?:fwd?|wg|tr|rv|enc|i)\s*:/i.test(subject) || FORWARDED.test(text.slice(0, MAX_TEXT_LENGTH));
}

/**
 * A message's HTML as it may be shown (I5): text, lists, tables and links. No script, style, form, event or remote image.
 * HTML with more tags than any person's message has is shown as its text.
 */
export function sanitizeForDisplay(html: string): string {
  const bounded = html.slice(0, MAX_HTML_LENGTH);
  const source = (bounded.match(/</g)?.length ?? 0) > MAX_TAGS ? asParagraph(tidied(wholeText(bounded))) : bounded;
  return sanitizeHtml(source, {
    allowedTags: DISPLAY_TAGS,
    allowedAttributes: { a: ['href', 'rel'], td: ['colspan', 'rowspan'], th: ['colspan', 'rowspan'], ol: ['start'] },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowProtocolRelative: false,
    transformTags: {
      a: (tagName, { href }) => ({
        tagName,
        attribs: { ...(href === undefined ? {} : { href }), rel: 'noopener noreferrer nofollow' },
      }),
      img: (_name, { alt }) => ({
        tagName: 'span',
        attribs: {},
        text: alt === undefined || alt.trim() === '' ? '[image]' : `[image: ${alt}]`,
      }),
    },
    nestingLimit: 100,
  });
}

function asParagraph(text: string): string {
  return `<p>${text.slice(0, MAX_TEXT_LENGTH).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br />')}</p>`;
}

const DISPLAY_TAGS =
  'p br div span strong b em i u s del ins sub sup ul ol li a code pre blockquote hr h1 h2 h3 h4 h5 h6 table thead tbody tfoot tr td th caption dl dt dd'.split(
    ' ',
  );

const FORWARDED =
  /^-{3,}\s*(?:forwarded message|weitergeleitete nachricht|message transf[ée]r[ée]|mensaje reenviado|mensagem encaminhada)\s*-{3,}/im;
/** From here on everything is another message. */
const HISTORY =
  /^-{2,}\s*(?:original message|urspr[üu]ngliche nachricht|message d'origine|mensaje original|mensagem original)\s*-{2,}/i;
/** Outlook's head of the quoted message: who wrote it, and when, in lines of their own. */
const HEADER_FROM = /^\*?(?:from|von|de|da)\s?:\*?\s\S/i;
const HEADER_DATE = /^\*?(?:sent|date|gesendet|datum|envoy[ée]|enviado(?: el| em)?|fecha|data)\s?:\*?\s?\S/i;
const INTRODUCTION =
  /^(?:on\s.{4,200}\swrote|am\s.{4,200}\sschrieb.{0,120}|le\s.{4,200}\sa\s[ée]crit|el\s.{4,200}\sescribi[óo]|em\s.{4,200}\sescreveu|.{0,120}<\S+@\S+>\s(?:wrote|schrieb|a [ée]crit|escribi[óo]|escreveu))\s?:$/i;
const DEVICE =
  /^(?:sent from my .{2,40}|get outlook for .{2,20}|von meinem .{2,40} gesendet|gesendet von .{2,40}|envoy[ée] de(?:puis)? mon .{2,40}|enviado desde mi .{2,40}|enviado do meu .{2,40})$/i;

/** Takes out what text-only mail programs quote. Lines between and below quoted ones stay: people answer there. */
function withoutQuotedLines(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line, index) => line === '--' || HISTORY.test(line) || isHeader(lines, index));
  return tidied(
    (end === -1 ? lines : lines.slice(0, end))
      .filter((line) => line.length > 500 || !(line.startsWith('>') || INTRODUCTION.test(line) || DEVICE.test(line)))
      .join('\n')
      .replace(/(?:\s*\n[-_]{5,})+\s*$/, ''),
  );
}

function isHeader(lines: readonly string[], index: number): boolean {
  const next = lines.slice(index + 1, index + 3);
  return (
    HEADER_FROM.test((lines[index] ?? '').slice(0, 300)) && next.some((line) => HEADER_DATE.test(line.slice(0, 300)))
  );
}

function tidied(text: string): string {
  return visible(text)
    .split('\n')
    .map((line) => line.replace(/[ \t\u00A0]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
