/**
 * Where in a mail's text the history begins: what mail programs write above a quoted message, in the languages in which
 * they write it. All tests are made on single lines, or few short ones joined, so that no text makes them slow.
 */

/** A line that stands for a quote that was cut out of the HTML, or for one line of it. */
export const QUOTE_LINE = '>';
/** Begins the lines of a quote that nobody marked as one: an error message, or what stands below "X wrote:". */
export const UNMARKED_QUOTE = '\uE002';
/** A line below which Outlook's own mark-up says that another message begins. */
export const HISTORY_LINE = '\uE000';

const MAX_HEADER_LINES = 4;
const MAX_HEADER_LENGTH = 400;
const MAX_BLOCK_LINES = 6;
const MIN_WRAPPED_LENGTH = 60;

/** "On …, X wrote:" begins with one of these, with a weekday, or with a date. */
const INTRODUCES =
  /^[-> ]*(?:on|le|el|il|em|am|op|den|på|pe|in data|w dniu|dnia|dne|a\(z\)|la data|в|от|在|\p{L}{2,10}\.?,? \d|\d{1,4}[-./年: ]\d|.{0,80}<\S+@)/iu;
/** The verb of such a line, where it has one. */
const WROTE =
  /(?:^|[\s>)\]"])(?:wrote|writes|schrieb|schreef|geschreven|a écrit|écrit|escribió|ha scritto|scritto|escreveu|skrev|kirjoitti|napisał(?:\(a\)|a)?|pisze|napsal\(?a?\)?|írta|a scris|yazdı|пише|пишет|написал\(?а?\)?|έγραψε)(?:[\s,:.-]|$)|写道|寫道|のメッセージ|작성/iu;
/** The customer quotes themselves: that is their message. */
const FIRST_PERSON =
  /\b(?:i wrote|ich schrieb|schrieb ich|schreef ik|ik schreef|j'ai écrit|he escrito|escribí|ho scritto|escrevi)\b/iu;
const ENDS_HEADER = /[:：]\s*-*$|(?:wrote|écrit|scritto|escreveu|escribió)\s*-*$/iu;
const ADDRESS_END = /[<(]\s*[^\s<>()]+@[^\s<>()]+\s*[>)]+\s*[:：]$/u;
const DATE_OR_ADDRESS = /\d|@/;

const MARKER =
  /^[-_* ]{1,20}\s?(?:original message|reply message|forwarded message|message d['’]origine|message transf[ée]r[ée]|urspr[üu]ngliche nachricht|weitergeleitete nachricht|antwort nachricht|oprindelig (?:besked|meddelelse)|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|mensaje original|mensaje reenviado|mensagem original|mensagem encaminhada|messaggio originale|messaggio inoltrato|oorspronkelijk bericht|doorgestuurd bericht|oryginalna wiadomość|wiadomość oryginalna|původní zpráva|исходное сообщение|пересылаемое сообщение)\s?[-_* ]{0,20}$/iu;

/** The labels of a quoted message's head, by what they name. */
const LABELS = {
  from: /^(?:from|von|de|da|van|fra|från|lähettäjä|od|nadawca|feladó|от|de la|发件人|寄件者|差出人|보낸 사람)$/iu,
  date: /^(?:sent|date|gesendet|datum|envoyé(?: le)?|enviado(?: el| em)?|fecha|data|inviato|verzonden|dato|sendt|skickat|lähetetty|wysłano|odesláno|küldve|отправлено|дата|发送时间|日期|送信日時|日付|보낸 날짜|message du|el)$/iu,
  other:
    /^(?:to|an|à|a|para|aan|til|till|vastaanottaja|do|komu|címzett|кому|收件人|宛先|cc|kopie|copie(?: à)?|kopi|subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|předmět|tárgy|тема|主题|件名|제목|reply-to|importance)$/iu,
};

type Label = keyof typeof LABELS;

/** How many lines from here on are the head of a quoted message; 0 when none begins here. */
export function headerLines(lines: readonly string[], index: number): number {
  const line = lines[index] ?? '';
  if (line.length > MAX_HEADER_LENGTH || line === '') return 0;
  if (MARKER.test(line)) return 1;
  return introduction(lines, index) || headBlock(lines, index);
}

/** "On Mon, 3 Nov 2026, X <x@y.z> wrote:", broken into a few lines by many a program. */
function introduction(lines: readonly string[], index: number): number {
  if (!INTRODUCES.test(lines[index] ?? '')) return 0;
  let joined = '';
  for (let count = 1; count <= MAX_HEADER_LINES; count++) {
    const next = lines[index + count - 1] ?? '';
    if (next === '' || (count > 1 && next.startsWith(QUOTE_LINE) && !/^>+:?$/.test(next))) return 0;
    joined = `${joined} ${next}`.trim();
    if (joined.length > MAX_HEADER_LENGTH) return 0;
    if (isIntroduction(joined)) return count;
  }
  return 0;
}

function isIntroduction(text: string): boolean {
  if (!ENDS_HEADER.test(text) || !DATE_OR_ADDRESS.test(text) || FIRST_PERSON.test(text)) return false;
  return WROTE.test(text) || (ADDRESS_END.test(text) && /\d/.test(text));
}

/** Outlook's head: who wrote it, and when or about what, in lines of their own. "From: Berlin / To: Munich" is none. */
function headBlock(lines: readonly string[], index: number): number {
  const start = labelOf(lines[index] ?? '');
  if (start !== 'from' && start !== 'date') return 0;
  const seen = new Set<Label>();
  const text = lines.slice(index, index + MAX_BLOCK_LINES);
  let count = 0;
  for (const [offset, line] of text.entries()) {
    const label = labelOf(line);
    if (label === null && offset > 0 && line !== '' && !/@|^\s*[<[]/.test(line)) break;
    if (label === null) continue;
    seen.add(label);
    count = offset + 1;
  }
  const named =
    seen.has('from') && (seen.has('date') || (seen.has('other') && /@/.test(text.slice(0, count).join(' '))));
  return named ? count : 0;
}

function labelOf(line: string): Label | null {
  const label = /^[\s>*]{0,8}([\p{L}][\p{L} -]{0,18}?)\s?\*?[:：]/u.exec(line.slice(0, 40))?.[1];
  if (label === undefined) return null;
  if (LABELS.from.test(label)) return 'from';
  if (LABELS.date.test(label)) return 'date';
  return LABELS.other.test(label) ? 'other' : null;
}

/** Whether two of the next lines are "Label: value", in whatever language. */
function isAnyHead(lines: readonly string[], index: number): boolean {
  const next = lines.slice(index, index + MAX_BLOCK_LINES);
  return next.filter((line) => /^[^\s:：][^:：]{0,24}[:：]\s?\S/u.test(line.slice(0, 60))).length >= 2;
}

export function isQuoted(line: string): boolean {
  return line.startsWith(QUOTE_LINE);
}

/**
 * Takes out what was written before: quoted lines, the heads above them, and everything below a head that no quote follows.
 * What stands between and below quotes stays, because people answer there; so does a quote of something else, which has no
 * head.
 */
export function withoutHistory(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let belowHead = false;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line === HISTORY_LINE) {
      if (isAnyHead(lines, index + 1)) return kept;
    } else if (line.startsWith(UNMARKED_QUOTE)) {
      if (!belowHead) kept.push(line.replaceAll(UNMARKED_QUOTE, '').trim());
    } else if (!isQuoted(line) && !isWrapped(lines, index)) {
      const count = headerLines(lines, index);
      if (count > 0 && !quoteFollows(lines, index + count)) return kept;
      if (count === 0) kept.push(line);
      belowHead = count > 0 || (belowHead && line === '');
      index += Math.max(count - 1, 0);
    }
  }
  return kept;
}

/** The end of a quoted line that the mail program broke in two without marking the second half. */
function isWrapped(lines: readonly string[], index: number): boolean {
  const before = lines[index - 1] ?? '';
  const after = lines[index + 1] ?? '';
  return (
    isQuoted(before) &&
    before.length >= MIN_WRAPPED_LENGTH &&
    !/[.?!:;…]$/u.test(before) &&
    /^\p{Ll}/u.test(lines[index] ?? '') &&
    (after === '' || isQuoted(after))
  );
}

function quoteFollows(lines: readonly string[], from: number): boolean {
  const next = lines.slice(from, from + 3).find((line) => line !== '');
  return next !== undefined && (isQuoted(next) || next.startsWith(UNMARKED_QUOTE));
}
