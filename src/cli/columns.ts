import { stressed } from './colour.ts';

/** The same below a line that names the columns. */
export function inTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const [first = '', ...rest] = inColumns([head, ...rows]).split('\n');
  return [stressed('dim', first), ...rest].join('\n');
}

/** A line for each row, its cells one below the other. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const widthOf = (column: number) =>
    Math.max(...rows.filter((row) => column < row.length - 1).map((row) => row[column]?.length ?? 0));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widthOf(column)))).join('  '),
  );
  return lines.map((line) => `${line}\n`).join('');
}
