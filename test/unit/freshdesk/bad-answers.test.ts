import net, { type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  NotFound,
  OutcomeUnknown,
  RateLimited,
  Rejected,
  Unauthorized,
  Unreachable,
} from '../../../src/freshdesk/errors.ts';
import type { Freshdesk } from '../../../src/freshdesk/client.ts';
import {
  answering,
  clientOf,
  openLimit,
  startScriptedServer,
  type Script,
  type ScriptedServer,
} from '../../../testbed/scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
afterAll(() => server.stop());

const html = '<html><body><h1>Please wait</h1></body></html>';
/** For what never ends; everything else has time enough on a busy machine. */
const shortMs = 300;

const read = (client: Freshdesk): Promise<unknown> => client.ticket(12);
const reply = (client: Freshdesk): Promise<unknown> => client.reply(12, { html: '<p>private words</p>' });
const update = (client: Freshdesk): Promise<unknown> => client.update(12, { status: 4 });

/** The error of one call, compared by class and the properties that callers decide by. */
async function failure(
  call: (client: Freshdesk) => Promise<unknown>,
  baseUrl = server.url,
  deadlineMs = 10_000,
): Promise<unknown> {
  return call(clientOf(baseUrl, { deadlineMs })).then(
    (value) => ({ unexpectedly: value }),
    (error: unknown) => error,
  );
}

const resetBeforeAnswer: Script = (request) => request.socket.resetAndDestroy();
const resetAfterHeaders: Script = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 400 });
  response.write('{"id":1,', () => request.socket.resetAndDestroy());
};
const stall: Script = () => undefined;
const stallAfterHeaders: Script = (_, response) => {
  response.writeHead(201, { 'content-type': 'application/json' });
  response.write('{"id":');
};
const trickle: Script = (_, response) => {
  response.writeHead(201, { 'content-type': 'application/json' });
  const drip = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(drip));
};

type Kind = { name: string } & Record<string, unknown>;
const cases: { what: string; answer: Script; deadlineMs?: number; onRead: Kind; onWrite: Kind }[] = [
  {
    what: '401',
    answer: answering(401, {
      code: 'invalid_credentials',
      message: 'You have to be logged in to perform this action.',
    }),
    onRead: { name: 'Unauthorized', reason: 'invalid_credentials' },
    onWrite: { name: 'Unauthorized', reason: 'invalid_credentials' },
  },
  {
    what: '401 of a deactivated agent',
    answer: answering(401, { code: 'invalid_credentials', message: 'This agent has been deactivated.' }),
    onRead: { name: 'Unauthorized', reason: 'agent_deactivated' },
    onWrite: { name: 'Unauthorized', reason: 'agent_deactivated' },
  },
  {
    what: '403 of a suspended account',
    answer: answering(403, { code: 'account_suspended', message: 'Your account has been suspended.' }),
    onRead: { name: 'Unauthorized', reason: 'account_suspended' },
    onWrite: { name: 'Unauthorized', reason: 'account_suspended' },
  },
  {
    what: '403 after too many failed logins',
    answer: answering(403, { code: 'password_lockout', message: 'Too many failed logins' }),
    onRead: { name: 'Unauthorized', reason: 'invalid_credentials' },
    onWrite: { name: 'Unauthorized', reason: 'invalid_credentials' },
  },
  {
    what: '403',
    answer: answering(403, { code: 'access_denied', message: 'You are not authorized to perform this action.' }),
    onRead: { name: 'Rejected', status: 403, code: 'access_denied', fields: [] },
    onWrite: { name: 'Rejected', status: 403, code: 'access_denied', fields: [] },
  },
  {
    what: '403 as a page of the edge',
    answer: answering(403, html),
    onRead: { name: 'Unreachable', seen: 'http_403' },
    onWrite: { name: 'Rejected', status: 403, code: null },
  },
  {
    what: '404 with an empty body',
    answer: answering(404),
    onRead: { name: 'NotFound' },
    onWrite: { name: 'NotFound' },
  },
  {
    what: '400 with fields',
    answer: answering(400, {
      description: 'Validation failed',
      errors: [{ field: 'responder_id', message: 'There is no agent matching', code: 'invalid_value' }],
    }),
    onRead: { name: 'Rejected', status: 400, fields: [{ field: 'responder_id', code: 'invalid_value' }] },
    onWrite: { name: 'Rejected', status: 400, fields: [{ field: 'responder_id', code: 'invalid_value' }] },
  },
  {
    what: '400 invalid_json',
    answer: answering(400, { code: 'invalid_json', message: 'Request body has invalid json format' }),
    onRead: { name: 'Rejected', status: 400, code: 'invalid_json', fields: [] },
    onWrite: { name: 'Rejected', status: 400, code: 'invalid_json', fields: [] },
  },
  {
    what: '405 without a code',
    answer: answering(405, { message: 'PUT method is not allowed. It should be one of these method(s): GET' }),
    onRead: { name: 'Rejected', status: 405, code: null },
    onWrite: { name: 'Rejected', status: 405, code: null },
  },
  {
    what: '409',
    answer: answering(409, {}),
    onRead: { name: 'Rejected', status: 409 },
    onWrite: { name: 'Rejected', status: 409 },
  },
  {
    what: '413 as a page',
    answer: answering(413, html),
    onRead: { name: 'Rejected', status: 413 },
    onWrite: { name: 'Rejected', status: 413 },
  },
  {
    what: '415',
    answer: answering(415),
    onRead: { name: 'Rejected', status: 415 },
    onWrite: { name: 'Rejected', status: 415 },
  },
  {
    what: '429 without Retry-After',
    answer: answering(429, 'Too many requests'),
    onRead: { name: 'RateLimited', retryAfterMs: 60_000 },
    onWrite: { name: 'RateLimited', retryAfterMs: 60_000 },
  },
  {
    what: '408',
    answer: answering(408),
    onRead: { name: 'Unreachable', seen: 'http_408' },
    onWrite: { name: 'OutcomeUnknown', seen: 'http_408' },
  },
  {
    what: '500 with a JSON body',
    answer: answering(500, { message: 'Internal error' }),
    onRead: { name: 'Unreachable', seen: 'http_500' },
    onWrite: { name: 'OutcomeUnknown', seen: 'http_500' },
  },
  {
    what: '502 as a page',
    answer: answering(502, html),
    onRead: { name: 'Unreachable', seen: 'http_502' },
    onWrite: { name: 'OutcomeUnknown', seen: 'http_502' },
  },
  {
    what: 'a redirect, which is not followed',
    answer: answering(302, '', { location: 'https://elsewhere.example/login' }),
    onRead: { name: 'Unreachable', seen: 'redirect' },
    onWrite: { name: 'OutcomeUnknown', seen: 'redirect' },
  },
  {
    what: '200 as a page',
    answer: answering(200, html),
    onRead: { name: 'Unreachable', seen: 'unreadable' },
    onWrite: { name: 'OutcomeUnknown', seen: 'unreadable' },
  },
  {
    what: '200 with an empty body',
    answer: answering(200),
    onRead: { name: 'Unreachable', seen: 'unreadable' },
    onWrite: { name: 'OutcomeUnknown', seen: 'unreadable' },
  },
  {
    what: '200 with JSON that is no ticket',
    answer: answering(200, { hello: 'world' }),
    onRead: { name: 'Unreachable', seen: 'unreadable' },
    onWrite: { name: 'OutcomeUnknown', seen: 'unreadable' },
  },
  {
    what: '200 with half a body',
    answer: answering(200, '{"id": 12, "subj'),
    onRead: { name: 'Unreachable', seen: 'unreadable' },
    onWrite: { name: 'OutcomeUnknown', seen: 'unreadable' },
  },
  {
    what: 'a stall over the deadline',
    answer: stall,
    deadlineMs: shortMs,
    onRead: { name: 'Unreachable', seen: 'timeout' },
    onWrite: { name: 'OutcomeUnknown', seen: 'timeout' },
  },
  {
    what: 'a stall in the middle of the answer',
    answer: stallAfterHeaders,
    deadlineMs: shortMs,
    onRead: { name: 'Unreachable', seen: 'timeout' },
    onWrite: { name: 'OutcomeUnknown', seen: 'timeout' },
  },
  {
    what: 'an answer that trickles past the deadline',
    answer: trickle,
    deadlineMs: shortMs,
    onRead: { name: 'Unreachable', seen: 'timeout' },
    onWrite: { name: 'OutcomeUnknown', seen: 'timeout' },
  },
  {
    what: 'a reset before any answer',
    answer: resetBeforeAnswer,
    onRead: { name: 'Unreachable', seen: 'reset' },
    onWrite: { name: 'OutcomeUnknown', seen: 'reset' },
  },
  {
    what: 'a reset after the headers',
    answer: resetAfterHeaders,
    onRead: { name: 'Unreachable', seen: 'reset' },
    onWrite: { name: 'OutcomeUnknown', seen: 'reset' },
  },
];

test.each(cases)(
  'A5 A6 $what: a read gives $onRead.name, a write $onWrite.name, after one request each',
  async (the) => {
    server.answer(the.answer);
    for (const [call, expected] of [
      [read, the.onRead],
      [reply, the.onWrite],
      [update, the.onWrite],
    ] as const) {
      const before = server.seen.length;
      expect(await failure(call, server.url, the.deadlineMs)).toMatchObject(expected);
      expect(server.seen.length - before).toBe(1);
    }
  },
);

test('the names of the errors are those of their classes', async () => {
  const classOf = async (answer: Script, call: typeof read) => {
    server.answer(answer);
    return failure(call);
  };
  expect(await classOf(answering(401), read)).toBeInstanceOf(Unauthorized);
  expect(await classOf(answering(400), reply)).toBeInstanceOf(Rejected);
  expect(await classOf(answering(404), read)).toBeInstanceOf(NotFound);
  expect(await classOf(answering(429), read)).toBeInstanceOf(RateLimited);
  expect(await classOf(answering(503), read)).toBeInstanceOf(Unreachable);
  expect(await classOf(answering(503), reply)).toBeInstanceOf(OutcomeUnknown);
});

async function listen(onConnection: (socket: net.Socket) => void): Promise<{ port: number; stop: () => void }> {
  const listening = net.createServer((socket) => onConnection(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { port: (listening.address() as AddressInfo).port, stop: () => void listening.close() };
}

test('A5 a write that found no connection was not sent: refused, no address, no TLS, an endless handshake', async () => {
  const closed = await listen(() => undefined);
  closed.stop();
  const plain = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const silent = await listen(() => undefined);
  const nowhere: [string, Kind][] = [
    [`http://127.0.0.1:${closed.port}`, { name: 'Unreachable', seen: 'ECONNREFUSED' }],
    ['http://nobody.invalid', { name: 'Unreachable' }],
    [`https://127.0.0.1:${plain.port}`, { name: 'Unreachable' }],
    [`https://127.0.0.1:${silent.port}`, { name: 'Unreachable', seen: 'timeout' }],
  ];
  try {
    for (const [baseUrl, expected] of nowhere) {
      for (const call of [read, reply, update]) {
        expect(await failure(call, baseUrl, baseUrl.endsWith(`${silent.port}`) ? shortMs : undefined)).toMatchObject(
          expected,
        );
      }
    }
  } finally {
    plain.stop();
    silent.stop();
  }
});

test('a 429 closes the limit for everybody: Retry-After in seconds, 60 s without one, an hour at most', async () => {
  const expectations: [string | undefined, number][] = [
    ['7', 7_000],
    ['1.5', 1_500],
    ['0', 1_000],
    ['3600', 3_600_000],
    ['86400', 3_600_000],
    ['soon', 60_000],
    [undefined, 60_000],
  ];
  for (const [header, closedMs] of expectations) {
    const limit = openLimit();
    server.answer(answering(429, 'busy', header === undefined ? {} : { 'retry-after': header }));
    await expect(clientOf(server.url, { limit }).ticket(12)).rejects.toMatchObject({ retryAfterMs: closedMs });
    expect(limit.lessons.at(-1)).toEqual(['closed', closedMs, null]);
  }
});

test('errors carry neither the key, nor what was sent, nor what Freshdesk said about it, except in `description`', async () => {
  const said = 'jane@example.com is not a valid address';
  const refusal = {
    description: 'Validation failed',
    errors: [{ field: 'jane@example.com!', message: said, code: 'invalid value' }],
  };
  const key = Buffer.from('secret-key:X').toString('base64');
  const answers = [
    answering(400, refusal),
    answering(401, { message: said }),
    answering(503, said),
    answering(200, said),
    resetBeforeAnswer,
  ];
  for (const answer of answers) {
    server.answer(answer);
    for (const call of [read, reply]) {
      const error = await failure(call);
      const logged = `${inspect(error, { depth: 9, showHidden: false })} ${JSON.stringify(error)}`;
      for (const personal of ['jane@', said, 'private words', 'secret-key', key])
        expect(logged).not.toContain(personal);
      expect(error).not.toHaveProperty('cause');
    }
  }
  server.answer(answering(400, refusal));
  expect(await failure(reply)).toMatchObject({
    message: 'Freshdesk refused POST /tickets/12/reply with 400 (janeexample.com: invalidvalue)',
    description: `Validation failed; jane@example.com!: ${said}`,
  });
});
