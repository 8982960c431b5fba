import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type AlertDeps, createDeliver, createLook, watchForAlerts } from '../../../src/loops/alerts.ts';
import { createAlerts } from '../../../src/db/background/alerts.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import type { FailingWorkflow } from '../../../src/domain/attention.ts';
import { openTestConnections } from '../../../testbed/api.ts';
import { until } from '../../../testbed/until.ts';
import { answering, type ScriptedServer, startScriptedServer } from '../../../testbed/scripted-server.ts';

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

let open: Awaited<ReturnType<typeof openTestConnections>>;
let receiver: ScriptedServer;
let failing: () => Promise<FailingWorkflow[]>;
let nowMs: number;
let logLines: string[];

beforeAll(async () => {
  [open, receiver] = [await openTestConnections(), await startScriptedServer()];
});
afterAll(async () => {
  await receiver.stop();
  await open.close();
});
beforeEach(() => {
  failing = async () => [];
  nowMs = Date.now();
  logLines = [];
  receiver.answer(answering(200, 'ok'));
});
afterEach(async () => {
  await open.db.alert.deleteMany();
  await open.db.outbound.deleteMany();
  await open.connections.setState('default', 'active', null);
  receiver.seen.length = 0;
});

const deps = (): AlertDeps => ({
  attention: createAttention(open.db),
  failingWorkflows: () => failing(),
  alerts: createAlerts(open.db),
  deliver: createDeliver(`${receiver.url}/hooks/a-secret`, 300),
  log: pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) }),
  now: () => new Date(nowMs),
});
/** A look of a process that has just been started. */
const look = (): Promise<void> => createLook(deps())();
const told = (): Record<string, unknown>[] =>
  receiver.seen.splice(0).map(({ body }) => JSON.parse(body) as Record<string, unknown>);
const unknown = (...ticketIds: number[]) =>
  open.db.outbound.createMany({
    data: ticketIds.map((ticketId) => ({
      key: `reply:${ticketId}`,
      connectionId: 'default',
      ticketId: BigInt(ticketId),
      kind: 'reply',
      state: 'unknown' as const,
      bodyHash: 'x',
      tries: 2,
      refusal: 'mia@customer.example is not allowed',
      updatedAt: new Date(nowMs),
    })),
  });

test('nothing is told while all is well', async () => {
  await look();
  expect(told()).toEqual([]);
});

test('C8 a broken connection is told once, over restarts, and its healing once', async () => {
  await open.connections.setState('default', 'broken', 'invalid_credentials');
  await look();
  await look();
  expect(receiver.seen[0]).toMatchObject({
    method: 'POST',
    url: '/hooks/a-secret',
    headers: { 'content-type': 'application/json' },
  });
  expect(told()).toEqual([
    {
      event: 'opened',
      kind: 'broken_connection',
      connection: 'default',
      count: 1,
      tickets: [],
      since: expect.any(String),
      text: expect.stringMatching(
        /^opencx-freshdesk, connection default: problem: the connection is broken; .* Freshdesk refuses this connection \(invalid_credentials\).*rotate-key/,
      ),
    },
  ]);
  await open.connections.setState('default', 'active', null);
  await look();
  await look();
  expect(told()).toMatchObject([
    {
      event: 'resolved',
      kind: 'broken_connection',
      text: expect.stringContaining('resolved: the connection is broken'),
    },
  ]);
  await open.connections.setState('default', 'broken', 'invalid_credentials');
  await look();
  expect(told()).toMatchObject([{ event: 'opened' }]);
});

test('A5 one message for many tickets, and those that come later are told of after an hour', async () => {
  await unknown(1, 2, 3);
  await look();
  expect(told()).toMatchObject([
    {
      event: 'opened',
      kind: 'unknown_outbound',
      count: 3,
      tickets: expect.arrayContaining([1, 2, 3]),
      text: expect.stringMatching(/3 × writes to Freshdesk.*tickets [123], [123], [123]\)/),
    },
  ]);
  nowMs += MINUTE_MS;
  await unknown(4);
  await look();
  expect(told()).toEqual([]);
  nowMs += HOUR_MS;
  await look();
  await look();
  expect(told()).toMatchObject([{ event: 'updated', count: 4 }]);
});

test('a flood of tickets is one message with ten of them, and hides no other problem', async () => {
  await unknown(...Array.from({ length: 300 }, (_, n) => n + 1));
  await open.connections.setState('default', 'broken', 'account_suspended');
  await look();
  const messages = told();
  expect(messages).toHaveLength(2);
  expect(messages.find(({ kind }) => kind === 'unknown_outbound')).toMatchObject({ count: 300 });
  expect(messages.flatMap(({ tickets }) => tickets)).toHaveLength(10);
});

test.each([
  ['R2 a refused resolution', { resolveRefused: 'cf_order' }, 'refused_resolve'],
  ['H4 a refused handoff', { handoffRefused: 'cf_order', handoffRefusedAt: new Date(0) }, 'refused_handoff'],
])('%s is told, with the ticket', async (_what, refused, kind) => {
  const at = new Date(nowMs);
  await open.db.session.create({
    data: {
      connectionId: 'default',
      ticketId: 8n,
      status: 'open',
      channel: 'email',
      admittedBy: 'assigned',
      subject: 'A secret subject',
      source: 1,
      ticketStatus: 2,
      ...refused,
      requesterEmail: 'mia@customer.example',
      ticketCreatedAt: at,
      ticketUpdatedAt: at,
      lookedAt: at,
    },
  });
  await look();
  await open.db.session.deleteMany();
  expect(told()).toMatchObject([{ kind, tickets: [8] }]);
});

describe('Temporal', () => {
  const down = () => Promise.reject(new Error('14 UNAVAILABLE'));

  test('failing workflows are told, and not called well while Temporal cannot be asked', async () => {
    failing = async () => [{ connection: 'default', ticketId: 5, since: new Date(nowMs), state: 'failed' }];
    await look();
    expect(told()).toMatchObject([{ event: 'opened', kind: 'failing_workflow', tickets: [5] }]);
    failing = down;
    await look();
    expect(told()).toEqual([]);
    failing = async () => [];
    await look();
    expect(told()).toMatchObject([{ event: 'resolved', kind: 'failing_workflow' }]);
  });

  test('Temporal that is away for a moment is no problem, and for two minutes is one', async () => {
    const process = createLook(deps());
    failing = down;
    await process();
    nowMs += 2 * MINUTE_MS - 1;
    await process();
    expect(told()).toEqual([]);
    nowMs += 1;
    await process();
    nowMs += 3 * HOUR_MS;
    await process();
    expect(told()).toMatchObject([{ event: 'opened', kind: 'temporal_unreachable', connection: null }]);
    failing = async () => [];
    await process();
    nowMs += MINUTE_MS;
    await process();
    expect(told()).toMatchObject([{ event: 'resolved', kind: 'temporal_unreachable' }]);
  });

  test('a process that can reach Temporal does not call it well while another cannot', async () => {
    const cutOff = createLook({ ...deps(), failingWorkflows: down });
    for (let minute = 0; minute < 4; minute += 1) {
      await cutOff();
      await look();
      nowMs += MINUTE_MS / 2;
      await look();
      nowMs += MINUTE_MS / 2;
      await cutOff();
    }
    expect(told()).toMatchObject([{ event: 'opened', kind: 'temporal_unreachable' }]);
  });
});

test('several processes tell of it once', async () => {
  await unknown(1);
  const processes = Array.from({ length: 4 }, () => createLook(deps()));
  for (let round = 0; round < 3; round += 1) await Promise.all(processes.map((process) => process()));
  expect(told()).toHaveLength(1);
  await open.db.outbound.deleteMany();
  for (let round = 0; round < 3; round += 1) await Promise.all(processes.map((process) => process()));
  expect(told()).toMatchObject([{ event: 'resolved' }]);
});

test('a process that listed a problem before another told of it does not tell it again', async () => {
  await unknown(1);
  const alerts = createAlerts(open.db);
  const slow = createLook({
    ...deps(),
    alerts: {
      ...alerts,
      claim: async (alert, end) => {
        await look();
        return alerts.claim(alert, end);
      },
    },
  });
  await slow();
  expect(told()).toHaveLength(1);
});

describe('a receiver that does not take it', () => {
  test.each([
    ['refuses', answering(500)],
    ['redirects', answering(302, '', { location: 'http://127.0.0.1:9/' })],
    ['says nothing', () => undefined],
  ])('one that %s gets it again, ever more rarely, until it does', async (_how, script) => {
    receiver.answer(script);
    await unknown(1);
    await look();
    await look();
    expect(told()).toHaveLength(1);
    nowMs += 15_000;
    await look();
    expect(told()).toHaveLength(1);
    nowMs += 15_000;
    await look();
    expect(told()).toHaveLength(0);
    nowMs += 15_000;
    receiver.answer(answering(204));
    await look();
    expect(told()).toMatchObject([{ event: 'opened' }]);
    nowMs += HOUR_MS;
    await look();
    expect(told()).toEqual([]);
    expect(logLines.join('')).toContain('did not take a message');
    expect(logLines.join('')).not.toMatch(/a-secret|127\.0\.0\.1/);
  });

  test('one that is not there is named in the log without its address', async () => {
    await unknown(1);
    await createLook({ ...deps(), deliver: createDeliver('http://127.0.0.1:9/hooks/a-secret') })();
    expect(logLines.join('')).toContain('ALERT_WEBHOOK_URL');
    expect(logLines.join('')).not.toMatch(/a-secret|127\.0\.0\.1/);
  });

  test('a problem that is over before anybody was told of it is not told', async () => {
    receiver.answer(answering(500));
    await unknown(1);
    await look();
    await open.db.outbound.deleteMany();
    nowMs += HOUR_MS;
    await look();
    expect(told()).toHaveLength(1);
    receiver.answer(answering(200));
    await look();
    expect(told()).toEqual([]);
  });

  test('the process that dies while it tells of it is waited for, and then another does', async () => {
    await unknown(1);
    const [alerts] = [createAlerts(open.db)];
    const dying = createLook({ ...deps(), deliver: () => new Promise(() => undefined) });
    void dying();
    await until('it is claimed', async () => (await alerts.list())[0]?.tries === 1);
    await look();
    expect(told()).toEqual([]);
    nowMs += MINUTE_MS;
    await look();
    expect(told()).toMatchObject([{ event: 'opened' }]);
  });
});

test('nothing personal is told', async () => {
  await unknown(1);
  await open.connections.setState('default', 'broken', 'not_admin');
  await look();
  expect(JSON.stringify(told())).not.toMatch(/mia@|customer\.example|Robin|robin@|acme/i);
});

test('a database that is away is said once and waited for', async () => {
  let looks = 0;
  const watch = watchForAlerts({
    ...deps(),
    attention: {
      everyKind: async () => {
        looks += 1;
        throw new Error('ECONNREFUSED postgresql://user:hunter2@db');
      },
    },
    everyMs: 1,
  });
  await until('it has looked again', () => looks > 3);
  await watch.stop();
  expect(logLines.filter((line) => line.includes('cannot see whether'))).toHaveLength(1);
  expect(logLines.join('')).not.toContain('hunter2');
});
