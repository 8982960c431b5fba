import sanitizeHtml from 'sanitize-html';
import { FORWARDED } from './head-words.ts';
import { shapeOf } from './html-events.ts';
import type { Line } from './line-writer.ts';
import { linesOf, withoutPictures } from './mail-lines.ts';
import { PERSONAL, withoutNotices } from './notices.ts';
import { withoutHistory } from './quoting.ts';
import { isDevice, isName, isSignOff, SIGNATURE_MARK, withoutMarkedSignature, withoutSignature } from './signature.ts';
import { printed } from './text.ts';

/** More HTML than this is not shown: no person writes it, and the sanitiser slows down on it. */
const MAX_HTML_LENGTH = 500_000;
const MAX_TEXT_LENGTH = 50_000;
const MAX_TAGS = 20_000;
/** Deeper, the sanitiser would leave out what is there. */
const MAX_DEPTH = 100;

type Kept = { keepQuote?: boolean; keepForwarded?: boolean };

/**
 * The text of a message that the AI reads (I5): without quoted history, signatures, banners and disclaimers, and without what
 * a reader cannot see; with `keepQuote`, for a forwarded first mail, with everything that can be seen; with `keepForwarded`,
 * for an entry of the thread, with the mail that it passes on. Where nothing but a
 * greeting or a name would be left, or the customer says that the answers stand in the quote, everything is kept: losing what
 * a customer wrote is worse than keeping what they quoted (N10). Never longer than 50,000 characters; fast on any input.
 */
export function cleanText(html: string, { keepQuote = false, keepForwarded = false }: Kept = {}): string {
  const lines = tidied(linesOf(html));
  const own = keepQuote ? '' : ownWords(lines, keepForwarded);
  const kept = saysNothing(own) || sendsBelow(own) ? joined(lines.map(textOf)) : own;
  // White on white is what somebody hid, unless it is all there is: mail programs on dark screens write so too.
  const text = saysNothing(kept) && /color/i.test(html) ? whiteToo(html, kept) : kept;
  return text.slice(0, MAX_TEXT_LENGTH).trimEnd();
}

function whiteToo(html: string, kept: string): string {
  const lines = tidied(linesOf(html, { white: true }));
  const own = ownWords(lines);
  return saysNothing(own) ? joined(lines.map(textOf)) || kept : own;
}

/** What a message says itself: without the messages it quotes, and without its signature. */
function ownWords(lines: readonly Line[], keepForwarded = false): string {
  const own = withoutMarkedSignature(withoutHistory(lines, keepForwarded)).map(textOf);
  return joined(withoutSignature(withoutNotices(own)));
}

function textOf({ text }: Line): string {
  return text;
}

function joined(lines: readonly string[]): string {
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** As they are read: without invisible characters, white space as single spaces. */
function tidied(lines: readonly Line[]): Line[] {
  return lines.flatMap(({ text, kind }) =>
    printed(text)
      .split('\n')
      .map((line) => line.replace(/[ \t\u00A0]+/g, ' '))
      .map((line) => ({ text: line === SIGNATURE_MARK ? line : line.trim(), kind })),
  );
}

/** "Hi," alone is no message, nor is a name or "Best regards": then what stands beside it is. */
function saysNothing(text: string): boolean {
  if (text.length > MAX_EMPTY_LENGTH) return false;
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.every((line, index) => isGreeting(line) || isFarewell(line) || isDevice(line) || isNameAt(lines, index));
}

/** "Thanks" says something; it is all that some say. */
function isFarewell(line: string): boolean {
  return (
    isSignOff(line) && !/thank|thx|cheers|dank|merci|gra[cz]i|obrigad|bedankt|dzięk|děkuj|спасибо|谢谢/iu.test(line)
  );
}

/** A name of one word stands below a greeting or a farewell; alone it may be an answer, such as "Blue". */
function isNameAt(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? '';
  return isName(line) && !/[.!]$/.test(line) && (line.includes(' ') || index > 0);
}

const MAX_EMPTY_LENGTH = 200;
const ADDRESSED =
  /^(?:(?:liebe[rs]?|chère?|estimad[oa]s?|caro|cara|prezad[oa]s?|gentile|beste|geachte|dear|sehr|kære|bästa|hyvä|szanown\p{L}+|tisztelt)(?:,? [\p{L}\p{M}.'’-]+){1,4} ?[,:!.，！。]{0,3}|[\p{L}\p{M}.'’-]+(?: [\p{L}\p{M}.'’-]+){0,3} ?[,，])$/iu;
const HELLO =
  /^(?:hi|hello|hey|hallo|halló|moin|servus|bonjour|bonsoir|salut|hola|buenas|buenos|ol[áa]|ciao|salve|buongiorno|hoi|good|guten|bom|boa|dag|goedendag|goedemorgen|dzień|cześć|witam|dobrý|ahoj|hej|god|hei|tere|sveiki|labas|здравствуйте|добрый|привет|добрий|вітаю|γεια|καλημέρα|merhaba|sayın|szia|bună|zdravo|pozdrav|xin|halo|selamat|שלום|مرحبا|السلام|您好|你好|こんにちは|안녕하세요)(?=[\s\p{P}])/iu;
/** "Hi Kim", "Good morning, Mr Lee": behind a comma stands a name, or it is the message: "Hi, please cancel it". */
const GREETED =
  /^(?: [\p{L}\p{M}.'’-]+){0,2}(?:,? (?:[\p{Lu}\p{Lo}][\p{L}\p{M}.'’-]*|there|all|team|everyone|support|service|sir|madam|or|und|herr|frau|pan[ei]?|paní|zusammen|à|a|tous|todos|tutti|allemaal|allihopa)){0,4} ?[,:!.，！。]{0,3}$/u;

function isGreeting(line: string): boolean {
  return ADDRESSED.test(line) || (HELLO.test(line) && GREETED.test(line.replace(HELLO, '')));
}

/** A short message that sends its reader into the quote. */
const ANSWERS_BELOW =
  /\b(?:(?:answers?|answered|repl(?:y|ies)|replied|comments?|commented|responses?|responded|notes?) (?:\w+ ){0,4}(?:below|inline|in-line|marked|in (?:red|blue|green|bold|italics?|caps|capitals))|(?:antworten?|kommentare?|geantwortet|anmerkungen) (?:\w+ ){0,4}(?:unten|im text|inline|markiert|in (?:rot|blau|grün|fett|kursiv|großbuchstaben))|(?:réponses?|répondu|commentaires?) (?:\w+ ){0,4}(?:ci-dessous|en rouge|dans le texte)|(?:respuestas?|respondido|comentarios?) (?:\w+ ){0,4}(?:abajo|en rojo|en el texto)|(?:respostas?|respondido|comentários?) (?:\w+ ){0,4}(?:abaixo|a vermelho|em vermelho|no texto))(?![\p{L}])/iu;
/** So does a shorter one, by fewer words. */
const SEE_BELOW =
  /(?:^|[\s(])see (?:\p{L}+ ){0,2}(?:below|(?:in )?(?:red|blue|green))|s(?:iehe|\.) (?:\p{L}+ ){0,2}(?:unten|weiter unten)|(?:voir|cf\.?) (?:\p{L}+ )?(?:ci-dessous|plus bas)|(?:v(?:er|éase)|veja) (?:\p{L}+ )?(?:abajo|abaixo)|vedi (?:\p{L}+ )?(?:sotto|di seguito)|zie (?:\p{L}+ )?(?:onder|beneden)|se (?:\p{L}+ ){0,2}(?:nedan|nedenfor|under)|katso alla|(?:patrz|zob\.) (?:\p{L}+ )?(?:poniżej|niżej)|viz níže|см\.? ниже|見下|见下|下記/iu;
/** What a form, a machine or a marketplace writes above what it passes on. */
const PASSES_ON =
  /contact form|voice ?mail|(?:new|you (?:have )?received an?) (?:\p{L}+ ){0,2}(?:message|enquiry|inquiry|request|submission)|kontaktformular|neue (?:\p{L}+ )?(?:nachricht|anfrage)|formulaire|nouve(?:au|lle) (?:message|demande)|formulario|nuev[oa] (?:mensaje|consulta)|formulário|nova mensagem|modulo di contatto|nuovo messaggio|contactformulier|nieuw bericht|formularz|nowa wiadomość|kontaktní formulář|nová zpráva|kontaktskjema|kontaktformulär|форм[аы] обратной связи|новое сообщение|お問い合わせフォーム|联系表单/iu;
const MAX_POINTER_LENGTH = 300;
const MAX_SHORT_POINTER = 120;

function sendsBelow(own: string): boolean {
  if (ANSWERS_BELOW.test(own.slice(0, MAX_POINTER_LENGTH))) return true;
  if (own.length <= MAX_SHORT_POINTER && SEE_BELOW.test(own)) return true;
  return own.length <= MAX_POINTER_LENGTH && PASSES_ON.test(own) && !PERSONAL.test(own);
}

/** Whether a first mail passes on another one: then its quote is the question (I5). */
export function isForwarded({ subject, text }: { subject: string; text: string }): boolean {
  return /^\s*(?:fwd?|wg|tr|rv|enc|i)\s*:/i.test(subject) || FORWARDED.test(text.slice(0, MAX_TEXT_LENGTH));
}

/**
 * A message's HTML as it may be shown (I5): text, lists, tables and links. No script, style, form, event or remote image.
 * HTML with more tags, or more of them in one another, than any person's message has is shown as its text.
 */
export function sanitizeForDisplay(html: string): string {
  const light = withoutPictures(html);
  const source = isPlainEnough(light) ? light : asParagraph(joined(linesOf(light).map(textOf)));
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
    nestingLimit: MAX_DEPTH + 1,
  });
}

function isPlainEnough(html: string): boolean {
  if (html.length > MAX_HTML_LENGTH) return false;
  const { tags, depth } = shapeOf(html);
  return tags <= MAX_TAGS && depth <= MAX_DEPTH;
}

function asParagraph(text: string): string {
  return `<p>${text.slice(0, MAX_TEXT_LENGTH).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br />')}</p>`;
}

const DISPLAY_TAGS =
  'p br div span strong b em i u s del ins sub sup ul ol li a code pre blockquote hr h1 h2 h3 h4 h5 h6 table thead tbody tfoot tr td th caption dl dt dd'.split(
    ' ',
  );
