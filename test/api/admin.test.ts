import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { ADMIN_TOKEN, API_KEY, startTestApi, WEBHOOK_SECRET } from '../../testbed/api.ts';

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(() => api.db.connection.updateMany({ data: { settings: {}, autoHandleSince: null } }));

const settingsPath = '/connections/default/settings';

test.each([
  ['none', {}],
  ['a wrong token', { authorization: 'Bearer wrong' }],
  ['an empty token', { authorization: 'Bearer ' }],
  ['the token as another scheme', { authorization: `Basic ${ADMIN_TOKEN}` }],
  ['half of the token', { authorization: `Bearer ${ADMIN_TOKEN.slice(0, 8)}` }],
])('/api is closed without the admin token: %s', async (_name, headers) => {
  for (const path of ['/connections', '/sessions', '/nothing-here', settingsPath]) {
    const response = await fetch(`${api.url}/api${path}`, { headers });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  }
});

test('C3 connections are shown without key and secret', async () => {
  const shown = {
    id: 'default',
    domain: 'acme.freshdesk.com',
    agent: { id: 1_001, name: 'Robin', email: 'robin@acme.example' },
    state: 'active',
    webhookUrl: 'https://ai.acme.example/webhooks/freshdesk/default',
    connectedAt: '2026-01-01T00:00:00.000Z',
  };
  expect(await api.api('/connections')).toMatchObject({ status: 200, body: { items: [shown] } });
  const one = await api.api('/connections/default');
  expect(one.body).toEqual(shown);
  const row = JSON.stringify(await api.db.connection.findMany(), (_key, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  for (const secret of [API_KEY, WEBHOOK_SECRET]) expect(row).not.toContain(secret);
});

test('C7 a new connection has the default settings: nothing reaches a customer', async () => {
  expect(await api.api(settingsPath)).toMatchObject({ status: 200, body: DEFAULT_SETTINGS });
});

test('a settings patch merges deeply and answers with the settings in force', async () => {
  await api.api(settingsPath, { method: 'PATCH', body: { channels: { email: { mode: 'autopilot' } } } });
  const { status, body } = await api.api(settingsPath, {
    method: 'PATCH',
    body: { channels: { email: { burstSeconds: 0.5 } } },
  });
  const email = { ...DEFAULT_SETTINGS.channels.email, mode: 'autopilot', burstSeconds: 0.5 };
  expect(status).toBe(200);
  expect(body).toEqual({ ...DEFAULT_SETTINGS, channels: { ...DEFAULT_SETTINGS.channels, email } });
  expect((await api.api(settingsPath)).body).toEqual(body);
});

test('unknown and wrong settings are refused by name, all at once, and nothing is stored', async () => {
  const { status, type, body } = await api.api(settingsPath, {
    method: 'PATCH',
    body: { paused: true, channels: { emial: {} }, rollout: { percent: 101 } },
  });
  expect(status).toBe(400);
  expect(type).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    errors: expect.arrayContaining([
      { path: 'channels.emial', message: expect.stringContaining('is not a setting') },
      { path: 'rollout.percent', message: 'must be 100 or less' },
    ]),
  });
  expect((await api.api(settingsPath)).body).toMatchObject({ paused: false });
});

test('two patches at the same time both survive', async () => {
  const patches = [{ paused: true }, { autoResolve: false }, { rollout: { percent: 7 } }, { reply: { cc: 'none' } }];
  await Promise.all(patches.map((body) => api.api(settingsPath, { method: 'PATCH', body })));
  expect((await api.api(settingsPath)).body).toMatchObject({
    paused: true,
    autoResolve: false,
    rollout: { percent: 7 },
    reply: { cc: 'none' },
  });
});

test.each([
  ['broken JSON', '{"paused":', 'application/json', 400],
  ['a number', '5', 'application/json', 400],
  ['another content type', 'paused=true', 'application/x-www-form-urlencoded', 415],
  ['a body that is too large', `{"pad":"${'x'.repeat(300 * 1024)}"}`, 'application/json', 413],
])('a settings patch that cannot be read is refused: %s', async (_name, body, type, status) => {
  const response = await fetch(`${api.url}/api${settingsPath}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': type },
    body,
  });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
});

test.each(['/connections/nobody', '/connections/nobody/settings', '/nothing-here', '/sessions/not-a-uuid'])(
  'what does not exist is 404 as problem details: %s',
  async (path) => {
    const { status, type, body } = await api.api(path);
    expect(status).toBe(404);
    expect(type).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ type: 'about:blank', title: 'Not Found', status: 404 });
  },
);

test.each(['/connections/a%00b', '/sessions?tag=%00', '/connections/%E0%A4%A'])(
  'an address that means nothing is 400: %s',
  async (path) => {
    expect(await api.api(path)).toMatchObject({ status: 400 });
  },
);

test('an unexpected failure is a 500 without its words, and logged without them too', async () => {
  const broken = await startTestApi({
    sessions: {
      list: () => Promise.reject(new Error('the customer wrote something private')),
      counts: () => Promise.reject(new Error('nobody asks')),
      get: () => Promise.resolve(null),
      messages: () => Promise.resolve(null),
    },
  });
  try {
    const { status, body } = await broken.api('/sessions');
    expect(status).toBe(500);
    expect(JSON.stringify(body) + broken.logLines.join('')).not.toContain('private');
    expect(broken.logLines.join('')).toContain('request failed');
  } finally {
    await broken.close();
  }
});

test('the audit says who changed which setting over the API, page by page', async () => {
  await api.db.audit.deleteMany();
  for (const percent of [10, 20, 30]) await api.api(settingsPath, { method: 'PATCH', body: { rollout: { percent } } });
  const first = await api.api('/audit?connection=default&what=settings_changed&setting=rollout&limit=2');
  expect(first).toMatchObject({
    status: 200,
    body: {
      items: [
        { who: 'admin', changes: [{ path: 'rollout.percent', old: 20, new: 30 }] },
        { who: 'admin', changes: [{ path: 'rollout.percent', old: 10, new: 20 }] },
      ],
    },
  });
  const { nextCursor } = first.body as { nextCursor: string };
  expect((await api.api(`/audit?cursor=${nextCursor}`)).body).toMatchObject({
    items: [{ connection: 'default', changes: [{ old: 100, new: 10 }], counts: {} }],
    nextCursor: null,
  });
  expect((await api.api('/audit?setting=channels')).body).toMatchObject({ items: [] });
  const beyondTime = Buffer.from(`9000000000000000000/${randomUUID()}`).toString('base64url');
  for (const cursor of ['nonsense', beyondTime])
    expect(await api.api(`/audit?cursor=${cursor}`)).toMatchObject({ status: 400 });
});
