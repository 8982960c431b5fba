import { compile, type FormatCallback } from 'html-to-text';
import sanitizeHtml from 'sanitize-html';
import { HISTORY_LINE, QUOTE_LINE, UNMARKED_QUOTE, withoutHistory } from './quoting.ts';
import { withoutWhatParsersFind } from './reply-parsers.ts';
import { withoutSignature } from './signature.ts';
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
  'blockquote.freshdesk_quote',
  'div.yahoo_quoted',
  'div.zmail_extra',
  'div.ms-outlook-mobile-reference-message',
  'div#mail-editor-reference-message-container',
  'span#OLK_SRC_BODY_SECTION',
];
/** Around a quote, and around the answers that are written between its parts. */
const WRAPPERS = [
  'div.gmail_quote',
  'div.gmail_quote_container',
  'div.freshdesk_quote',
  'div.protonmail_quote',
  'div.tutanota_quote',
];
/** Below these everything is another message. */
const HISTORY = [
  'div#appendonsend',
  'div#divRplyFwdMsg',
  'div[style^="border:none;border-top:solid #B5C4DF"]',
  'div[style^="border:none;border-top:solid #E1E1E1"]',
  'div[style^="padding-top: 5px; border-top-color: rgb(229, 229, 229)"]',
];
const INTRODUCTIONS = ['div.moz-cite-prefix', 'div.gmail_attr'];
const SIGNATURES = [
  'div.gmail_signature',
  'div.moz-signature',
  'pre.moz-signature',
  'div#Signature',
  'div#ms-outlook-mobile-signature',
  'div[data-signatureblock]',
];

const markedBy =
  (text: string): FormatCallback =>
  (_element, _walk, builder) => {
    builder.openBlock({ leadingLineBreaks: 1 });
    builder.addInline(text);
    builder.closeBlock({ trailingLineBreaks: 1 });
  };
const formatters: Record<string, FormatCallback> = {
  break: (_element, _walk, builder) => builder.addLineBreak(),
  quoted: markedBy(QUOTE_LINE),
  unmarked(element, walk, builder) {
    builder.openBlock({ leadingLineBreaks: 1 });
    walk(element.children, builder);
    builder.closeBlock({
      trailingLineBreaks: 1,
      blockTransform: (text) => text.replace(/^/gm, UNMARKED_QUOTE),
    });
  },
  history(element, walk, builder, options) {
    markedBy(HISTORY_LINE)(element, walk, builder, options);
    builder.openBlock({ leadingLineBreaks: 1 });
    walk(element.children, builder);
    builder.closeBlock({ trailingLineBreaks: 1 });
  },
  /** What stands before the first quote in it introduces it; what stands behind is an answer. */
  wrapper(element, walk, builder, options) {
    const first = element.children.findIndex(({ name }) => name === 'blockquote');
    markedBy(QUOTE_LINE)(element, walk, builder, options);
    if (first === -1) return;
    for (const child of element.children.slice(first))
      if (child.name === 'blockquote') markedBy(QUOTE_LINE)(element, walk, builder, options);
      else walk([child], builder);
  },
};
const as = (format: string, selectors: readonly string[]) => selectors.map((selector) => ({ selector, format }));
const toText = (marked: { selector: string; format: string }[]) =>
  compile({
    wordwrap: false,
    whitespaceCharacters: ' \t\r\n\f', // by default a zero-width space becomes a space, and splits words
    formatters,
    selectors: [
      ...marked,
      { selector: 'hr', format: 'break' },
      ...as('skip', ['img', 'style', 'script', 'head', 'title']),
      { selector: 'a', options: { ignoreHref: true } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'table', format: 'block' },
      ...(marked.length === 0 ? as('block', ['blockquote']) : []),
    ],
    limits: { maxInputLength: MAX_HTML_LENGTH, maxDepth: 60, maxChildNodes: 20_000, ellipsis: '' },
  });
const wholeText = toText([]);
const ownText = toText([
  ...as('quoted', QUOTES),
  ...as('wrapper', WRAPPERS),
  ...as('history', HISTORY),
  ...as('skip', [...INTRODUCTIONS, ...SIGNATURES]),
  ...as('unmarked', ['blockquote']),
]);

/**
 * The text of a message that the AI reads (I5): without quoted history and signatures; with `keepQuote`, for a forwarded
 * first mail, with everything. Where nothing but a greeting would be left, or the customer says that the answers stand in
 * the quote, everything is kept: an answer must not vanish. Never longer than 50,000 characters; fast on any input.
 */
export function cleanText(html: string, { keepQuote = false }: { keepQuote?: boolean } = {}): string {
  const bounded = html.slice(0, MAX_HTML_LENGTH);
  const own = keepQuote ? '' : ownWords(tidied(ownText(bounded)));
  const text =
    saysNothing(own) || ANSWERS_BELOW.test(own.slice(0, MAX_POINTER_LENGTH)) ? tidied(wholeText(bounded)) : own;
  return text.slice(0, MAX_TEXT_LENGTH).trimEnd();
}

/** What a text says itself: without the messages it quotes, and without its signature. */
function ownWords(text: string): string {
  const lines = text.slice(0, 2 * MAX_TEXT_LENGTH).split('\n');
  return withoutSignature(withoutWhatParsersFind(withoutHistory(lines)))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** "Hi," alone is no message: then what stands below is. */
function saysNothing(text: string): boolean {
  return text === '' || GREETING_ALONE.test(text);
}

const GREETING_ALONE =
  /^(?:hi|hello|hey|hallo|moin|bonjour|salut|hola|ol[áa]|ciao|dear|good (?:morning|afternoon|evening)|guten (?:tag|morgen|abend))(?: \p{L}+){0,3} ?[,:]$/iu;
/** A short message that sends its reader into the quote. */
const ANSWERS_BELOW =
  /\b(?:(?:answers?|answered|repl(?:y|ies)|replied|comments?|commented|responses?|responded|notes?) (?:\w+ ){0,4}(?:below|inline|in-line|in (?:red|blue|green|bold))|(?:antworten?|kommentare?|geantwortet|anmerkungen) (?:\w+ ){0,4}(?:unten|im text|inline|in rot|in blau)|(?:réponses?|répondu|commentaires?) (?:\w+ ){0,4}(?:ci-dessous|en rouge|dans le texte)|(?:respuestas?|respondido|comentarios?) (?:\w+ ){0,4}(?:abajo|en rojo|en el texto)|(?:respostas?|respondido|comentários?) (?:\w+ ){0,4}(?:abaixo|a vermelho|em vermelho|no texto))(?![\p{L}])/iu;
const MAX_POINTER_LENGTH = 300;

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
  /^(?:[-_]{3,}\s*(?:forwarded message|weitergeleitete nachricht|message transf[ée]r[ée]|mensaje reenviado|mensagem encaminhada|messaggio inoltrato|doorgestuurd bericht|пересылаемое сообщение)\s*[-_]{3,}|(?:begin forwarded message|anfang der weitergeleiteten nachricht|début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|início da mensagem (?:re)?encaminhada|inizio messaggio inoltrato|begin doorgestuurd bericht)\s*:)/im;

function tidied(text: string): string {
  return visible(text)
    .split('\n')
    .map((line) => line.replace(/[ \t\u00A0]+/g, ' ').trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
