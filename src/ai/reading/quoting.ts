import { ANSWER_ABOVE, FIRST_PERSON, FORWARDED, LABELS, MARKER, WROTE, type Label } from './head-words.ts';
import type { Line } from './line-writer.ts';

/**
 * Where in a mail the history begins, and what of it is the sender's all the same. All tests are made on single lines, or few
 * short ones joined, so that no text makes them slow.
 */
const MAX_HEADER_LINES = 4;
const MAX_HEADER_LENGTH = 400;
const MAX_BLOCK_LINES = 8;
const MIN_WRAPPED_LENGTH = 60;
/** Blank lines between a head and its quote. */
const MAX_GAP = 4;
/** A line that stands above a quote and has an address, and one that needs none below it, begin like this. */
const BEGINS =
  /^[-> ]*(?:on|le|el|il|em|am|op|den|på|pe|în|in data|w dniu|dnia|dne|a\(z\)|la data|na|vào|pada|στις|kuupäev|в|от|у|в'|在|于|في|בתאריך|ในวันที่|\p{L}{2,10}\.?,? \d|\d{1,4}[-./年년: ]|.{0,80}<\S+@)/iu;
const ENDS = /[:：]\s*[-—]*$|(?:wrote|écrit|scritto|escreveu|escribió|schrieb)\s*[-—]*$/iu;
const IN_BRACKETS = /[<([]\s*[^\s<>()]+@[^\s<>()]+\s*[>)\]]/u;
const ADDRESS_END = /[<([]\s*[^\s<>()]+@[^\s<>()]+\s*[>)\]]+\s*[:：]$/u;
const BY_ADDRESS_END = /\s(?:by|von|par|por|da|door|av|af|przez|от)\s\S+@\S+\s?[:：]$/iu;
const ADDRESS = /\S@\S+\.\p{L}/u;
const TIME = /\p{Nd}{1,2}\s?[:.h時시]\s?\p{Nd}{2}/u;
const YEAR = /(?:^|\P{Nd})(?:20\p{Nd}{2}|\p{Nd}{1,2}[./-]\p{Nd}{1,2}[./-]\p{Nd}{2})(?:\P{Nd}|$)|[٢۲][٠۰]\p{Nd}{2}/u;
const DATE_OR_ADDRESS = /\p{Nd}|@/u;
const FEW_WORDS_END = /@[^\s<>()]+[>)\]]\s?(?:\S+\s?){0,5}[:：]$/u;

const LABELLED = /^\p{L}[\p{L}\p{M} -]{0,18}\s?[:：]\s?\S/u;
const MIN_UNNAMED_LINES = 4;
const RULED = /^[-#=*_~—–]{2}/u;

/** How many lines from here on are the head of a quoted message; 0 when none begins here. */
function headLength(lines: readonly string[], index: number, quoteFollows: (next: number) => boolean): number {
  const line = lines[index] ?? '';
  if (line.length > MAX_HEADER_LENGTH || line === '') return 0;
  if (
    MARKER.test(line) ||
    FORWARDED.test(line) ||
    isMarker(lines, index) ||
    (RULED.test(line) && ANSWER_ABOVE.test(line))
  )
    return 1;
  if (/^-{3,}[^-].*-{3,}$/.test(line) && WROTE.test(line) && !FIRST_PERSON.test(line)) return 1;
  return introduction(lines, index, quoteFollows) || headBlock(lines, index);
}

/** "On Mon, 3 Nov 2026, X <x@y.z> wrote:", broken into a few lines by many a program. */
function introduction(lines: readonly string[], index: number, quoteFollows: (next: number) => boolean): number {
  const line = lines[index] ?? '';
  let joined = '';
  for (let count = 1; count <= MAX_HEADER_LINES; count++) {
    const next = lines[index + count - 1] ?? '';
    if (next === '' || (count > 1 && isTyped(next) && !/^>+:?$/.test(next))) return 0;
    joined = `${joined} ${next}`.trim();
    if (joined.length > MAX_HEADER_LENGTH) return 0;
    if (!ENDS.test(next)) continue;
    const is = isIntroduction(joined) || (quoteFollows(index + count) && introducesQuote(joined));
    if (!is) continue;
    // A line that is none itself may stand above one that is.
    const rest = joined.slice(line.length);
    const dated = YEAR.test(rest) && introduction(lines, index + 1, quoteFollows) > 0;
    return count === 1 || (BEGINS.test(line) && !/[.!?]$/.test(line) && !dated) ? count : 0;
  }
  return 0;
}

/** Sure by itself, whatever follows. */
function isIntroduction(text: string): boolean {
  if (!DATE_OR_ADDRESS.test(text) || FIRST_PERSON.test(text)) return false;
  if (TIME.test(text) && YEAR.test(text) && (FEW_WORDS_END.test(text) || BY_ADDRESS_END.test(text))) return true;
  return BEGINS.test(text) && (WROTE.test(text) || (ADDRESS_END.test(text) && /\p{Nd}/u.test(text)));
}

/** In any language, directly above a quote. */
function introducesQuote(text: string): boolean {
  if (FIRST_PERSON.test(text)) return false;
  if (ADDRESS.test(text)) return IN_BRACKETS.test(text) || TIME.test(text);
  return WROTE.test(text) && TIME.test(text) && YEAR.test(text);
}

/** Outlook's head: who wrote it, and when or about what, in lines of their own. "From: Berlin / To: Munich" is none. */
function headBlock(lines: readonly string[], index: number): number {
  const unknown = unnamedBlock(lines, index);
  if (unknown > 0) return unknown;
  const start = labelOf(lines[index] ?? '');
  if (start === null || (start === 'other' && !isTyped(lines[index] ?? ''))) return 0;
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
  const head = text.slice(0, count).join(' ');
  const dated = seen.has('sent') || (seen.has('date') && TIME.test(head));
  const named = seen.has('from') && (dated || (seen.size > 1 && ADDRESS.test(head)));
  return named ? count : 0;
}

/** Outlook's four lines in a language of which no word is known: an address in brackets, then a date with its time. */
function unnamedBlock(lines: readonly string[], index: number): number {
  const head = lines.slice(index, index + MIN_UNNAMED_LINES);
  const is = head.length === MIN_UNNAMED_LINES && head.every((line) => LABELLED.test(line.slice(0, 40)));
  const [from = '', sent = ''] = head;
  return is && IN_BRACKETS.test(from) && TIME.test(sent) && YEAR.test(sent) ? MIN_UNNAMED_LINES : 0;
}

function labelOf(line: string): Label | null {
  const label = /^[\s>*]{0,8}(\p{L}[\p{L}\p{M} -]{0,18}?)\s?\*?[:：]/u.exec(line.slice(0, 40))?.[1];
  return label === undefined ? null : (LABELS.get(label.toLowerCase()) ?? null);
}

/** "----- words in any language -----", with lines below that name an address and a time; ">>> X <x@y.z> 11/3/2026 >>>". */
function isMarker(lines: readonly string[], index: number): boolean {
  if (/^>>> [^@]{1,100}@\S{1,100} \d{1,2}[./]\d{1,2}[./]\d{2,4} \d{1,2}:\d\d(?: [AP]M)? >>>$/.test(lines[index] ?? ''))
    return true;
  if (!/^[-_]{4,40}\s?[[]?\s?\p{L}[\p{L}\p{M}' -]{2,40}\s?\]?\s?[-_]{4,40}$/u.test(lines[index] ?? '')) return false;
  const below = lines.slice(index + 1, index + 1 + MAX_BLOCK_LINES).join('\n');
  return isAnyHead(lines, index + 1) && ADDRESS.test(below) && TIME.test(below);
}

/** Whether two of the next lines are "Label: value", in whatever language. */
function isAnyHead(lines: readonly string[], index: number): boolean {
  const next = lines.slice(index, index + MAX_BLOCK_LINES);
  return next.filter((line) => /^[^\s:：][^:：]{0,24}[:：]\s?\S/u.test(line.slice(0, 60))).length >= 2;
}

/** A line that begins with ">": a quote, where something says that it is one. */
function isTyped(line: string): boolean {
  return line.startsWith('>');
}

/**
 * The lines without what was written before: what programs mark as quoted; below the head of a message, the lines with ">",
 * the box, or everything where neither follows. What stands between and below quotes stays, because people answer there; so
 * does a quote that no head announces, which is of something else, and, if wanted, a message that is passed on.
 */
export function withoutHistory(given: readonly Line[], keepForwarded = false): Line[] {
  const lines = withAnswersAbove(given);
  const texts = lines.map((line) => line.text);
  const kindAt = (index: number) => lines[index]?.kind;
  const quoteFollows = (from: number) => {
    const offset = given.slice(from, from + MAX_GAP).findIndex(({ text, kind }) => text !== '' || kind === 'quoted');
    const next = given[from + offset];
    return offset !== -1 && (next?.kind === 'quoted' || next?.kind === 'box' || isTyped(next?.text ?? ''));
  };
  const kept: Line[] = [];
  let belowHead = false;
  let boxGoes = false;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) continue;
    if (keepForwarded && !belowHead && isPassedOn(lines, index)) return [...kept, ...lines.slice(index)];
    if (line.kind === 'quoted') continue;
    if (line.kind === 'history') {
      if (isAnyHead(texts, index + 1)) return kept;
      continue;
    }
    const begins = line.kind === 'box' && kindAt(index - 1) !== 'box';
    if (begins) boxGoes = belowHead || headLength(texts, index, quoteFollows) > 0;
    if (line.kind === 'box' && boxGoes) continue;
    if (belowHead && (isTyped(line.text) || isWrapped(texts, index))) continue;
    const count = line.kind === 'box' || isAnnounced(kept) ? 0 : headLength(texts, index, quoteFollows);
    if (count === 0) kept.push(line);
    else if (!quoteFollows(index + count)) return kept;
    belowHead ||= count > 0;
    index += Math.max(count - 1, 0);
  }
  return kept;
}

/** Where a message begins that the sender passes on; one within a quote was passed on by somebody else. */
function isPassedOn(lines: readonly Line[], index: number): boolean {
  const { text, kind } = lines[index] ?? { text: '', kind: 'own' };
  if (text.length > MAX_HEADER_LENGTH || !FORWARDED.test(text)) return false;
  return kind === 'own' || lines.findLast((line, at) => at < index && line.text !== '')?.kind !== kind;
}

/** "Your mail says:", with the mail below it, is a message that needs it. */
function isAnnounced(kept: readonly Line[]): boolean {
  const last = kept.findLast(({ text }, index) => text !== '' || index < kept.length - MAX_GAP);
  return last !== undefined && /[:：]$/u.test(last.text);
}

/** What somebody typed into the quote, above the line that asks to write there. */
function withAnswersAbove(lines: readonly Line[]): Line[] {
  const mark = lines.findIndex(
    (line) => line.kind !== 'own' && ANSWER_ABOVE.test(line.text.slice(0, MAX_HEADER_LENGTH)),
  );
  if (mark === -1) return [...lines];
  const begins = lines.findLastIndex((line, index) => index < mark && line.kind !== lines[mark]?.kind) + 1;
  return lines.map((line, index) => (index >= begins && index < mark ? { ...line, kind: 'own' } : line));
}

/** The end of a quoted line that the mail program broke in two without marking the second half. */
function isWrapped(lines: readonly string[], index: number): boolean {
  const before = lines[index - 1] ?? '';
  const after = lines[index + 1] ?? '';
  return (
    isTyped(before) &&
    before.length >= MIN_WRAPPED_LENGTH &&
    !/[.?!:;…]$/u.test(before) &&
    /^\p{Ll}/u.test(lines[index] ?? '') &&
    (after === '' || isTyped(after))
  );
}
