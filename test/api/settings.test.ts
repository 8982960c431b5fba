import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ExplainedSettings } from '../../src/contract/settings-preview.ts';
import { startTestApi } from '../../testbed/api.ts';

const PATH = '/connections/default/settings';
let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

async function request(
  method: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const response = await fetch(`${api.url}/api${PATH}`, {
    method,
    headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, tag: response.headers.get('etag') ?? '', body: await response.json() };
}
const change = (percent: number, ifMatch?: string) =>
  request('PATCH', {
    body: { rollout: { percent } },
    ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
  });

test('U17 of two who have read the same settings, only the first may change them; the second hears of it, and nothing is stored', async () => {
  const { tag } = await request('GET');
  expect(tag).toMatch(/^"[\w-]{43}"$/);
  const first = await change(50, tag);
  expect(first.status).toBe(200);
  expect(first.tag).not.toBe(tag);
  expect(await change(10, tag)).toMatchObject({
    status: 412,
    body: { detail: expect.stringContaining('were changed since you read them') },
  });
  expect((await request('GET')).body).toMatchObject({ rollout: { percent: 50 } });
  expect((await change(20, `"other", ${first.tag}`)).status).toBe(200);
  expect((await change(30, '*')).status).toBe(200);
  expect((await change(40)).status).toBe(200);
});

test('U17 of two changes at the same moment with the same tag one is made', async () => {
  const { tag } = await request('GET');
  const answers = await Promise.all([change(61, tag), change(62, tag), change(63, tag)]);
  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 412, 412]);
});

test('U17 each setting by itself: default, what it does, its unit, and who changed it when', async () => {
  await change(7);
  const { status, body } = await api.api(`${PATH}?explain=true`);
  expect(status).toBe(200);
  const items = new Map((body as ExplainedSettings).items.map((item) => [item.path, item]));
  expect(items.get('rollout.percent')).toEqual({
    path: 'rollout.percent',
    value: 7,
    default: 100,
    effect: 'which share of new tickets the AI takes',
    unit: 'percent',
    changedAt: expect.stringMatching(/^\d{4}-/),
    changedBy: 'admin',
  });
  expect(items.get('channels.web.burstSeconds')).toMatchObject({ value: 2, unit: 'seconds', changedAt: null });
  expect(items.get('handoff.routing')).toMatchObject({ value: { kind: 'unassign' }, changedBy: null });
  expect((await api.api(`${PATH}?explain=maybe`)).status).toBe(400);
});
