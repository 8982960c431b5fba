import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { applyMigrations } from '../../src/db/migrate.ts';
import { startLocalPostgres } from '../../src/local/postgres.ts';
import { startTestApi } from '../../testbed/api.ts';
import { createGate, type Gate } from '../../testbed/gate.ts';
import { runFolder } from '../../testbed/run-folder.ts';

const dataDir = runFolder('database-down');
const start = () => startLocalPostgres({ dataDir, durable: false, log: () => undefined });
let postgres: Awaited<ReturnType<typeof start>>;
let gate: Gate;
let api: Awaited<ReturnType<typeof startTestApi>>;

beforeAll(async () => {
  postgres = await start();
  await applyMigrations(postgres.url);
  const url = new URL(postgres.url);
  gate = await createGate({ host: url.hostname, port: Number(url.port) });
  await gate.open();
  url.port = String(gate.port);
  url.searchParams.set('query_timeout', '500');
  api = await startTestApi({ database: { url: url.toString(), drop: async () => undefined } });
});
afterAll(async () => {
  await api.close();
  await gate.shut();
  await postgres.stop();
  rmSync(dataDir, { recursive: true });
});

const REQUESTS: [path: string, options?: { method: string; body?: unknown }][] = [
  ['/connections'],
  ['/sessions'], // a raw query
  ['/attention'],
  ['/attachments/01980000-0000-7000-8000-000000000002/content'],
  ['/connections/default/settings', { method: 'PATCH', body: { paused: true } }], // a transaction
  ['/connections/default', { method: 'DELETE' }],
];

const UNAVAILABLE = {
  status: 503,
  type: expect.stringContaining('application/problem+json'),
  body: { status: 503, detail: 'The database does not answer; try again later.' },
};

test('while the database is down every request is a 503 that says so, and they work again once it is back', async () => {
  await postgres.stop();
  for (const [path, options] of [...REQUESTS, ...REQUESTS])
    expect([path, await api.api(path, options)]).toMatchObject([path, UNAVAILABLE]);
  expect(api.logLines.join('')).toContain('the database cannot be used');
  postgres = await start();
  expect((await api.api('/sessions')).status).toBe(200);
  expect((await api.api('/connections/default/settings', REQUESTS[4]?.[1])).status).toBe(200);
});

test('a database that hangs is a 503 as well, and not a request without an end', async () => {
  gate.freeze();
  const answers = await Promise.all(REQUESTS.map(([path, options]) => api.api(path, options)));
  gate.thaw();
  expect(answers).toMatchObject(REQUESTS.map(() => UNAVAILABLE));
  expect((await api.api('/sessions')).status).toBe(200);
});
