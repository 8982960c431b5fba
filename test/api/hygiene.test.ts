import net from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ADMIN_TOKEN, startTestApi, WEBHOOK_SECRET } from '../../testbed/api.ts';

const MOST = 3;

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi({ mostFailedLogins: MOST });
});
afterAll(() => api.close());

/** A request as it comes through a proxy of ours, for a caller somewhere else. */
const ask = (token: string, caller: string) =>
  fetch(`${api.url}/api/connections`, { headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': caller } });
const statusesOf = async (responses: Promise<Response>[]) => (await Promise.all(responses)).map(({ status }) => status);

test('U1 an address that keeps sending wrong tokens is told to stop, and a right one is heard from there as well', async () => {
  for (let time = 0; time < MOST; time += 1) expect((await ask('wrong', '203.0.113.7')).status).toBe(401);
  const refused = await ask('wrong', '203.0.113.7');
  expect(refused.status).toBe(429);
  expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const seconds = Number(refused.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(600);
  expect(seconds).toBeLessThanOrEqual(900);
  for (const caller of ['203.0.113.7', '203.0.113.8']) expect((await ask(ADMIN_TOKEN, caller)).status).toBe(200);
});

test('U1 wrong tokens given at sign-in are counted as well, and the right one is taken after them', async () => {
  const signIn = (token: string) =>
    fetch(`${api.url}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.30' },
      body: JSON.stringify({ token }),
    });
  for (let time = 0; time < MOST; time += 1) expect((await signIn('wrong')).status).toBe(401);
  expect((await signIn('wrong')).status).toBe(429);
  expect((await signIn(ADMIN_TOKEN)).status).toBe(200);
});

test('a caller with the right token is never limited, however many requests are under way', async () => {
  expect(await statusesOf(Array.from({ length: 20 }, () => ask(ADMIN_TOKEN, '203.0.113.9')))).toEqual(
    Array.from({ length: 20 }, () => 200),
  );
});

test('many wrong tokens at the same moment are counted as well', async () => {
  const statuses = await statusesOf(Array.from({ length: 20 }, () => ask('wrong', '203.0.113.10')));
  expect(statuses.filter((status) => status === 401)).toHaveLength(MOST);
  expect(statuses.filter((status) => status === 429)).toHaveLength(20 - MOST);
});

test('a caller with a whole IPv6 network counts as one address', async () => {
  for (let host = 0; host < MOST; host += 1) await ask('wrong', `2001:db8:1:1::${host}`);
  expect((await ask('wrong', '2001:db8:1:1::99')).status).toBe(429);
});

test('a caller cannot choose the address it is counted under', async () => {
  // What a client claims stands before what our proxy has added.
  for (let time = 0; time < MOST; time += 1) await ask('wrong', `198.51.100.${time}, 203.0.113.11`);
  expect((await ask('wrong', '198.51.100.99, 203.0.113.11')).status).toBe(429);
});

test('a caller on the private network that names another address each time is counted under its own', async () => {
  const own = await startTestApi({ mostFailedLogins: MOST });
  const lookalike = (token: string, time: number) =>
    fetch(`${own.url}/api/connections`, {
      headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': `203.0.113.${time}` },
    });
  const statuses: number[] = [];
  for (let time = 0; time <= 10 * MOST; time += 1) statuses.push((await lookalike('wrong', time)).status);
  expect(statuses).toEqual([...Array.from({ length: 10 * MOST }, () => 401), 429]);
  expect((await fetch(`${own.url}/healthz`)).status).toBe(200);
  await own.close();
});

test('W2 wrong webhook secrets keep no right one out: all accounts of Freshdesk share its addresses', async () => {
  const deliver = (secret: string) =>
    fetch(`${api.url}/webhooks/freshdesk/default`, {
      method: 'POST',
      headers: { 'x-webhook-secret': secret, 'x-forwarded-for': '203.0.113.20', 'content-type': 'application/json' },
      body: '{"ticket_id":1}',
    });
  expect(await statusesOf(Array.from({ length: 50 }, () => deliver('wrong')))).toEqual(
    Array.from({ length: 50 }, () => 401),
  );
  expect((await deliver(WEBHOOK_SECRET)).status).toBe(202);
});

test.each(['/healthz', '/metrics', '/api/connections', '/nothing-here'])(
  'every answer forbids what a browser might do with it: %s',
  async (path) => {
    const { headers } = await fetch(api.url + path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  },
);

test('what customers wrote stays out of caches', async () => {
  expect((await ask(ADMIN_TOKEN, '203.0.113.12')).headers.get('cache-control')).toBe('no-store');
});

test('what is no HTTP is answered with 400 and ends the connection', async () => {
  const socket = net.connect(api.port, '127.0.0.1');
  socket.end('NONSENSE\r\n\r\n');
  const answer = await socket.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});
