import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Call } from '../../src/contract/operations.ts';
import { createBackfills } from '../../src/db/background/backfills.ts';
import { ADMIN_TOKEN, startTestApi } from '../../testbed/api.ts';

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/connections/default/backfills';

test.each([
  ['days that are none', { days: 0 }, 'days'],
  ['a fraction of a day', { days: 1.5 }, 'days'],
  ['more days than there are', { days: 100_000 }, 'days'],
  ['a dry run that is no yes or no', { dryRun: 'yes' }, 'dryRun'],
  ['a key that does not exist', { day: 3 }, 'day'],
])('B1 %s is refused, and nothing is started', async (_what, body, path) => {
  const { status, type, body: problem } = await api.api(PATH, { method: 'POST', body });
  expect({ status, type }).toEqual({ status: 400, type: expect.stringContaining('application/problem+json') });
  expect(problem).toMatchObject({ errors: [{ path }] });
});

test('B1 options without their content type start nothing: they are not taken for none', async () => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const form = new URLSearchParams({ dryRun: 'true' });
  const refused = await fetch(`${api.url}/api${PATH}`, { method: 'POST', headers, body: form });
  expect(refused.status).toBe(415);
  const none = await fetch(`${api.url}/api${PATH}`, { method: 'POST', headers });
  expect(none.status).toBe(500); // goes on to Temporal, which this test has not
});

test('B4 only paused and running can be asked for', async () => {
  const { status } = await api.api(`${PATH}/current`, { method: 'PATCH', body: { state: 'completed' } });
  expect(status).toBe(400);
});

test('B5 a connection without a backfill, and one that is not there, are told apart', async () => {
  const none = await api.api(`${PATH}/current`);
  expect(none).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining('POST /api/connections/default/backfills starts one') },
  });
  const unknown = await api.api('/connections/nobody/backfills/current');
  expect(unknown).toMatchObject({ status: 404, body: { detail: expect.stringContaining('nobody') } });
});

test('U19, B5 what there was is listed, the newest first: of a past one how many it found stays, and one that nobody ended broke off', async () => {
  const backfills = createBackfills(api.db);
  const [first, second] = [randomUUID(), randomUUID()];
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10, minute));
  const listed = async () => ((await api.api(PATH)).body as Call<'listBackfills'>['answer']).items;
  expect(await listed()).toEqual([]);
  await backfills.begin(first, 'default', { days: 30, dryRun: false }, at(0));
  await backfills.found(
    first,
    [1, 2, 3].map((id) => ({ id, updatedAtMs: id })),
    0,
  );
  await backfills.settle(first, 1, 'done');
  await backfills.settle(first, 2, 'failed');
  await backfills.begin(second, 'default', { days: 90, dryRun: false }, at(5));
  expect(await listed()).toMatchObject([
    { id: second, state: 'running', found: 0, done: 0, failed: 0, startedAt: at(5).toISOString(), endedAt: null },
    { id: first, state: 'failed', found: 3, done: 1, failed: 1, ratePerMinute: 0.4, endedAt: at(5).toISOString() },
  ]);
  expect(await api.db.backfillTicket.count({ where: { backfillId: first } })).toBe(0);
  await backfills.end(second, 'completed');
  await backfills.begin(randomUUID(), 'default', { days: 90, dryRun: false }, at(9));
  expect((await listed()).map(({ state, found }) => [state, found])).toEqual([
    ['running', 0],
    ['completed', 0],
    ['failed', 3],
  ]);
  expect((await api.api('/connections/nobody/backfills')).status).toBe(404);
});

test('B5 other methods are named', async () => {
  expect(await api.api(PATH, { method: 'DELETE' })).toMatchObject({ status: 405 });
  expect(await api.api(`${PATH}/current`, { method: 'POST', body: {} })).toMatchObject({ status: 405 });
});
