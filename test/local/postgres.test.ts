import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { type LocalServer, startLocalPostgres } from '../../src/local/postgres.ts';
import { startInOtherProcess } from '../support/killable.ts';

let dataDir: string;
let logged: string[];

beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'local-postgres-'));
  chmodSync(dataDir, 0o755);
});

beforeEach(() => {
  logged = [];
});

afterEach(async () => {
  await (await start()).stop();
});

afterAll(() => {
  rmSync(dataDir, { recursive: true });
});

function start(): Promise<LocalServer> {
  return startLocalPostgres({ dataDir, durable: false, log: (line) => logged.push(line) });
}

async function query(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: unknown }>(sql);
    return rows[0]?.value;
  } finally {
    await client.end();
  }
}

const STARTED = 'SELECT pg_postmaster_start_time()::text AS value';

test('data and address are the same after a stop and a start', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS value');
  await first.stop();
  await expect(query(first.url, 'SELECT 1 AS value')).rejects.toThrow(/ECONNREFUSED/);

  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT value FROM kept')).toBe(42);
});

test('a server whose starter was killed is gone on with, and then ends with its new owner', async () => {
  const starter = await startInOtherProcess('postgres', dataDir);
  const startedAt = await query(starter.address, STARTED);
  await starter.kill();

  const adopted = await start();
  expect(adopted.url).toBe(starter.address);
  expect(await query(adopted.url, STARTED)).toBe(startedAt);
  expect(logged).toEqual([expect.stringMatching(/^PostgreSQL \(pid \d+\) still runs on .*: going on with it$/)]);

  await adopted.stop();
  await expect(query(adopted.url, STARTED)).rejects.toThrow(/ECONNREFUSED/);
});

test('starts at the same time end up at one server, and only its owner ends it', async () => {
  const [starter, ...here] = await Promise.all([startInOtherProcess('postgres', dataDir), start(), start()]);
  try {
    expect(new Set([starter.address, ...here.map(({ url }) => url)]).size).toBe(1);
    await starter.kill();
  } finally {
    await starter.kill();
  }
});

test('a second program shares the running server and leaves it running', async () => {
  const starter = await startInOtherProcess('postgres', dataDir);
  try {
    const shared = await start();
    expect(shared.url).toBe(starter.address);
    await shared.stop();
    expect(await query(starter.address, 'SELECT 7 AS value')).toBe(7);
  } finally {
    await starter.kill();
  }
});

test('the note of a server that is gone does not keep the next one from starting', async () => {
  const first = await start();
  await first.stop();
  // As after a power cut, when the pid has meanwhile gone to another program: ours.
  const note = [process.pid, path.join(dataDir, 'postgres/db'), 1_700_000_000, 5432, '', '127.0.0.1', '', 'ready   '];
  writeFileSync(path.join(dataDir, 'postgres/db/postmaster.pid'), note.join('\n'));

  const second = await start();
  expect(await query(second.url, 'SELECT 7 AS value')).toBe(7);
});
