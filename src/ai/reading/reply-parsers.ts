import EmailReplyParser from 'email-reply-parser';
import planer from 'planer';
import { headerLines, isQuoted } from './quoting.ts';
import { isDevice } from './signature.ts';

/**
 * The two maintained parsers of mail text, asked for what our own rules left: between them they know more mail programs and
 * languages. What they take out must look like a quote, because both also take a customer's own words for a header ("On 3
 * November I wrote:"); and they get no text that their patterns are slow on.
 */
const MAX_LENGTH = 20_000;
const MAX_LINES = 800;
/** A longer line is no header. Both have patterns whose time grows with the fourth power of a line's length. */
const MAX_LINE_LENGTH = 250;
/** Words at which their patterns start to search the whole text. */
const STARTS = /(?:^|\n)\s*(?:-*\s*(?:On|Le|El|Il|Em|Am|Op|Den|In data|W dniu|Dnia|pe)\s|在|[a-z]{3,4}\.\s)/gu;
const MAX_STARTS = 12;
const STAND_IN = '\uE001';

const parser = new EmailReplyParser();

/** The lines without what either parser takes for quoted history, where it is surely that. */
export function withoutWhatParsersFind(lines: readonly string[]): string[] {
  const short = lines.map((line, index) => (line.length > MAX_LINE_LENGTH ? `${STAND_IN}${index}` : line));
  const text = short.join('\n');
  if (text.length > MAX_LENGTH || lines.length > MAX_LINES || (text.match(STARTS)?.length ?? 0) > MAX_STARTS)
    return [...lines];
  const left = [crisp, talon].reduce((rest, parse) => justified(rest, parse(rest.join('\n')).split('\n')), short);
  return left.map((line) => (line.startsWith(STAND_IN) ? (lines[Number(line.slice(1))] ?? '') : line));
}

function crisp(text: string): string {
  return parser
    .read(text)
    .getFragments()
    .filter((fragment) => !fragment.isQuoted())
    .map(String)
    .join('\n');
}

function talon(text: string): string {
  return planer.extractFromPlain(text);
}

/** The parser's result, unless what it took out begins with something that is neither a quote nor a header. */
function justified(before: readonly string[], after: readonly string[]): string[] {
  const wanted = after.map((line) => line.trim()).filter((line) => line !== '');
  const kept: string[] = [];
  let next = 0;
  let inside = false;
  for (const [index, line] of before.entries()) {
    if (line === wanted[next] || line === '') {
      if (line !== '') {
        next += 1;
        inside = false;
      }
      kept.push(line);
      continue;
    }
    if (!inside && !looksQuoted(before, index)) return [...before];
    inside = true;
  }
  return next === wanted.length ? kept : [...before];
}

function looksQuoted(lines: readonly string[], index: number): boolean {
  const line = lines[index] ?? '';
  return isQuoted(line) || isDevice(line) || headerLines(lines, index) > 0 || LIKE_A_HEADER.test(line);
}

/** An address or a time of day, and a colon at the end. */
const LIKE_A_HEADER = /(?:@|\d[:.]\d\d).{0,120}[:：]\s*-*$/u;
