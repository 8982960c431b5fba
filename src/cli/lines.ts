/** Longer than any line that is read, shorter than what would fill a terminal. */
const LONGEST_LINE = 500;

export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** A title and what belongs below it; nothing where nothing does. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...indented(lines)];
}

/** Control characters of a customer's text must not reach the terminal. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
}

/** The lines of a customer's text, without what steers a terminal and without empty ones. */
export function printable(text: string): string[] {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map(oneLine)
    .filter((line) => line !== '');
}

export function shortened(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE).toWellFormed()}…` : line;
}
