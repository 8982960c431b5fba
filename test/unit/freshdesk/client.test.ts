import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createFreshdesk } from '../../../src/freshdesk/client.ts';
import { RateLimited } from '../../../src/freshdesk/errors.ts';
import {
  answering,
  clientOf,
  openLimit,
  startScriptedServer,
  type ScriptedServer,
} from '../../../testbed/scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.stop());
beforeEach(() => void server.seen.splice(0));

const date = 'Sat, 01 Aug 2026 12:00:05 GMT';
const atMs = Date.parse('2026-08-01T12:00:05Z');
const ticket = { id: 12, status: 2, source: 1, created_at: '2026-08-01T12:00:00Z', updated_at: '2026-08-01T12:00:01Z' };
const posted = { id: 77, created_at: '2026-08-01T12:00:04Z' };

function lastRequest() {
  const { method, url, headers, body } = server.seen.at(-1) ?? { method: '', url: '', headers: {}, body: '' };
  return { request: `${method} ${url}`, headers, body: body === '' ? undefined : (JSON.parse(body) as unknown) };
}

test('each call sends what Freshdesk documents, and no key it does not know', async () => {
  const client = clientOf(`${server.url}/`);
  server.answer(answering(200, ticket, { date }));
  expect(await client.ticket(12)).toMatchObject({ value: { id: 12 }, atMs });
  expect(lastRequest()).toMatchObject({
    request: 'GET /api/v2/tickets/12',
    headers: { authorization: `Basic ${Buffer.from('secret-key:X').toString('base64')}`, accept: 'application/json' },
  });
  await client.ticket(12, { stats: true });
  expect(lastRequest().request).toBe('GET /api/v2/tickets/12?include=stats');
  await client.ticket(12, { requester: true });
  expect(lastRequest().request).toBe('GET /api/v2/tickets/12?include=requester');
  await client.update(12, { status: 2, responderId: null, tags: ['vip', 'opencx'] });
  expect(lastRequest()).toMatchObject({
    request: 'PUT /api/v2/tickets/12',
    headers: { 'content-type': 'application/json' },
  });
  expect(lastRequest().body).toEqual({ status: 2, responder_id: null, tags: ['vip', 'opencx'] });
  await client.update(12, { groupId: 5, customFields: { cf_opencx_handed_off: true } });
  expect(lastRequest().body).toEqual({ group_id: 5, custom_fields: { cf_opencx_handed_off: true } });

  server.answer(answering(201, posted, { date }));
  const expected = { value: { id: 77, createdAtMs: atMs - 1000 }, atMs };
  expect(await client.reply(12, { html: '<p>Hello</p>' })).toEqual(expected);
  expect(lastRequest()).toMatchObject({ request: 'POST /api/v2/tickets/12/reply', body: { body: '<p>Hello</p>' } });
  await client.reply(12, { structuredText: 'Hello & goodbye' });
  expect(lastRequest()).toMatchObject({ request: 'POST /api/v2/tickets/12/reply' });
  expect(lastRequest().body).toEqual({
    structured_body: { body_contents: [{ type: 'text', data: { content: 'Hello & goodbye' } }] },
  });
  expect(await client.note(12, { html: 'draft' })).toEqual(expected);
  expect(lastRequest()).toMatchObject({
    request: 'POST /api/v2/tickets/12/notes',
    body: { body: 'draft', private: true },
  });
  await client.note(12, { html: 'hello', private: false });
  expect(lastRequest().body).toEqual({ body: 'hello', private: false });
});

test('A8 E8 the mailboxes are read from all pages, with where mail goes in and where it leaves from', async () => {
  const config = (to: string | null, reply: string | null) => ({ id: 1, name: 'x', to_email: to, reply_email: reply });
  const link = `<${server.url}/api/v2/email_configs?page=2>; rel="next"`;
  const first = answering(200, [config('acme@acme.freshdesk.com', 'Support@Acme.example')], { date, link });
  const second = answering(200, [config('acme@acme.freshdesk.com', null)], { date });
  server.answer((request, response) => (request.url?.endsWith('page=1') ? first : second)(request, response));
  expect(await clientOf(server.url).mailboxes()).toEqual([
    { id: 1, toEmail: 'acme@acme.freshdesk.com', replyEmail: 'Support@Acme.example' },
    { id: 1, toEmail: 'acme@acme.freshdesk.com', replyEmail: null },
  ]);
  expect(server.seen.map((request) => request.url)).toEqual([
    '/api/v2/email_configs?per_page=100&page=1',
    '/api/v2/email_configs?per_page=100&page=2',
  ]);
});

test('E8 K1 who asked is read where it was asked for, and null where Freshdesk knows no e-mail', async () => {
  const client = clientOf(server.url);
  const read = async (requester: unknown) => {
    server.answer(answering(200, { ...ticket, requester }, { date }));
    return (await client.ticket(12, { requester: true })).value.requester;
  };
  const unknown = { email: null, phone: null, mobile: null };
  const email = 'mia@customer.example';
  expect(await read({ id: 3, name: 'Mia', email })).toEqual({ ...unknown, name: 'Mia', email });
  expect(await read({ id: 3, name: 'Mia', email: null, phone: '1' })).toEqual({ ...unknown, name: 'Mia', phone: '1' });
  expect(await read(null)).toBeUndefined();
});

test('A5 an answer to a reply that has an id proves the reply, whatever else is missing', async () => {
  server.answer(answering(201, { id: 77 }, { date }));
  expect(await clientOf(server.url).reply(12, { html: 'x' })).toEqual({ value: { id: 77, createdAtMs: atMs }, atMs });
});

test('I6 a page of the thread holds up to 100 entries and says whether another follows', async () => {
  const entry = {
    id: 1,
    body: '<p>Hi</p>',
    body_text: 'Hi',
    incoming: true,
    private: false,
    created_at: ticket.created_at,
  };
  const link = `<${server.url}/api/v2/tickets/12/conversations?per_page=100&page=2>; rel="next"`;
  server.answer(answering(200, [entry], { date, link }));
  const client = clientOf(server.url);
  const first = await client.conversations(12, 1);
  expect(lastRequest().request).toBe('GET /api/v2/tickets/12/conversations?per_page=100&page=1');
  expect(first).toMatchObject({ value: { entries: [{ id: 1, text: 'Hi', incoming: true }], next: true }, atMs });
  server.answer(answering(200, [], { date }));
  expect((await client.conversations(12, 2)).value).toEqual({ entries: [], unusable: 0, next: false });
});

test.each([
  ['an entry without id', { body: 'x', created_at: ticket.created_at }],
  ['one without a time', { id: 3, body: 'x' }],
  ['one whose time is none', { id: 3, created_at: 'yesterday' }],
  ['a number', 7],
  ['nothing', null],
])('L5 %s hides no other entry of the thread', async (_, nonsense) => {
  const entry = (id: number) => ({ id, body_text: `entry ${id}`, created_at: ticket.created_at });
  server.answer(answering(200, [entry(1), entry(2), nonsense, entry(4)]));
  const { value } = await clientOf(server.url).conversations(12, 1);
  expect(value.entries.map(({ text }) => text)).toEqual(['entry 1', 'entry 2', 'entry 4']);
  expect(value.unusable).toBe(1);
});

test('a page of which no entry can be read is no empty thread', async () => {
  server.answer(answering(200, [{ body: 'x' }, null]));
  await expect(clientOf(server.url).conversations(12, 1)).rejects.toMatchObject({ name: 'Unreachable' });
});

test('S1 statuses are the account’s own, with the label agents see', async () => {
  const choices = { '2': ['Open', 'Being Processed'], '5': ['Closed', 'Closed'], '7': ['Job Application', 'Received'] };
  const fields = [
    { id: 1, name: 'status', type: 'default_status', choices },
    { id: 2, name: 'source', type: 'default_source', choices: { Email: 1 } },
    { id: 3, name: 'subject', type: 'default_subject' },
  ];
  server.answer(answering(200, fields));
  expect(await clientOf(server.url).statuses()).toEqual([
    { id: 2, label: 'Open' },
    { id: 5, label: 'Closed' },
    { id: 7, label: 'Job Application' },
  ]);
  expect(lastRequest().request).toBe('GET /api/v2/ticket_fields?type=default_status');
});

test('credits are taken before the request: an include costs one more, and the kind has no ids', async () => {
  const limit = openLimit();
  const client = createFreshdesk({ baseUrl: server.url, apiKey: 'k', limit, deadlineMs: 5_000 });
  server.answer(answering(200, ticket));
  await client.ticket(12);
  await client.ticket(12, { stats: true });
  await client.update(12, {});
  expect(limit.lessons).toEqual([
    ['acquire', 1, 'GET /tickets/:id'],
    ['acquire', 2, 'GET /tickets/:id'],
    ['acquire', 1, 'PUT /tickets/:id'],
  ]);
});

test('without credits nothing is sent', async () => {
  const acquire = () => Promise.reject(new RateLimited(9_000));
  await expect(
    clientOf(server.url, { limit: { ...openLimit(), acquire } }).reply(12, { html: 'x' }),
  ).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: 9_000 });
  expect(server.seen).toEqual([]);
});

test('the limit learns from decimal strings, also on a refusal, and ignores what makes no sense', async () => {
  const heard = async (status: number, total: string | undefined, remaining: string | undefined) => {
    const limit = openLimit();
    const headers = {
      ...(total === undefined ? {} : { 'x-ratelimit-total': total }),
      ...(remaining === undefined ? {} : { 'x-ratelimit-remaining': remaining }),
    };
    server.answer(answering(status, ticket, headers));
    await clientOf(server.url, { limit })
      .ticket(12)
      .catch(() => undefined);
    return limit.lessons.slice(1);
  };
  expect(await heard(200, '50.0', '45.0')).toEqual([
    ['learned', { credits: 1, total: 50, remaining: 45, tookMs: expect.any(Number) }],
  ]);
  expect(await heard(200, '700', '0')).toEqual([
    ['learned', { credits: 1, total: 700, remaining: 0, tookMs: expect.any(Number) }],
  ]);
  expect(await heard(404, '50.0', '44.0')).toEqual([
    ['learned', { credits: 1, total: 50, remaining: 44, tookMs: expect.any(Number) }],
  ]);
  expect(await heard(200, undefined, undefined)).toEqual([]);
  expect(await heard(200, '50.0', undefined)).toEqual([]);
  expect(await heard(200, 'many', '-3')).toEqual([]);
  expect(await heard(200, '0.0', '0.0')).toEqual([]);
});

test('L3 a refusal with credits left closes calls of its kind, and without any the account', async () => {
  const limit = openLimit();
  const refusedWith = async (remaining: string | undefined) => {
    const headers = remaining === undefined ? {} : { 'x-ratelimit-total': '200.0', 'x-ratelimit-remaining': remaining };
    server.answer(answering(429, '', { 'retry-after': '7', ...headers }));
    await expect(clientOf(server.url, { limit }).update(12, { status: 3 })).rejects.toMatchObject({
      retryAfterMs: 7_000,
    });
    return limit.lessons.at(-1);
  };
  expect(await refusedWith('120.0')).toEqual(['closed', 7_000, 'PUT /tickets/:id']);
  expect(await refusedWith('0.0')).toEqual(['closed', 7_000, null]);
  expect(await refusedWith(undefined)).toEqual(['closed', 7_000, null]);
});

test('A5 a reply that Freshdesk confirmed stays confirmed when the rate limit cannot be told', async () => {
  const broken = () => Promise.reject(new Error('database gone'));
  const limit = { ...openLimit(), learned: broken, closedFor: broken };
  server.answer(answering(201, posted, { 'x-ratelimit-total': '50.0', 'x-ratelimit-remaining': '9.0' }));
  expect((await clientOf(server.url, { limit }).reply(12, { html: 'x' })).value.id).toBe(77);
  server.answer(answering(429));
  await expect(clientOf(server.url, { limit }).ticket(12)).rejects.toMatchObject({ name: 'RateLimited' });
});

test('A5 reads keep their connection, every write gets a new one', async () => {
  const client = clientOf(server.url);
  const connectionOf = async (call: () => Promise<unknown>) => {
    await call();
    return server.seen.at(-1)?.connection;
  };
  server.answer(answering(200, { ...ticket, ...posted }));
  const read = await connectionOf(() => client.ticket(12));
  const first = await connectionOf(() => client.reply(12, { html: 'x' }));
  const second = await connectionOf(() => client.update(12, { status: 3 }));
  expect(await connectionOf(() => client.ticket(12))).toBe(read);
  expect(new Set([read, first, second]).size).toBe(3);
});

test('without a Date header the answer still has a time', async () => {
  server.answer((_, response) => {
    response.sendDate = false;
    response.end(JSON.stringify(ticket));
  });
  const before = Math.floor(Date.now() / 1000) * 1000;
  const { atMs: guessedMs } = await clientOf(server.url).ticket(12);
  expect(guessedMs).toBeGreaterThanOrEqual(before);
});

test('every call is told by method, path template and status, whatever came of it, and without ids', async () => {
  const seen: string[] = [];
  const observing = (baseUrl: string, deadlineMs = 5_000) =>
    createFreshdesk({
      baseUrl,
      apiKey: 'k',
      limit: openLimit(),
      deadlineMs,
      observe: ({ method, endpoint, status, ms }) => {
        expect(ms).toBeGreaterThan(0);
        seen.push(`${method} ${endpoint} ${status}`);
      },
    });
  server.answer(answering(200, ticket));
  await observing(server.url).ticket(12, { stats: true });
  server.answer(answering(429, '', { 'retry-after': '1' }));
  await expect(observing(server.url).reply(12, { html: 'x' })).rejects.toThrow(RateLimited);
  server.answer(() => undefined);
  await expect(observing(server.url, 100).conversations(12, 1)).rejects.toThrow();
  await expect(observing('http://127.0.0.1:9').me()).rejects.toThrow();
  expect(seen).toEqual([
    'GET /tickets/:id 200',
    'POST /tickets/:id/reply 429',
    'GET /tickets/:id/conversations timeout',
    'GET /agents/me ECONNREFUSED',
  ]);
});
