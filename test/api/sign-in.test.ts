import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSignIns } from '../../src/db/sign-ins.ts';
import { ADMIN_TOKEN, startTestApi, VIEWER_TOKEN } from '../../testbed/api.ts';

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const HERE = { 'sec-fetch-site': 'same-origin' };

type Sent = { method?: string; headers?: Record<string, string>; body?: unknown };

async function send(path: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const response = await fetch(`${api.url}/api${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const cookie = response.headers.get('set-cookie');
  return { status: response.status, cookie, body: text === '' ? null : (JSON.parse(text) as Record<string, unknown>) };
}

const signIn = (body: unknown, headers: Record<string, string> = HERE) =>
  send('/sign-in', { method: 'POST', body, headers });

/** The Cookie header of somebody who has just signed in. */
async function signedIn(token = ADMIN_TOKEN): Promise<Record<string, string>> {
  const { cookie } = await signIn({ token });
  return { ...HERE, cookie: cookie?.split(';')[0] ?? '' };
}

const pause = (headers: Record<string, string>) =>
  send('/connections/default/settings', { method: 'PATCH', body: { paused: true }, headers });
const isPaused = async () => (await api.connections.settings('default')).paused;

describe('U1', () => {
  test('U1 the right token gives a cookie that scripts cannot read, and the cookie opens the API', async () => {
    const { status, cookie, body } = await signIn({ token: ADMIN_TOKEN });
    expect({ status, body }).toEqual({
      status: 200,
      body: { who: 'admin', role: 'admin', version: '1.0', temporalUi: null },
    });
    expect(cookie).toMatch(/^opencx=[\w-]{43}; Max-Age=604800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    const headers = { cookie: cookie?.split(';')[0] ?? '' };
    expect((await send('/connections', { headers })).status).toBe(200);
    expect((await send('/me', { headers })).body).toEqual({
      who: 'admin',
      role: 'admin',
      version: '1.0',
      temporalUi: null,
    });
  });

  test('U1 over HTTPS the cookie has the prefix that binds it to this host', async () => {
    const https = { ...HERE, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'ai.acme.example' };
    const { cookie } = await signIn({ token: ADMIN_TOKEN }, https);
    expect(cookie).toMatch(/^__Host-opencx=[\w-]{43}; .*; Path=\/; .*; HttpOnly; Secure; SameSite=Strict$/);
    const pair = cookie?.split(';')[0] ?? '';
    expect((await send('/me', { headers: { ...https, cookie: pair } })).status).toBe(200);
    // The name without the prefix could have been set by anybody on a neighbouring host.
    expect((await send('/me', { headers: { ...https, cookie: pair.replace('__Host-', '') } })).status).toBe(401);
  });

  test('U1 over plain HTTP only a browser that names this machine gets a cookie', async () => {
    for (const host of ['ai.acme.example', '10.0.0.7', '127.0.0.1.evil.example']) {
      const { status, cookie, body } = await signIn({ token: ADMIN_TOKEN }, { ...HERE, 'x-forwarded-host': host });
      expect({ status, cookie }).toEqual({ status: 403, cookie: null });
      expect(body?.['detail']).toContain(`Over plain HTTP to ${host} a sign-in could be read`);
    }
    const headers = { ...(await signedIn()), 'x-forwarded-host': 'ai.acme.example' };
    expect((await send('/me', { headers })).status).toBe(401);
  });

  test('U1 a wrong token gives none, and the answer says which one is meant', async () => {
    const { status, cookie, body } = await signIn({ token: `${ADMIN_TOKEN}x` });
    expect({ status, cookie }).toEqual({ status: 401, cookie: null });
    expect(body?.['detail']).toContain('ADMIN_TOKEN');
  });

  test('U1 what the cookie holds is stored nowhere', async () => {
    const { cookie = '' } = await signedIn();
    const secret = cookie.split('=')[1] ?? 'none';
    expect(secret).toHaveLength(43);
    const stored = JSON.stringify(await api.db.signIn.findMany());
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(ADMIN_TOKEN);
    expect(api.logLines.join('')).not.toContain(secret);
  });

  test('U1 signing in again ends the one before, and signing out ends it on the server', async () => {
    const first = await signedIn();
    const again = await signIn({ token: ADMIN_TOKEN }, first);
    expect((await send('/me', { headers: first })).status).toBe(401);
    const second = { ...HERE, cookie: again.cookie?.split(';')[0] ?? '' };
    const out = await send('/sign-in', { method: 'DELETE', headers: second });
    expect(out).toMatchObject({
      status: 204,
      cookie: expect.stringMatching(/^opencx=; Path=\/; Expires=Thu, 01 Jan 1970/),
    });
    expect((await send('/me', { headers: second })).status).toBe(401);
  });

  test('U1 a code works once, and from this machine alone', async () => {
    const code = api.codes.make();
    expect((await signIn({ code }, { ...HERE, 'x-forwarded-for': '203.0.113.7' })).status).toBe(401);
    expect(await signIn({ code })).toMatchObject({ status: 200, body: { role: 'admin' } });
    expect((await signIn({ code })).status).toBe(401);
  });

  test('U1 it is over after 12 hours without a request, after 7 days, and with another token', async () => {
    const HOUR_MS = 3_600_000;
    const tokens = { admin: 'one', viewer: 'two' };
    let nowMs = Date.parse('2026-03-01T08:00:00Z');
    const now = () => new Date(nowMs);
    const signIns = createSignIns(api.db, tokens, { now });

    const idle = await signIns.begin('viewer');
    nowMs += 11 * HOUR_MS;
    expect(await signIns.find(idle)).toBe('viewer');
    nowMs += 11 * HOUR_MS;
    expect(await signIns.find(idle)).toBe('viewer');
    nowMs += 12 * HOUR_MS;
    expect(await signIns.find(idle)).toBeNull();

    const long = await signIns.begin('admin');
    for (let asked = 0; asked < 16; asked += 1) {
      nowMs += 10 * HOUR_MS;
      expect(await signIns.find(long)).toBe('admin');
    }
    nowMs += 8 * HOUR_MS;
    expect(await signIns.find(long)).toBeNull();

    const changed = await signIns.begin('viewer');
    expect(await createSignIns(api.db, { ...tokens, viewer: 'three' }, { now }).find(changed)).toBeNull();
    expect(await createSignIns(api.db, { ...tokens, viewer: null }, { now }).find(changed)).toBeNull();
    expect(await createSignIns(api.db, { ...tokens, admin: 'four' }, { now }).find(changed)).toBe('viewer');
  });
});

describe('U2', () => {
  test.each([
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['an older browser on another site', { origin: 'https://evil.example' }],
    ['an older browser that names no site', { origin: 'null' }],
  ])('U2 what %s sends is refused with the cookie and without, and changes nothing', async (_who, from) => {
    const { cookie = '' } = await signedIn();
    expect((await pause({ cookie, ...from })).status).toBe(403);
    expect((await pause(from)).status).toBe(403);
    expect((await signIn({ token: ADMIN_TOKEN }, from)).status).toBe(403);
    expect((await send('/sign-in', { method: 'DELETE', headers: { cookie, ...from } })).status).toBe(403);
    expect(await isPaused()).toBe(false);
    expect((await send('/me', { headers: { cookie } })).status).toBe(200);
  });

  test('U2 a cookie whose browser says nothing of where it comes from changes nothing', async () => {
    const { cookie = '' } = await signedIn();
    expect((await pause({ cookie })).status).toBe(403);
    expect(await isPaused()).toBe(false);
  });

  test('U2 a page of this service changes something, also in a browser that only names its origin', async () => {
    for (const from of [HERE, { origin: 'https://ai.acme.example' }]) {
      await api.db.connection.updateMany({ data: { settings: {} } });
      const { cookie = '' } = await signedIn();
      expect((await pause({ cookie, ...from })).status).toBe(200);
      expect(await isPaused()).toBe(true);
    }
    await api.db.connection.updateMany({ data: { settings: {} } });
  });

  test('U2 the bearer works wherever it comes from', async () => {
    const bearer = { authorization: `Bearer ${ADMIN_TOKEN}`, 'sec-fetch-site': 'cross-site' };
    expect((await pause(bearer)).status).toBe(200);
    await api.db.connection.updateMany({ data: { settings: {} } });
  });

  test('U2 a viewer reads everything and changes nothing, with the bearer and signed in', async () => {
    for (const headers of [{ authorization: `Bearer ${VIEWER_TOKEN}` }, await signedIn(VIEWER_TOKEN)]) {
      expect((await send('/me', { headers })).body).toMatchObject({ who: 'viewer', role: 'viewer' });
      expect((await send('/sessions', { headers })).status).toBe(200);
      const refused = await pause(headers);
      expect(refused.status).toBe(403);
      expect(refused.body?.['detail']).toContain('ADMIN_TOKEN');
      expect((await send('/connections/default', { method: 'DELETE', headers })).status).toBe(403);
      expect(await isPaused()).toBe(false);
    }
    const out = await send('/sign-in', { method: 'DELETE', headers: await signedIn(VIEWER_TOKEN) });
    expect(out.status).toBe(204);
  });
});
