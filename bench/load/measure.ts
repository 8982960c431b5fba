import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What a piece of load came to. Latencies in milliseconds, of what succeeded; `failed` rejected. */
export type Measured = { perSecond: number; p50: number; p99: number; done: number; failed: number };

/** `inFlight` callers, each asking again as soon as it has its answer, for `forMs`. */
export async function closedLoop(
  inFlight: number,
  forMs: number,
  ask: (nth: number) => Promise<unknown>,
): Promise<Measured> {
  const tally = createTally();
  const startedAt = performance.now();
  let nth = 0;
  const caller = async () => {
    while (performance.now() - startedAt < forMs) await tally.time(performance.now(), ask(nth++));
  };
  await Promise.all(Array.from({ length: inFlight }, caller));
  return tally.result(startedAt);
}

/** `perSecond` asked on the clock, whether or not answers have come; an answer's time counts from when it was due. */
export async function openLoop(
  perSecond: number,
  forMs: number,
  ask: (nth: number) => Promise<unknown>,
): Promise<Measured> {
  const tally = createTally();
  const startedAt = performance.now();
  const asked: Promise<void>[] = [];
  for (let nth = 0; nth < (perSecond * forMs) / 1_000; nth += 1) {
    const dueAt = startedAt + (nth * 1_000) / perSecond;
    const leftMs = dueAt - performance.now();
    if (leftMs > 0) await new Promise((resolve) => void setTimeout(resolve, leftMs));
    asked.push(tally.time(dueAt, ask(nth)));
  }
  await Promise.all(asked);
  return tally.result(startedAt);
}

function createTally() {
  const took: number[] = [];
  let failed = 0;
  return {
    async time(sinceMs: number, answer: Promise<unknown>): Promise<void> {
      await answer.then(
        () => took.push(performance.now() - sinceMs),
        () => (failed += 1),
      );
    },
    result(startedAt: number): Measured {
      const sorted = took.toSorted((a, b) => a - b);
      const perSecond = sorted.length / ((performance.now() - startedAt) / 1_000);
      return { perSecond, p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), done: sorted.length, failed };
    },
  };
}

/** Of values in ascending order; NaN of none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Rows with right-aligned cells below a head. */
export function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [head, ...rows.map((row) => row.map(shown))];
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells) {
    const [first = '', ...others] = row;
    const line = [first.padEnd(widths[0] ?? 0), ...others.map((cell, i) => cell.padStart(widths[i + 1] ?? 0))];
    process.stdout.write(`${line.join('  ').trimEnd()}\n`);
  }
}

function shown(cell: string | number): string {
  if (typeof cell === 'string') return cell;
  return Number.isInteger(cell) ? String(cell) : cell.toFixed(Math.abs(cell) < 10 ? 2 : 1);
}

/** The same for programs: `data/bench/NAME.json`, unless told where. */
export async function writeFigures(name: string, figures: unknown, file = `data/bench/${name}.json`): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ bench: name, at: new Date().toISOString(), figures }, null, 2)}\n`);
  process.stdout.write(`written to ${file}\n`);
}
