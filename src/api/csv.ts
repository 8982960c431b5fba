/** What a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

type Cell = string | number | boolean | Date | readonly string[] | null;

/**
 * RFC 4180: one line, ended. A text that a spreadsheet would run begins with an apostrophe; numbers stay numbers.
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'string' ? value : value.join(' ');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
