import { afterAll, beforeAll, expect, test } from '@jest/globals';
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

test('B5 other methods are named', async () => {
  expect(await api.api(PATH, { method: 'DELETE' })).toMatchObject({ status: 405 });
  expect(await api.api(`${PATH}/current`, { method: 'POST', body: {} })).toMatchObject({ status: 405 });
});
