import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import type { BackfillProgress } from '../../../src/domain/backfill.ts';
import { cli, opening } from '../../../testbed/cli.ts';

const running: BackfillProgress = {
  id: '0198a3c2-7b1e-7000-8000-000000000001',
  state: 'running',
  found: 1_200,
  done: 300,
  failed: 0,
  ratePerMinute: 60,
  etaSeconds: 900,
  startedAt: new Date(0),
  endedAt: null,
};

const open = opening({
  backfillControl: async () => ({
    start: async () => running,
    current: async () => running,
    list: async () => [running],
    setState: async () => running,
    failed: async () => [],
  }),
});

/** A terminal so many columns wide, and what is drawn on it. */
function screenOf(columns: number) {
  const stream = Object.assign(new PassThrough(), { columns, isTTY: true });
  let drawn = '';
  stream.on('data', (chunk: Buffer) => (drawn += chunk.toString('utf8')));
  return { screen: stream as unknown as NodeJS.WriteStream, drawn: () => drawn };
}

test('B5 the first Ctrl-C leaves the watching, and not the backfill: it says how far that is, and how to look again', async () => {
  const { screen } = screenOf(120);
  const { status, out } = await cli(['backfill', '--watch'], {
    open,
    screen,
    onInterrupt: (does) => {
      does();
      return () => undefined;
    },
  });
  expect(status).toBe(0);
  expect(out).toBe(
    'Backfill of default runs, and goes on by itself: 300 of 1200 tickets so far, 60 a minute, 15 min left. "backfill --status" says how far it is, and with --watch shows it until its end.\n',
  );
});

test('B5 the bar fits a terminal of 40 columns', async () => {
  const { screen, drawn } = screenOf(40);
  await cli(['backfill', '--watch'], {
    open,
    screen,
    onInterrupt: (does) => {
      setImmediate(does);
      return () => undefined;
    },
  });
  const toColumnOne = `${String.fromCharCode(27)}[1G`;
  const lines = drawn().split(toColumnOne).map(stripVTControlCharacters);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  expect(drawn()).toContain('25% 15 min');
});

test('B5 --status starts no server to read how far it is; what changes something may', async () => {
  const reads: (boolean | undefined)[] = [];
  const noted: typeof open = (how) => {
    reads.push(how?.reads);
    return open(how);
  };
  for (const option of ['--status', '--pause', '--resume']) await cli(['backfill', option], { open: noted });
  expect(reads).toEqual([true, false, false]);
});

test('B5 status says how fast it goes and how long it still takes', async () => {
  expect((await cli(['backfill', '--status'], { open })).out).toContain('60 a minute, 15 min left');
});
