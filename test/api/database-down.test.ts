import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { applyMigrations } from '../../src/db/migrate.ts';
import { startLocalPostgres } from '../../src/local/postgres.ts';
import { startTestApi } from '../support/api.ts';
import { runFolder } from '../support/run-folder.ts';

const dataDir = runFolder('database-down');
const start = () => startLocalPostgres({ dataDir, durable: false, log: () => undefined });
let postgres: Awaited<ReturnType<typeof start>>;
let api: Awaited<ReturnType<typeof startTestApi>>;

beforeAll(async () => {
  postgres = await start();
  await applyMigrations(postgres.url);
  api = await startTestApi({ database: { url: postgres.url, drop: async () => undefined } });
});
afterAll(async () => {
  await api.close();
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

test('while the database is down every request is a 503 that says so, and they work again once it is back', async () => {
  await postgres.stop();
  for (const [path, options] of [...REQUESTS, ...REQUESTS]) {
    expect([path, await api.api(path, options)]).toMatchObject([
      path,
      {
        status: 503,
        type: expect.stringContaining('application/problem+json'),
        body: { status: 503, detail: 'The database does not answer; try again later.' },
      },
    ]);
  }
  expect(api.logLines.join('')).toContain('the database cannot be used');
  postgres = await start();
  expect((await api.api('/sessions')).status).toBe(200);
  expect((await api.api('/connections/default/settings', REQUESTS[4]?.[1])).status).toBe(200);
});
