import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createMetrics } from '../../src/api/metrics.ts';
import { createFigures } from '../../src/db/reads/figures.ts';
import { createRateLimit } from '../../src/db/connections/rate-limit.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { newConnection, startTestApi, WEBHOOK_SECRET } from '../../testbed/api.ts';

const MINUTE_MS = 60_000;
const CONNECTED_AT = new Date('2026-01-01T00:00:00Z');
const AI_AGENT = 1_001n;

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.db.outbound.deleteMany();
  await api.db.session.deleteMany();
  await api.db.tally.deleteMany();
  await api.db.connection.updateMany({ data: { settings: {}, autoHandleSince: null } });
});

/** The value of a sample by its name and labels, as Prometheus would read it. */
async function sample(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const page = await (await fetch(`${api.url}/metrics`)).text();
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const line = page
    .split('\n')
    .find((one) => /^\w+/.exec(one)?.[0] === `opencx_${name}` && wanted.every((label) => one.includes(label)));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}
const ofDefault = (name: string, labels: Record<string, string> = {}) =>
  sample(name, { connection: 'default', ...labels });

async function newSession(changes: Partial<Prisma.SessionUncheckedCreateInput> = {}): Promise<string> {
  const { id } = await api.db.session.create({
    data: {
      connectionId: 'default',
      ticketId: BigInt(Math.floor(Math.random() * 1e9)),
      status: 'open',
      channel: 'email',
      admittedBy: 'assigned',
      subject: 'A secret subject',
      source: 1,
      ticketStatus: 2,
      responderId: AI_AGENT,
      requesterEmail: 'mia@customer.example',
      coveredThrough: -1n,
      ticketCreatedAt: CONNECTED_AT,
      ticketUpdatedAt: CONNECTED_AT,
      lookedAt: CONNECTED_AT,
      ...changes,
    },
  });
  return id;
}

let lastMessage = 0;
async function newMessage(
  sessionId: string,
  ageMinutes: number,
  changes: Partial<Prisma.MessageUncheckedCreateInput> = {},
): Promise<void> {
  lastMessage += 1;
  const at = new Date(Date.now() - ageMinutes * MINUTE_MS);
  await api.db.message.create({
    data: {
      connectionId: 'default',
      sessionId,
      freshdeskId: `conversation:${lastMessage}`,
      seq: BigInt(lastMessage),
      author: 'customer',
      visibility: 'public',
      kind: 'reply',
      html: 'My secret',
      text: 'My secret',
      createdAt: at,
      updatedAt: at,
      mirroredAt: at,
      ...changes,
    },
  });
}

const newTurn = async (sessionId: string, changes: Partial<Prisma.TurnUncheckedCreateInput> = {}) =>
  api.db.turn.create({
    data: {
      sessionId,
      episode: 1,
      throughSeq: 0n,
      rule: 'E4',
      mode: 'autopilot',
      engine: 'embedded',
      ms: 5,
      outcome: 'planned',
      ...changes,
    },
  });

test('/metrics needs no token, and is what Prometheus reads', async () => {
  const response = await fetch(`${api.url}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; .*version=0\.0\.4/);
  const page = await response.text();
  for (const line of page.split('\n').filter((one) => one !== ''))
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^{}]*\})? (-?[\d.e+-]+|NaN))$/);
  expect(page).toContain('nodejs_eventloop_lag_seconds');
  expect((await fetch(`${api.url}/metrics`, { method: 'POST' })).status).toBe(405);
});

test('webhooks are counted by result', async () => {
  const results = ['accepted', 'unauthorized', 'no_ticket_id', 'too_large', 'not_json'];
  const counts = async () => Promise.all(results.map((result) => sample('webhooks_total', { result })));
  expect(await counts()).toEqual([0, 0, 0, 0, 0]);
  const send = (body: string, { secret = WEBHOOK_SECRET, type = 'application/json' } = {}) =>
    fetch(`${api.url}/webhooks/freshdesk/default`, {
      method: 'POST',
      headers: { 'content-type': type, 'x-webhook-secret': secret },
      body,
    });
  await send('{"ticket_id":1}');
  await send('{"ticket_id":2}');
  await send('{"ticket_id":3}', { secret: 'wrong' });
  await send('{}');
  await send('x'.repeat(300 * 1024));
  await send('{}', { type: 'text/plain' });
  expect(await counts()).toEqual([2, 1, 1, 1, 1]);
});

test('calls to Freshdesk are counted by endpoint and status', async () => {
  const call = { method: 'POST', endpoint: '/tickets/:id/reply', status: '201', ms: 120, atMs: null };
  api.metrics.freshdeskCall('default', call);
  api.metrics.freshdeskCall('default', call);
  api.metrics.freshdeskCall('default', { ...call, status: 'timeout' });
  const { endpoint } = call;
  expect(await ofDefault('freshdesk_calls_total', { endpoint, method: 'POST', status: '201' })).toBe(2);
  expect(await ofDefault('freshdesk_calls_total', { endpoint, status: 'timeout' })).toBe(1);
  expect(await ofDefault('freshdesk_call_seconds_count', { method: 'POST' })).toBe(3);
});

describe('what all processes have done', () => {
  test('turns are counted by outcome once, when they end, and stay counted when their session is erased', async () => {
    const sessionId = await newSession();
    const [one] = [await newTurn(sessionId), await newTurn(sessionId, { outcome: 'dropped' })];
    expect(await ofDefault('turns_total', { outcome: 'replied' })).toBeUndefined();
    expect(await ofDefault('turns_total', { outcome: 'planned' })).toBeUndefined();
    for (let again = 0; again < 2; again += 1)
      await api.db.turn.update({ where: { id: one.id }, data: { outcome: 'replied' } });
    const counted = async () => [
      await ofDefault('turns_total', { outcome: 'replied' }),
      await ofDefault('turns_total', { outcome: 'dropped' }),
    ];
    expect(await counted()).toEqual([1, 1]);
    await api.db.session.deleteMany();
    expect(await counted()).toEqual([1, 1]);
  });

  test('handoffs are counted by each of their reasons', async () => {
    const handoff = { episode: 1, summary: 'A secret', routing: {} };
    const sessionId = await newSession();
    await api.db.handoff.create({
      data: { ...handoff, sessionId, throughSeq: 1n, reasons: ['low_confidence', 'frustration'] },
    });
    await api.db.handoff.create({ data: { ...handoff, sessionId, throughSeq: 2n, reasons: ['low_confidence'] } });
    expect(await ofDefault('handoffs_total', { reason: 'low_confidence' })).toBe(2);
    expect(await ofDefault('handoffs_total', { reason: 'frustration' })).toBe(1);
  });

  test('N3 tokens and money are counted by model, call by call, and stay counted when the session is erased', async () => {
    const call = { connectionId: 'default', round: 1, startedAt: new Date(), turnId: randomUUID() };
    const sessionId = await newSession();
    const { id } = await api.db.modelCall.create({ data: { ...call, sessionId, stage: 'draft', model: 'small-1' } });
    expect(await ofDefault('model_tokens_total', { model: 'small-1' })).toBeUndefined();
    await api.db.modelCall.update({ where: { id }, data: { inputTokens: 900, outputTokens: 100, money: 0.0125 } });
    await api.db.modelCall.update({ where: { id }, data: { endedAt: new Date() } });
    await api.db.modelCall.create({
      data: { ...call, sessionId, stage: 'check', model: 'large-1', inputTokens: 50, money: null },
    });
    await api.db.session.deleteMany();
    expect(await ofDefault('model_tokens_total', { model: 'small-1' })).toBe(1_000);
    expect(await ofDefault('model_money_total', { model: 'small-1' })).toBeCloseTo(0.0125, 6);
    expect(await ofDefault('model_tokens_total', { model: 'large-1' })).toBe(50);
    expect(await ofDefault('model_money_total', { model: 'large-1' })).toBeUndefined();
  });
});

describe('how things are', () => {
  test('C8 a broken connection', async () => {
    expect(await ofDefault('connection_active')).toBe(1);
    await api.connections.setState('default', 'broken', 'invalid_credentials');
    expect(await ofDefault('connection_active')).toBe(0);
    await api.connections.setState('default', 'active', null);
  });

  test('A5 writes whose outcome nobody can tell', async () => {
    expect(await ofDefault('outbounds_unknown')).toBe(0);
    const row = { connectionId: 'default', ticketId: 7n, kind: 'reply', bodyHash: 'x' };
    await api.db.outbound.createMany({
      data: [
        { ...row, key: '1', state: 'unknown' },
        { ...row, key: '2', state: 'sent' },
      ],
    });
    expect(await ofDefault('outbounds_unknown')).toBe(1);
  });

  test('the rate budget: what the last answer left, and nothing while Freshdesk has closed it', async () => {
    expect(await ofDefault('freshdesk_rate_left')).toBeUndefined();
    const limit = createRateLimit(api.db, 'default');
    await limit.learned({ credits: 1, total: 400, remaining: 100 });
    expect(await ofDefault('freshdesk_rate_total')).toBe(400);
    const left = await ofDefault('freshdesk_rate_left');
    expect(left).toBeGreaterThanOrEqual(100);
    expect(left).toBeLessThan(150);
    await limit.closedFor(60_000, null);
    expect(await ofDefault('freshdesk_rate_left')).toBe(0);
  });

  test('the age of what waits: only what the AI is to deal with', async () => {
    await newMessage(await newSession(), 5);
    await newMessage(await newSession(), 9);
    // None of these waits for the AI.
    await newMessage(await newSession({ responderId: 77n }), 50);
    await newMessage(await newSession({ responderId: 77n, admittedBy: 'auto_handle', aiWrote: true }), 50);
    await newMessage(await newSession({ responderId: 77n, admittedBy: 'auto_handle', personStepped: true }), 50);
    await newMessage(await newSession({ status: 'handed_off' }), 50);
    await newMessage(await newSession({ status: 'closed_resolved' }), 50);
    await newMessage(await newSession({ channel: 'other' }), 50);
    await newMessage(await newSession({ coveredThrough: 1_000_000n }), 50);
    await newMessage(await newSession(), 50, { ignoredBy: 'E8' });
    await newMessage(await newSession(), 50, { author: 'agent' });
    await newMessage(await newSession(), 50, { createdAt: new Date(CONNECTED_AT.getTime() - 1) });
    expect(await ofDefault('waiting_tickets')).toBe(2);
    expect((await ofDefault('waiting_oldest_seconds')) ?? 0).toBeCloseTo(9 * 60, -1);
  });

  test('E5 a ticket that a rule of Freshdesk assigns before the AI wrote goes on waiting for the AI', async () => {
    await newMessage(await newSession({ responderId: 77n, admittedBy: 'auto_handle' }), 5);
    await newMessage(await newSession({ responderId: 77n, admittedBy: 'default_group' }), 5);
    expect(await ofDefault('waiting_tickets')).toBe(2);
  });

  test('E7 in assist a draft is waited for where nobody has the ticket, and of people only where they want it', async () => {
    await newMessage(await newSession({ responderId: null }), 5);
    expect(await ofDefault('waiting_tickets')).toBe(1);
    await newMessage(await newSession({ responderId: 77n }), 5);
    await newMessage(await newSession({ responderId: null, status: 'handed_off' }), 5);
    expect(await ofDefault('waiting_tickets')).toBe(1);
    await api.connections.patchSettings('default', { assist: { whenHumanOwned: true } });
    expect(await ofDefault('waiting_tickets')).toBe(3);
    await api.connections.patchSettings('default', { channels: { email: { mode: 'autopilot' } } });
    expect(await ofDefault('waiting_tickets')).toBe(0);
  });

  test('unassigned tickets on autopilot wait where auto-handle or the default group engages the AI', async () => {
    await api.connections.patchSettings('default', { channels: { email: { mode: 'autopilot' } } });
    await newMessage(await newSession({ responderId: null, groupId: 5n }), 5);
    expect(await ofDefault('waiting_tickets')).toBe(0);
    await api.connections.patchSettings('default', { intake: { defaultGroupId: 5 } });
    expect(await ofDefault('waiting_tickets')).toBe(1);
    await api.connections.patchSettings('default', { intake: { defaultGroupId: null, autoHandleAll: true } });
    expect(await ofDefault('waiting_tickets')).toBe(0); // E1: from before auto-handle was switched on
    await newMessage(await newSession({ responderId: null }), 0, { createdAt: new Date(Date.now() + MINUTE_MS) });
    expect(await ofDefault('waiting_tickets')).toBe(1);
  });

  test('E12 how long the first ticket has been held up', async () => {
    expect(await ofDefault('held_tickets')).toBe(0);
    await newSession({ heldSince: new Date(Date.now() - 3 * MINUTE_MS) });
    await newSession({ heldSince: new Date() });
    expect(await ofDefault('held_tickets')).toBe(2);
    expect((await ofDefault('held_oldest_seconds')) ?? 0).toBeCloseTo(180, -1);
  });
});

describe('a part that cannot be read', () => {
  const log = pino({ level: 'silent' });

  test('without the database the page says so, and the rest is there', async () => {
    let down = false;
    const figures = createFigures(api.db);
    const metrics = createMetrics({
      figures: () => (down ? Promise.reject(new Error('ECONNREFUSED')) : figures()),
      log,
      freshForMs: 0,
    });
    expect(await metrics.page()).toContain('opencx_database_up 1');
    down = true;
    metrics.webhook('accepted');
    const page = await metrics.page();
    expect(page).toContain('opencx_database_up 0');
    expect(page).toContain('opencx_webhooks_total{result="accepted"} 1');
  });

  test("the page of Temporal's SDK is beside ours, and may be missing", async () => {
    let gone = false;
    const metrics = createMetrics({
      figures: createFigures(api.db),
      temporalMetrics: () => (gone ? Promise.reject(new Error('gone')) : Promise.resolve('temporal_request 3\n')),
      log,
    });
    expect(await metrics.page()).toMatch(/^opencx_webhooks_total[^]*\ntemporal_request 3\n$/m);
    gone = true;
    expect(await metrics.page()).toContain('opencx_webhooks_total');
  });

  test('whoever asks again at once costs no more queries', async () => {
    let asked = 0;
    const figures = async () => {
      asked += 1;
      return { connections: [], tallies: [] };
    };
    const metrics = createMetrics({ figures, log });
    await Promise.all([metrics.page(), metrics.page()]);
    await metrics.page();
    expect(asked).toBe(1);
  });
});

test('a connection that was removed has no figures', async () => {
  await api.connections.save(newConnection({ id: 'bygone' }));
  const page = async () => (await fetch(`${api.url}/metrics`)).text();
  expect(await page()).toContain('connection="bygone"');
  await api.connections.remove('bygone');
  expect(await page()).not.toContain('bygone');
});

test('nothing personal is in the page', async () => {
  await newMessage(await newSession(), 5);
  expect(await (await fetch(`${api.url}/metrics`)).text()).not.toMatch(/secret|mia@|customer\.example|Robin|acme/i);
});
