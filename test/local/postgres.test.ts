import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { type LocalServer, runningPostgres, startLocalPostgres } from '../../src/local/postgres.ts';
import { serverUser } from '../../src/local/postgres-binaries.ts';
import { startInOtherProcess } from '../../testbed/killable.ts';
import { runFolder } from '../../testbed/run-folder.ts';

let dataDir: string;
let logged: string[];

beforeAll(() => {
  dataDir = runFolder('local-postgres');
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
  expect(await runningPostgres(dataDir)).toBe(first.url);
  await first.stop();
  expect(await runningPostgres(dataDir)).toBeNull();
  await expect(query(first.url, 'SELECT 1 AS value')).rejects.toThrow(/ECONNREFUSED/);

  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT value FROM kept')).toBe(42);
  await second.stop();
});

test('a server whose starter was killed is gone on with, and then ends with its new user', async () => {
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

test('starts at the same time end up at one server', async () => {
  const [starter, ...here] = await Promise.all([startInOtherProcess('postgres', dataDir), start(), start()]);
  await starter.kill();
  const urls = new Set([starter.address, ...here.map(({ url }) => url)]);
  for (const server of here) await server.stop();

  expect(urls.size).toBe(1);
  await expect(query(starter.address, STARTED)).rejects.toThrow(/ECONNREFUSED/);
});

test('of two programs that use a server the last to leave ends it', async () => {
  const first = await start();
  const second = await start();
  await first.stop();
  await first.stop();
  expect(await query(second.url, 'SELECT 7 AS value')).toBe(7);

  await second.stop();
  await expect(query(second.url, STARTED)).rejects.toThrow(/ECONNREFUSED/);
});

test('a server that another program uses is left running', async () => {
  const starter = await startInOtherProcess('postgres', dataDir);
  try {
    await (await start()).stop();
    expect(await query(starter.address, 'SELECT 7 AS value')).toBe(7);
    expect(logged).toEqual([]);
  } finally {
    await starter.kill();
  }
});

test('the note of a server that is gone does not keep the next one from starting', async () => {
  const first = await start();
  await first.stop();
  const data = path.join(dataDir, 'postgres/db');
  // As after a power cut, when the pid has meanwhile gone to another program of the same user.
  const { uid, gid } = serverUser(data) ?? {};
  const other = spawn('sleep', ['600'], uid === undefined || gid === undefined ? {} : { uid, gid });
  try {
    const note = [other.pid, data, 1_700_000_000, 5432, '', '127.0.0.1', '', 'ready   '];
    writeFileSync(path.join(data, 'postmaster.pid'), note.join('\n'));

    const second = await start();
    expect(await query(second.url, 'SELECT 7 AS value')).toBe(7);
    await second.stop();
    expect(other.exitCode).toBeNull();
  } finally {
    other.kill();
  }
});

test('a durable server writes through to the disk, the others do not', async () => {
  for (const durable of [true, false]) {
    const server = await startLocalPostgres({ dataDir, durable, log: (line) => logged.push(line) });
    expect(await query(server.url, "SELECT current_setting('fsync') AS value")).toBe(durable ? 'on' : 'off');
    await server.stop();
  }
});
