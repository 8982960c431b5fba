import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { newConnection, startTestApi } from '../../testbed/api.ts';

const AI = 1_001n;
const PERSON = 7n;
const FILE_ID = '01990000-0000-7000-8000-0000000000f1';
const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';
const at = (minute: number) => new Date(Date.UTC(2026, 0, 2, 10, minute));

let api: Awaited<ReturnType<typeof startTestApi>>;
let mainId = '';

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
    subject: `Ticket ${ticketId}`,
    source: 1,
    ticketStatus: 2,
    ticketCreatedAt: at(0),
    ticketUpdatedAt: at(0),
    lookedAt: at(0),
    createdAt: at(0),
    updatedAt: at(ticketId),
    ...changes,
  };
}

const thread = [
  { freshdeskId: 'ticket:1', seq: 0n, author: 'customer', kind: 'description', text: 'Where is my parcel?' },
  { freshdeskId: 'conversation:51', seq: 51n, author: 'ai', kind: 'reply', text: 'On its way.' },
  { freshdeskId: 'conversation:52', seq: 52n, author: 'customer', kind: 'reply', text: 'Thanks' },
] as const;

beforeAll(async () => {
  api = await startTestApi();
  await api.connections.save(
    newConnection({
      id: 'shop',
      domain: 'shop.freshdesk.com',
      agent: { id: 7, name: 'Sam', email: 'sam@shop.example' },
    }),
  );
  await api.connections.patchSettings('default', { channels: { web: { mode: 'autopilot' } } });
  const main = await api.db.session.create({
    data: session(1, { responderId: AI, tags: ['vip', 'parcel'], coveredThrough: 51n, language: 'en' }),
  });
  mainId = main.id;
  await api.db.session.createMany({
    data: [
      session(2, { responderId: PERSON, status: 'handed_off', coveredThrough: 0n }),
      session(3, { channel: 'web', tags: ['vip'] }),
      // The agent with the id 7 is a person in one account and the AI in the other.
      session(4, {
        connectionId: 'shop',
        responderId: PERSON,
        status: 'closed_resolved',
        closure: 'resolved',
        closedBy: 'ai',
      }),
      session(5, { updatedAt: at(4) }),
    ],
  });
  await api.db.message.createMany({
    data: thread.map((entry, index) => ({
      ...entry,
      connectionId: 'default',
      sessionId: mainId,
      visibility: 'public',
      mirroredAt: at(3),
      html: `<p>${entry.text}</p>`,
      createdAt: at(index),
      updatedAt: at(index),
    })),
  });
  const [first] = await api.db.message.findMany({ where: { sessionId: mainId }, orderBy: { seq: 'asc' }, take: 1 });
  await api.db.attachment.create({
    data: {
      id: FILE_ID,
      messageId: first?.id ?? '',
      remoteId: 9_007_199_254n,
      name: 'label.pdf',
      contentType: 'application/pdf',
      size: 12n,
      status: 'refused',
      reason: 'too_large',
    },
  });
  const turn = {
    sessionId: mainId,
    at: at(1),
    episode: 1,
    throughSeq: 0n,
    rule: 'E2',
    mode: 'autopilot',
    outcome: 'replied',
    engine: 'embedded',
    ms: 12,
  };
  await api.db.turn.create({
    data: {
      ...turn,
      confidence: 0.9,
      topic: 'shipping',
      sources: [{ title: 'Shipping', articleId: UNKNOWN_ID }],
      draft: { create: { sessionId: mainId, html: '<p>On its way.</p>', fate: 'sent', distance: 0, createdAt: at(1) } },
    },
  });
  await api.db.handoff.create({
    data: {
      sessionId: mainId,
      at: at(2),
      episode: 1,
      throughSeq: 52n,
      reasons: ['safety'],
      summary: 'A parcel.',
      sentiment: 'angry',
      language: 'en',
      routing: { kind: 'unassign' },
    },
  });
});
afterAll(() => api.close());

type List = { items: { ticketId: number }[]; nextCursor: string | null };

async function tickets(query: string): Promise<number[]> {
  const { status, body } = await api.api(`/sessions?${query}`);
  expect(status).toBe(200);
  return (body as List).items.map(({ ticketId }) => ticketId);
}

test('a session is shown whole, with its handoffs, turns and drafts', async () => {
  expect(await api.api(`/sessions/${mainId}`)).toMatchObject({ status: 200 });
  expect((await api.api(`/sessions/${mainId}`)).body).toEqual({
    id: mainId,
    connection: 'default',
    ticketId: 1,
    status: 'open',
    owner: 'ai',
    channel: 'email',
    mode: 'assist',
    subject: 'Ticket 1',
    language: 'en',
    sentiment: null,
    tags: ['vip', 'parcel'],
    group: null,
    contact: null,
    closure: null,
    closedBy: null,
    backfilled: false,
    coveredThrough: 'conversation:51',
    decision: expect.objectContaining({ kind: 'waiting', since: at(3).toISOString() }),
    waitingSince: at(3).toISOString(),
    heldSince: null,
    ticketCreatedAt: at(0).toISOString(),
    createdAt: at(0).toISOString(),
    updatedAt: at(1).toISOString(),
    handoffs: [
      {
        at: at(2).toISOString(),
        reasons: ['safety'],
        summary: 'A parcel.',
        sentiment: 'angry',
        language: 'en',
        routing: { kind: 'unassign' },
      },
    ],
    turns: [
      {
        at: at(1).toISOString(),
        rule: 'E2',
        outcome: 'replied',
        confidence: 0.9,
        topic: 'shipping',
        sources: [{ title: 'Shipping' }],
        engine: 'embedded',
        ms: 12,
      },
    ],
    drafts: [{ at: at(1).toISOString(), fate: 'sent', distance: 0 }],
  });
});

test('sessions come last changed first', async () => {
  const all = await tickets('');
  expect(all[2]).toBe(3);
  expect(new Set(all.slice(0, 2))).toEqual(new Set([4, 5]));
  expect(all.slice(3)).toEqual([2, 1]);
});

test.each([
  ['connection=shop', [4]],
  ['status=handed_off', [2]],
  ['status=closed_resolved', [4]],
  ['owner=ai', [4, 1]],
  ['owner=human', [2]],
  ['owner=none', [5, 3]],
  ['owner=ai&connection=default', [1]],
  ['owner=human&connection=shop', []],
  ['owner=ai&connection=nobody', []],
  ['channel=web', [3]],
  ['tag=vip', [3, 1]],
  ['ticketId=2', [2]],
  [`updatedSince=${at(3).toISOString()}&connection=default`, [5, 3]],
  ['updatedSince=2026-01-02T11:03:00%2B01:00&connection=default', [5, 3]],
  ['tag=vip&channel=web', [3]],
  ['tag=%27%3B%20DROP%20TABLE', []],
])('sessions filtered by %s', async (query, expected) => {
  expect(await tickets(query)).toEqual(expected);
});

test('cursor pages hold every session once, also where two changed in the same moment', async () => {
  const seen: number[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { body } = await api.api(`/sessions?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const page = body as List;
    expect(page.items).toHaveLength(1);
    seen.push(...page.items.map(({ ticketId }) => ticketId));
    cursor = page.nextCursor;
  }
  expect(seen).toEqual(await tickets(''));
});

test.each([
  ['colour=red', 'colour'],
  ['contact=5', 'contact'],
  ['status=opened', 'status'],
  ['owner=me', 'owner'],
  ['channel=fax', 'channel'],
  ['limit=0', 'limit'],
  ['limit=201', 'limit'],
  ['limit=ten', 'limit'],
  ['ticketId=abc', 'ticketId'],
  ['ticketId=99999999999999999999', 'ticketId'],
  ['ticketId=9999999999999999', 'ticketId'],
  ['updatedSince=yesterday', 'updatedSince'],
  ['updatedSince=0000-01-01T00:00:00Z', 'updatedSince'],
  ['updatedSince=9999-12-31T23:59:59-14:00', 'updatedSince'],
  ['tag=a&tag=b', 'tag'],
  ['cursor=bm9uc2Vuc2U', 'cursor'],
  [`cursor=${Buffer.from(`9000000000000000000/${UNKNOWN_ID}`).toString('base64url')}`, 'cursor'],
  [`cursor=${Buffer.from(`-99999999999999/${UNKNOWN_ID}`).toString('base64url')}`, 'cursor'],
])('a query that means nothing is 400 by name: %s', async (query, path) => {
  const { status, body } = await api.api(`/sessions?${query}`);
  expect(status).toBe(400);
  expect(body).toMatchObject({ errors: [{ path, message: expect.any(String) }] });
});

test('every wrong parameter is named at once', async () => {
  const { body } = await api.api('/sessions?colour=red&status=x&limit=0');
  const { errors } = body as { errors: { path: string }[] };
  expect(errors.map(({ path }) => path).sort()).toEqual(['colour', 'limit', 'status']);
});

test('the description is covered as ticket:<id>, and nothing yet as null', async () => {
  const { body } = await api.api('/sessions?connection=default');
  const covered = (body as { items: { ticketId: number; coveredThrough: string | null; mode: string }[] }).items;
  expect(covered.find(({ ticketId }) => ticketId === 2)?.coveredThrough).toBe('ticket:2');
  expect(covered.find(({ ticketId }) => ticketId === 3)).toMatchObject({ coveredThrough: null, mode: 'autopilot' });
});

test('the thread is read oldest first, in pages', async () => {
  const first = await api.api(`/sessions/${mainId}/messages?limit=2`);
  const { items, nextCursor } = first.body as { items: unknown[]; nextCursor: string };
  expect(items).toEqual([
    {
      freshdeskId: 'ticket:1',
      author: 'customer',
      visibility: 'public',
      kind: 'description',
      text: 'Where is my parcel?',
      html: '<p>Where is my parcel?</p>',
      ignored: null,
      attachments: [
        {
          id: FILE_ID,
          name: 'label.pdf',
          contentType: 'application/pdf',
          size: 12,
          status: 'refused',
          reason: 'too_large',
        },
      ],
      createdAt: at(0).toISOString(),
    },
    expect.objectContaining({ freshdeskId: 'conversation:51', author: 'ai', attachments: [] }),
  ]);
  const second = await api.api(`/sessions/${mainId}/messages?limit=2&cursor=${nextCursor}`);
  expect(second.body).toMatchObject({ items: [{ freshdeskId: 'conversation:52' }], nextCursor: null });
});

test.each([`/sessions/${UNKNOWN_ID}`, `/sessions/${UNKNOWN_ID}/messages`, '/sessions/1/messages'])(
  'an unknown session is 404: %s',
  async (path) => {
    expect(await api.api(path)).toMatchObject({ status: 404 });
  },
);

test('messages take a cursor and a limit, nothing else', async () => {
  expect(await api.api(`/sessions/${mainId}/messages?status=open`)).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'status' }] },
  });
});
