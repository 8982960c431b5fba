import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { findProcesses } from '../../src/local/processes.ts';
import { MODEL, startFakeModel } from '../../testbed/fake-model.ts';
import { runFolder } from '../../testbed/run-folder.ts';

jest.setTimeout(180_000);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = runFolder('demo');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Run = { child: ChildProcess; printed: () => string; ended: Promise<number | null> };

/** A program of the project in a process of its own, with servers of its own and everything temporary in `folder`. */
function start(script: string, args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path.join(ROOT, script), ...args], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: '', TEMPORAL_ADDRESS: '', TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, printed: () => text, ended: once(child, 'close').then(([code]: (number | null)[]) => code ?? null) };
}

async function printed(run: Run, words: string): Promise<void> {
  while (!run.printed().includes(words)) await Promise.race([once(run.child.stdout ?? run.child, 'data'), run.ended]);
}

async function playedToItsEnd(run: Run): Promise<void> {
  const status = await run.ended;
  if (status !== 0) throw new Error(`the demo ended with status ${status} after it had printed\n${run.printed()}`);
  const rows = run
    .printed()
    .split('\n')
    .filter((line) => /^#\d+ +.* +(yes|NO)$/.test(line));

  expect(rows.filter((line) => line.endsWith('NO'))).toEqual([]);
  expect(rows.length).toBeGreaterThanOrEqual(15);
}

test('N1 N3 the demo plays every story to its scripted end and leaves nothing behind; with a language model, on servers that are given, just so', async () => {
  const model = await startFakeModel();
  try {
    const env = {
      AI_PROVIDER: 'openai-compatible',
      AI_MODEL: MODEL,
      AI_BASE_URL: model.url,
      AI_API_KEY: model.key,
      DATABASE_URL: process.env['TEST_DATABASE_URL'] ?? '',
      TEMPORAL_ADDRESS: process.env['TEST_TEMPORAL_ADDRESS'] ?? '',
    };
    const runs = [start('demo/main.ts', ['--once']), start('demo/main.ts', ['--once'], env)];
    for (const run of runs) {
      await playedToItsEnd(run);
      expect(run.printed()).toMatch(/(\d+) of \1 tickets ended as scripted/);
    }
    expect(new Set(model.asked.map(({ stage }) => stage))).toEqual(new Set(['draft', 'check']));
    expect(readdirSync(folder)).toEqual([]);
    expect(await findProcesses(folder)).toEqual([]);
  } finally {
    await model.stop();
  }
});

test('Ctrl-C in the middle of the demo ends everything that it started', async () => {
  const run = start('demo/main.ts', []);
  await printed(run, 'opens a ticket');
  run.child.kill('SIGINT');

  expect(await run.ended).toBe(130);
  expect(readdirSync(folder)).toEqual([]);
  expect(await findProcesses(folder)).toEqual([]);
});

test('a demo that cannot start says why, with status 1, and ends what it had started', async () => {
  const run = start('demo/main.ts', ['--once'], { TEMPORAL_CLI_PATH: path.join(folder, 'missing') });

  expect(await run.ended).toBe(1);
  expect(run.printed()).toMatch(/could not start: Temporal .* did not start/);
  expect(readdirSync(folder)).toEqual([]);
  expect(await findProcesses(folder)).toEqual([]);
});

test('serve that cannot start says why, with status 1, and ends what it had started', async () => {
  const run = start('src/main.ts', ['serve'], {
    ADMIN_TOKEN: 'token',
    ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    DATA_DIR: folder,
    TEMPORAL_CLI_PATH: path.join(folder, 'missing'),
  });

  expect(await run.ended).toBe(1);
  expect(run.printed()).toMatch(/Temporal .* did not start/);
  expect(await findProcesses(path.join(folder, 'postgres'))).toEqual([]);
});

test('the demo refuses flags it does not know, with status 2, and says which it knows', async () => {
  const run = start('demo/main.ts', ['--twice']);

  expect(await run.ended).toBe(2);
  expect(run.printed()).toContain("Unknown option '--twice'");
  expect(run.printed()).toContain('--once');
});
