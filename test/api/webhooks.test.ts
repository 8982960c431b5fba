import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startTestApi, WEBHOOK_SECRET } from '../../testbed/api.ts';

let api: Awaited<ReturnType<typeof startTestApi>>;
let signal: 'works' | 'refuses' = 'works';
const signals: unknown[] = [];

beforeAll(async () => {
  api = await startTestApi({
    temporal: {
      failingWorkflows: async () => [],
      async signalTicket(connectionId, ticketId, hint) {
        if (signal === 'refuses') throw new Error('14 UNAVAILABLE');
        signals.push({ connectionId, ticketId, hint });
      },
    },
  });
});
afterAll(() => api.close());
beforeEach(() => {
  signal = 'works';
  signals.length = 0;
  api.logLines.length = 0;
});

type Options = { connection?: string; headers?: Record<string, string> };
const secret = { 'x-webhook-secret': WEBHOOK_SECRET };

async function post(
  body: string | Uint8Array<ArrayBuffer>,
  { connection = 'default', headers = secret }: Options = {},
) {
  const response = await fetch(`${api.url}/webhooks/freshdesk/${connection}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends a body in pieces, without a Content-Length. */
async function postChunks(chunks: readonly string[]): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const outgoing = request(
    {
      port: api.port,
      host: '127.0.0.1',
      path: '/webhooks/freshdesk/default',
      method: 'POST',
      headers: { 'content-type': 'application/json', ...secret },
    },
    (response) => {
      response.resume();
      resolve(response.statusCode);
    },
  );
  outgoing.on('error', reject);
  for (const chunk of chunks) outgoing.write(chunk);
  outgoing.end();
  return promise.finally(() => outgoing.destroy());
}

const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });

test('W4 an accepted webhook is handed to the workflow of its ticket, then 202', async () => {
  const { status, text, headers } = await post('{"ticket_id":"123"}');
  expect({ status, body: JSON.parse(text) }).toEqual({ status: 202, body: { ticketId: 123 } });
  expect(signals).toEqual([{ connectionId: 'default', ticketId: 123, hint: { kind: 'webhook' } }]);
  expect(headers.get('x-powered-by')).toBeNull();
});

test.each([
  ['our own with a number', '{"ticket_id":77}', 77],
  ["Freshdesk's simple one", '{"freshdesk_webhook":{"ticket_id":99,"ticket_subject":"a \\"quoted\\" one"}}', 99],
  ['one broken by an unescaped placeholder', '{"subject":"He said "hi"","ticket_id":"4711"}', 4711],
  ['one with keys of a later version', '{"v":9,"rule":"customer_reply","ticket_id":"5"}', 5],
])('W3 accepted body: %s', async (_name, body, ticketId) => {
  expect(await post(body)).toMatchObject({ status: 202, text: JSON.stringify({ ticketId }) });
});

test.each([
  ['empty', ''],
  ['an empty object', '{}'],
  ['null', 'null'],
  ['a list', '[{"ticket_id":1}]'],
  ['a placeholder that was not replaced', '{"ticket_id":"{{ticket.id}}"}'],
  ['zero', '{"ticket_id":0}'],
  ['a negative number', '{"ticket_id":-5}'],
  ['a fraction', '{"ticket_id":1.5}'],
  ['a number beyond 2^53', '{"ticket_id":"9007199254740993"}'],
  ['a huge number in broken JSON', '{"x":","ticket_id":99999999999999999999999}'],
  ['a fraction in broken JSON', '{"x":","ticket_id":12.5}'],
  ['an object', '{"ticket_id":{"id":1}}'],
  ['deep nesting', '['.repeat(100_000)],
])('W3 no usable id is 400: %s', async (_name, body) => {
  const { status, headers, text } = await post(body);
  expect(status).toBe(400);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(JSON.parse(text)).toMatchObject({
    status: 400,
    title: 'Bad Request',
    requestId: headers.get('x-request-id'),
    detail: expect.stringContaining('exactly {"ticket_id":"{{ticket.id}}"}'),
  });
  expect(signals).toEqual([]);
});

test('W2 the secret is accepted as the password of basic auth, whatever the user name', async () => {
  expect(await post('{"ticket_id":1}', { headers: basic(`freshdesk:${WEBHOOK_SECRET}`) })).toMatchObject({
    status: 202,
  });
  expect(await post('{"ticket_id":1}', { headers: basic(`:${WEBHOOK_SECRET}`) })).toMatchObject({ status: 202 });
});

test('W2 a wrong secret and an unknown connection get the same 401', async () => {
  const answers = await Promise.all([
    post('{"ticket_id":1}', { headers: { 'x-webhook-secret': 'wrong' } }),
    post('{"ticket_id":1}', { connection: 'nobody' }),
    post('{"ticket_id":1}', { headers: {} }),
    post('{"ticket_id":1}', { headers: { 'x-webhook-secret': '' } }),
    post('{"ticket_id":1}', { headers: basic('user:wrong') }),
    post('{"ticket_id":1}', { headers: basic(`${WEBHOOK_SECRET}:`) }),
    post('{"ticket_id":1}', { connection: '__proto__' }),
    post('not even JSON', { headers: { 'content-type': 'text/plain' } }),
  ]);
  const bodies = answers.map(({ text }) => JSON.stringify({ ...JSON.parse(text), requestId: '' }));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
  expect(new Set(bodies).size).toBe(1);
  expect(signals).toEqual([]);
});

test('W2 no secret, right or wrong, is ever logged', async () => {
  await post('{"ticket_id":1}');
  await post('{"ticket_id":1}', { headers: { 'x-webhook-secret': 'a-guess-at-it' } });
  signal = 'refuses';
  await post('{"ticket_id":1,"note":"words of a customer"}');
  const logged = api.logLines.join('');
  expect(logged).toContain('Temporal could not be reached');
  for (const secretText of [WEBHOOK_SECRET, 'a-guess-at-it', 'words of a customer'])
    expect(logged).not.toContain(secretText);
});

test('W2 a secret that is replaced no longer works', async () => {
  const { newConnection } = await import('../../testbed/api.ts');
  await api.connections.save(newConnection({ webhookSecret: 'the-next-one' }));
  expect(await post('{"ticket_id":1}')).toMatchObject({ status: 401 });
  expect(await post('{"ticket_id":1}', { headers: { 'x-webhook-secret': 'the-next-one' } })).toMatchObject({
    status: 202,
  });
  await api.connections.save(newConnection());
});

test('W3 a body over 256 KiB is 413, with a length or in chunks', async () => {
  const body = `{"ticket_id":1,"pad":"${'x'.repeat(300 * 1024)}"}`;
  expect(await post(body)).toMatchObject({ status: 413 });
  expect(await postChunks(body.match(/.{1,16384}/gs) ?? [])).toBe(413);
  expect(signals).toEqual([]);
});

test('W3 a body of exactly 256 KiB is accepted', async () => {
  const frame = '{"ticket_id":1,"pad":""}';
  const body = frame.replace('""', `"${'x'.repeat(256 * 1024 - frame.length)}"`);
  expect(body).toHaveLength(256 * 1024);
  expect(await post(body)).toMatchObject({ status: 202 });
});

test('W3 a body in small chunks is read whole', async () => {
  expect(await postChunks(['{"tick', 'et_id"', ':"9', '8"}'])).toBe(202);
  expect(signals).toMatchObject([{ ticketId: 98 }]);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/jsonp', ''])(
  'W3 the content type "%s" is 415',
  async (type) => {
    expect(await post('{"ticket_id":1}', { headers: { ...secret, 'content-type': type } })).toMatchObject({
      status: 415,
    });
    expect(signals).toEqual([]);
  },
);

test.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.freshdesk+json'])(
  'W3 the content type "%s" is JSON',
  async (type) => {
    expect(await post('{"ticket_id":1}', { headers: { ...secret, 'content-type': type } })).toMatchObject({
      status: 202,
    });
  },
);

test('W3 a compressed body is refused, not unpacked', async () => {
  const headers = { ...secret, 'content-encoding': 'gzip' };
  expect(await post(new Uint8Array([0x1f, 0x8b]), { headers })).toMatchObject({ status: 415 });
});

test('W4 a Temporal that takes no hint is 503, so that Freshdesk delivers again', async () => {
  signal = 'refuses';
  const { status, headers } = await post('{"ticket_id":1}');
  expect(status).toBe(503);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
});

test('W4 the same webhook twice is two hints: the workflow sorts it out', async () => {
  await Promise.all([post('{"ticket_id":3}'), post('{"ticket_id":3}')]);
  expect(signals).toHaveLength(2);
});

test('W1 other methods are 405 and say which one is possible', async () => {
  const response = await fetch(`${api.url}/webhooks/freshdesk/default`);
  expect({ status: response.status, allow: response.headers.get('allow') }).toEqual({ status: 405, allow: 'POST' });
});
