import { wilson } from '../../src/domain/wilson.ts';
import type { Figure } from './evaluation.ts';

/** What came of one data set. */
export type Outcome =
  { name: string; state: 'measured'; figures: Figure[] } | { name: string; state: 'skipped' | 'failed'; why: string };

const HEADINGS = ['data set', 'measure', 'of', 'ours', '95 %', 'wanted', '', 'beside it'];
/** Numbers stand on the right of their column. */
const RIGHT = new Set([2, 3]);

/** Every figure as a row, and a line for each set that gave none. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.flatMap((outcome) =>
    outcome.state === 'measured' ? outcome.figures.map((figure, index) => rowOf(outcome.name, figure, index)) : [],
  );
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const others = outcomes.flatMap((outcome) =>
    outcome.state === 'measured' ? [] : [`${outcome.name}: ${outcome.state}, ${outcome.why}`],
  );
  return [
    line(HEADINGS),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
    ...notesOf(outcomes),
    ...(others.length === 0 ? [] : ['', ...others]),
  ].join('\n');
}

/** Whether a figure is what was asked for; null where nothing was. */
export function reached({ ours, target }: Figure): boolean | null {
  if (target === undefined) return null;
  return 'atLeast' in target ? ours >= target.atLeast : ours <= target.atMost;
}

function rowOf(set: string, figure: Figure, index: number): string[] {
  const { measure, of, ours, baselines, target } = figure;
  const shown = (value: number) => amount(value, figure.unit);
  const verdict = reached(figure);
  return [
    index === 0 ? set : '',
    measure,
    String(of),
    shown(ours),
    intervalOf(figure),
    target === undefined ? '' : 'atLeast' in target ? `≥ ${shown(target.atLeast)}` : `≤ ${shown(target.atMost)}`,
    verdict === null ? '' : verdict ? 'reached' : 'MISSED',
    baselines.map(({ name, value }) => `${name} ${shown(value)}`).join(' · '),
  ];
}

/** Where the share may lie, by the number of examples (G7). */
function intervalOf({ ours, of, unit = 'share' }: Figure): string {
  const between = unit === 'share' ? wilson(ours * of, of) : null;
  return between === null ? '' : `${(between.from * 100).toFixed(0)}–${(between.to * 100).toFixed(0)}`;
}

function amount(value: number, unit: Figure['unit'] = 'share'): string {
  return unit === 'share' ? `${(value * 100).toFixed(1)} %` : String(Math.round(value * 1_000) / 1_000);
}

function notesOf(outcomes: readonly Outcome[]): string[] {
  const notes = outcomes.flatMap((outcome) =>
    outcome.state === 'measured'
      ? outcome.figures.flatMap(({ measure, note }) =>
          note === undefined ? [] : [`${outcome.name}, ${measure}: ${note}`],
        )
      : [],
  );
  return notes.length === 0 ? [] : ['', ...notes];
}
