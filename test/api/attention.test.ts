import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FailingWorkflow } from '../../src/domain/attention.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { startTestApi } from '../../testbed/api.ts';

type Item = {
  kind: string;
  connection: string;
  ticketId: number | null;
  since: string;
  what: string;
  whatToDo: string;
};
const at = (minute: number) => new Date(Date.UTC(2026, 0, 2, 10, minute));

let api: Awaited<ReturnType<typeof startTestApi>>;
let failing: () => Promise<FailingWorkflow[]> = async () => [];

beforeAll(async () => {
  api = await startTestApi({
    temporal: { signalTicket: async () => undefined, failingWorkflows: () => failing() },
  });
});
afterEach(async () => {
  failing = async () => [];
  await api.db.outbound.deleteMany();
  await api.db.session.deleteMany();
  await api.connections.setState('default', 'active', null);
  api.logLines.length = 0;
});
afterAll(() => api.close());

function session(
  ticketId: number,
  changes: Partial<Prisma.SessionUncheckedCreateInput> = {},
): Prisma.SessionUncheckedCreateInput {
  return {
    connectionId: 'default',
    ticketId: BigInt(ticketId),
    status: 'open',
    channel: 'email',
    admittedBy: 'assigned',
    subject: 'A secret subject',
    source: 1,
    ticketStatus: 2,
    requesterEmail: 'mia@customer.example',
    ticketCreatedAt: at(0),
    ticketUpdatedAt: at(0),
    lookedAt: at(0),
    updatedAt: at(0),
    ...changes,
  };
}
const outbound = (ticketId: number, changes: Partial<Prisma.OutboundUncheckedCreateInput> = {}) => ({
  key: `reply:default:${ticketId}:0`,
  connectionId: 'default',
  ticketId: BigInt(ticketId),
  kind: 'reply',
  state: 'unknown' as const,
  bodyHash: 'x',
  tries: 2,
  updatedAt: at(0),
  ...changes,
});
const attention = async (): Promise<Item[]> => {
  const { status, body } = await api.api('/attention');
  expect(status).toBe(200);
  return (body as { items: Item[] }).items;
};

describe('what needs a person', () => {
  test('nothing, when all is well', async () => {
    await api.db.session.create({ data: session(1) });
    await api.db.outbound.createMany({
      data: (['pending', 'sending', 'sent', 'rejected'] as const).map((state, index) =>
        outbound(index + 1, { state, key: state }),
      ),
    });
    expect(await attention()).toEqual([]);
  });

  test('A5 a write whose outcome nobody can tell', async () => {
    await api.db.outbound.create({ data: outbound(7, { updatedAt: at(3) }) });
    expect(await attention()).toEqual([
      {
        kind: 'unknown_outbound',
        connection: 'default',
        ticketId: 7,
        since: at(3).toISOString(),
        what: expect.stringContaining('A reply to the customer was sent 2 times'),
        whatToDo: expect.stringContaining('Assigning it to the AI agent'),
      },
    ]);
  });

  test('C8 a connection that Freshdesk refuses, since it did', async () => {
    const before = Date.now();
    await api.connections.setState('default', 'broken', 'invalid_credentials');
    await api.connections.patchSettings('default', { paused: true });
    const items = await attention();
    expect(items).toMatchObject([
      {
        kind: 'broken_connection',
        connection: 'default',
        ticketId: null,
        what: expect.stringContaining('invalid_credentials'),
        whatToDo: expect.stringContaining('connections rotate-key default'),
      },
    ]);
    const { brokenSince } = await api.db.connection.findUniqueOrThrow({ where: { id: 'default' } });
    expect(items[0]?.since).toBe(brokenSince?.toISOString());
    expect(Date.parse(items[0]?.since ?? '')).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ['invalid_credentials', 'View API key'],
    ['not_admin', "Make the key's agent an administrator"],
    ['agent_deactivated', "Activate the key's agent"],
    ['account_suspended', 'billing'],
  ])('C8 what to do about a connection that is broken by %s', async (reason, advice) => {
    await api.connections.setState('default', 'broken', reason);
    const [item] = await attention();
    expect(item?.whatToDo).toContain(advice);
    if (reason === 'account_suspended') return expect(item?.whatToDo).not.toContain('rotate-key');
    expect(item?.whatToDo).toContain('"connections rotate-key default", or FRESHDESK_API_KEY and a restart');
  });

  test('R2 a ticket that Freshdesk refused to resolve, with the fields it asks for, since it last did', async () => {
    const { id } = await api.db.session.create({ data: session(8, { resolveRefused: 'cf_order, type' }) });
    await api.db.session.create({ data: session(9, { resolveRefused: 'cf_order', status: 'closed_resolved' }) });
    const turn = { sessionId: id, episode: 1, throughSeq: 0n, rule: 'R1', mode: 'autopilot', engine: 'rules', ms: 0 };
    await api.db.turn.createMany({
      data: [
        { ...turn, outcome: 'resolve_refused', at: at(1) },
        { ...turn, outcome: 'resolve_refused', at: at(5) },
        { ...turn, outcome: 'replied', at: at(6) },
      ],
    });
    expect(await attention()).toMatchObject([
      {
        kind: 'refused_resolve',
        ticketId: 8,
        since: at(5).toISOString(),
        what: expect.stringContaining('cf_order, type'),
      },
    ]);
  });

  test('H4 a ticket for people that Freshdesk refuses to take from the AI agent, since it first did', async () => {
    const refused = { handoffRefused: 'cf_order, type', handoffRefusedAt: at(5) };
    await api.db.session.create({ data: session(8, refused) });
    await api.db.session.create({ data: session(9, { ...refused, status: 'handed_off' }) });
    expect(await attention()).toEqual([
      {
        kind: 'refused_handoff',
        connection: 'default',
        ticketId: 8,
        since: at(5).toISOString(),
        what: expect.stringContaining('cf_order, type'),
        whatToDo: expect.stringContaining('Assign the ticket to a person'),
      },
    ]);
  });

  test('N6 a model that refuses our requests: once per connection, until it answers again', async () => {
    const { id: sessionId } = await api.db.session.create({ data: session(8) });
    const call = async (minutesAgo: number, detail: string | null, endedAt: Date | null = null) => {
      const turnId = randomUUID();
      const startedAt = new Date(Date.now() - minutesAgo * 60_000);
      const turn = { id: turnId, sessionId, episode: 1, throughSeq: 0n, rule: 'E6', mode: 'autopilot', ms: 0 };
      await api.db.turn.create({ data: { ...turn, engine: 'model', outcome: 'handed_off', detail } });
      await api.db.modelCall.create({
        data: { connectionId: 'default', sessionId, turnId, stage: 'draft', round: 1, model: 'm', startedAt, endedAt },
      });
      return startedAt;
    };
    await call(2_000, 'model_refused'); // the day before
    await call(40, 'model_refused');
    await call(30, null, new Date());
    expect(await attention()).toEqual([]);
    const since = await call(20, 'model_refused');
    await call(10, 'model_key_refused');
    await call(5, 'model_down');
    expect(await attention()).toEqual([
      {
        kind: 'model_refused',
        connection: 'default',
        ticketId: null,
        since: since.toISOString(),
        what: expect.stringContaining('AI_API_KEY'),
        whatToDo: expect.stringContaining('doctor'),
      },
    ]);
    await call(1, null, new Date());
    expect(await attention()).toEqual([]);
  });

  test('a workflow that has failed, or that goes no further', async () => {
    failing = async () => [
      { connection: 'default', ticketId: 1, since: at(1), state: 'failed' },
      { connection: 'shop', ticketId: 2, since: at(2), state: 'stuck' },
    ];
    expect(await attention()).toMatchObject([
      { kind: 'failing_workflow', connection: 'shop', ticketId: 2, what: expect.stringContaining('again and again') },
      { kind: 'failing_workflow', connection: 'default', ticketId: 1, what: expect.stringContaining('has ended') },
    ]);
  });

  test('when Temporal cannot be asked, that is said, and the rest is told all the same', async () => {
    await api.db.outbound.create({ data: outbound(7) });
    failing = () => Promise.reject(new Error('14 UNAVAILABLE'));
    expect((await attention()).map(({ kind }) => kind)).toEqual(['temporal_unreachable', 'unknown_outbound']);
    expect(api.logLines.join('')).toContain('Temporal cannot say');
  });

  test('the newest comes first, and a flood is cut', async () => {
    await api.db.outbound.createMany({
      data: Array.from({ length: 250 }, (_, n) =>
        outbound(n + 1, { key: `reply:${n}`, updatedAt: new Date(at(0).getTime() + n * 1_000) }),
      ),
    });
    failing = async () => [{ connection: 'default', ticketId: 999, since: at(59), state: 'failed' }];
    const items = await attention();
    expect(items).toHaveLength(200);
    expect(items.slice(0, 3).map(({ ticketId }) => ticketId)).toEqual([999, 250, 249]);
  });

  test('nothing personal is told, and only to the administrator', async () => {
    await api.db.session.create({ data: session(8, { resolveRefused: 'cf_order' }) });
    await api.db.outbound.create({ data: outbound(8, { refusal: 'mia@customer.example is not allowed' }) });
    await api.connections.setState('default', 'broken', 'not_admin');
    expect(JSON.stringify(await attention())).not.toMatch(/secret subject|mia@|customer\.example|Robin|robin@/);
    expect((await fetch(`${api.url}/api/attention`)).status).toBe(401);
    expect((await api.api('/attention', { method: 'POST', body: {} })).status).toBe(405);
  });
});
