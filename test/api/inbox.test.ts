import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Call } from '../../src/contract/operations.ts';
import type { Prisma } from '../../src/generated/prisma/client.ts';
import { startTestApi } from '../../testbed/api.ts';

const AI = 1_001n;
const PERSON = 7n;
const at = (minute: number) => new Date(Date.UTC(2026, 0, 2, 10, minute));
const TEN_MINUTES_AGO = new Date(Date.now() - 600_000);

let api: Awaited<ReturnType<typeof startTestApi>>;

type NewSession = Partial<Prisma.SessionUncheckedCreateInput>;
type NewTurn = Partial<Prisma.TurnUncheckedCreateInput> & { draft?: { fate: string | null } };
type Story = {
  session: NewSession;
  said?: string;
  turn?: NewTurn;
  handoff?: string[];
};

/** One ticket for each thing that a list can say. */
const STORIES: Record<number, Story> = {
  1: {
    session: { responderId: AI, subject: 'Refund for order 77', groupId: 5n, tags: ['vip'] },
    said: 'It broke in two.',
  },
  2: {
    session: { responderId: AI, coveredThrough: 0n, tags: ['vip', 'returns'], groupId: 5n },
    said: 'How do I send it back?',
    turn: {
      outcome: 'drafted',
      confidence: 0.72,
      sources: [{ title: 'Returns' }, { title: 'Refunds' }],
      draft: { fate: null },
    },
  },
  3: {
    session: { status: 'handed_off', coveredThrough: 0n, channel: 'web' },
    said: 'I want my money, all of it',
    turn: { outcome: 'handed_off', reasons: ['low_confidence'] },
    handoff: ['low_confidence', 'frustrated_customer'],
  },
  4: { session: { status: 'handed_off', responderId: PERSON, coveredThrough: 0n }, said: 'Hello?' },
  5: { session: { responderId: AI, heldSince: at(9), tags: ['returns'] }, said: 'Is anybody there?' },
  6: {
    session: { status: 'closed_resolved', closure: 'assumed_resolved', closedBy: 'ai', coveredThrough: 0n },
    said: 'Where is the manual?',
    turn: { outcome: 'replied', confidence: 0.9, sources: [{ title: 'Manuals' }], draft: { fate: null } },
  },
  7: { session: { channel: 'other' }, said: 'Tweet' },
  8: {
    session: { status: 'handed_off', responderId: PERSON, coveredThrough: 0n },
    said: 'Does it come in red?',
    turn: { outcome: 'drafted', confidence: 0.66, sources: [{ title: 'Colours' }], draft: { fate: 'edited' } },
  },
};

async function make(ticketId: number, { session, said, turn, handoff }: Story): Promise<void> {
  const { id } = await api.db.session.create({
    data: {
      connectionId: 'default',
      ticketId: BigInt(ticketId),
      status: 'open',
      channel: 'email',
      admittedBy: 'assigned',
      subject: `Ticket ${ticketId}`,
      source: 1,
      ticketStatus: 2,
      ticketCreatedAt: at(20 - ticketId),
      ticketUpdatedAt: at(0),
      lookedAt: at(0),
      updatedAt: at(ticketId),
      ...session,
    },
  });
  const ofSession = { sessionId: id };
  if (said !== undefined) {
    const entry = { visibility: 'public', kind: 'description', html: '', createdAt: at(0), updatedAt: at(0) } as const;
    await api.db.message.create({
      data: {
        ...ofSession,
        ...entry,
        connectionId: 'default',
        freshdeskId: `ticket:${ticketId}`,
        seq: 0n,
        author: 'customer',
        text: said,
        mirroredAt: TEN_MINUTES_AGO,
      },
    });
  }
  if (turn !== undefined) {
    const { draft, ...data } = turn;
    await api.db.turn.create({
      data: {
        ...ofSession,
        at: at(1),
        episode: 1,
        throughSeq: 0n,
        rule: 'E4',
        mode: 'assist',
        outcome: 'planned',
        engine: 'embedded',
        ms: 1,
        ...data,
        ...(draft === undefined ? {} : { draft: { create: { ...ofSession, html: '<p>So.</p>', ...draft } } }),
      },
    });
  }
  if (handoff !== undefined) {
    await api.db.handoff.create({
      data: {
        ...ofSession,
        at: at(2),
        episode: 1,
        throughSeq: 0n,
        reasons: handoff,
        summary: '',
        routing: { step: 'routed' },
      },
    });
  }
}

beforeAll(async () => {
  api = await startTestApi();
  await api.connections.setGroups('default', [{ id: 5, name: 'Returns desk' }]);
  await api.connections.patchSettings('default', { paused: true });
  for (const [ticketId, story] of Object.entries(STORIES)) await make(Number(ticketId), story);
});
afterAll(() => api.close());

type Page = Call<'listSessions'>['answer'];
type Counts = Call<'countSessions'>['answer'];

async function list(query: string): Promise<Page['items']> {
  const { status, body } = await api.api(`/sessions?${query}`);
  expect(status).toBe(200);
  return (body as Page).items;
}
const ticketsOf = (items: Page['items']) => items.map(({ ticketId }) => ticketId);

test.each([
  [1, 'waiting', 'waits 10 min', null],
  [2, 'drafted', 'drafted 0.72 from Returns', null],
  [3, 'handed_off', 'handed off: low confidence, frustrated customer', null],
  [4, 'silent', 'silent: a person has it', 'E4'],
  [5, 'held', /^held \d+ days: the connection is paused$/, 'E12'],
  [6, 'closed', 'resolved after silence', null],
  [7, 'silent', 'silent: this channel is mirrored only', 'E7'],
  [8, 'drafted', 'draft sent, edited', null],
])('a list says in one line what the AI did last on ticket %s, or why it does nothing: %s', async (...expected) => {
  const [ticketId, kind, words, rule] = expected;
  const [found] = await list(`ticketId=${ticketId}`);
  expect(found?.decision).toMatchObject({
    kind,
    rule,
    words: typeof words === 'string' ? words : expect.stringMatching(words),
  });
});

const FILTERED: [string, number[]][] = [
  ['group=5', [2, 1]],
  ['reason=low_confidence', [3]],
  ['reason=safety', []],
  ['outcome=handed_off', [3]],
  ['outcome=answered_with_draft', [8]],
  ['outcome=open&channel=email', [5, 4, 2, 1]],
  ['draft=open', [2]],
  ['draft=edited', [8]],
  ['waiting=true', [5, 1]],
  ['held=true', [5]],
  ['held=false&status=open', [7, 2, 1]],
  ['q=refund', [1]],
  ['q=ref', [1]],
  ['q=broke+two', [1]],
  ['q=two+broken', []],
  ["q=zz's+%26+|+!(", []],
  ['q=%22%3A*+%27', []],
  ['q=4', [4]],
  ['q=%234', [4]],
  [`from=${at(17).toISOString()}`, [3, 2, 1]],
  [`from=${at(17).toISOString()}&to=${at(19).toISOString()}`, [3, 2]],
  ['tag=vip&group=5&draft=open', [2]],
  ['status=open&owner=ai&waiting=true', [5, 1]],
];

describe('U6 the rows of each filter, and of three together', () => {
  test.each(FILTERED)('%s', async (query, expected) => {
    expect(ticketsOf(await list(query))).toEqual(expected);
  });

  test.each(FILTERED)('the count under %s is that of its rows', async (query, expected) => {
    expect((await api.api(`/sessions/counts?${query}`)).body).toMatchObject({ total: expected.length });
  });
});

test('U6 each count is the number of rows that its value would show, the other filters kept', async () => {
  const counts = (await api.api('/sessions/counts?owner=ai')).body as Counts;
  expect(counts).toEqual({
    total: 3,
    status: { open: 3, handed_off: 0, closed_resolved: 0, closed_unresolved: 0 },
    owner: { ai: 3, human: 2, none: 3 },
    channel: { email: 3, web: 0, phone: 0, other: 0 },
    waiting: 2,
    held: 1,
    openDrafts: 1,
    groups: [{ id: 5, name: 'Returns desk', count: 2 }],
    tags: [
      { tag: 'returns', count: 2 },
      { tag: 'vip', count: 2 },
    ],
  });
  const all = (await api.api('/sessions/counts?status=open&owner=ai&channel=email&group=5')).body as Counts;
  expect(all).toMatchObject({ total: 2, status: { open: 2 }, owner: { ai: 2 }, channel: { email: 2 } });
  expect(all.groups).toEqual(counts.groups);
});

test.each([
  ['changed', [8, 7, 6, 5, 4, 3, 2, 1]],
  ['unchanged', [1, 2, 3, 4, 5, 6, 7, 8]],
  ['began', [1, 2, 3, 4, 5, 6, 7, 8]],
])('pages in the order "%s" hold every session once', async (sort, expected) => {
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${cursor}`;
    const page = (await api.api(`/sessions?limit=3&sort=${sort}${more}`)).body as Page;
    seen.push(...ticketsOf(page.items));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(expected);
});

test('the order "waiting" lists what waits for the AI alone, the longest first', async () => {
  await api.db.message.updateMany({ where: { freshdeskId: 'ticket:5' }, data: { mirroredAt: at(0) } });
  expect(ticketsOf(await list('sort=waiting'))).toEqual([5, 1]);
});

test('the trace of a session holds what "ticket show" prints, with the words of the draft', async () => {
  const [found] = await list('ticketId=2');
  const { status, body } = await api.api(`/sessions/${found?.id ?? ''}/trace`);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    session: { ticketId: 2, admittedBy: 'assigned', decision: { kind: 'drafted' } },
    waiting: [],
    turns: [{ outcome: 'drafted', confidence: 0.72, draft: { html: '<p>So.</p>', fate: null, closedBy: null } }],
  });
});

describe('U10 an operator', () => {
  const idOf = async (ticketId: number) => (await list(`ticketId=${ticketId}`))[0]?.id ?? '';

  test('has a ticket read again', async () => {
    const { status, body } = await api.api(`/sessions/${await idOf(4)}/sync`, { method: 'POST' });
    expect({ status, body }).toEqual({ status: 202, body: { connection: 'default', ticketId: 4, hinted: true } });
    expect(api.signals).toContainEqual({ connectionId: 'default', ticketId: 4, kind: 'operator' });
  });

  test('A5 clears what is undecided, and the workflow is told', async () => {
    await api.db.outbound.create({
      data: {
        key: 'reply:default:1:0',
        connectionId: 'default',
        ticketId: 1n,
        kind: 'reply',
        state: 'unknown',
        bodyHash: 'x',
        tries: 2,
      },
    });
    const { status, body } = await api.api(`/sessions/${await idOf(1)}/retry`, { method: 'POST' });
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { writes: 1, refused: 0, resolve: false, status: 'open' },
    });
    expect(await api.db.outbound.findUnique({ where: { key: 'reply:default:1:0' } })).toMatchObject({
      state: 'pending',
    });
    expect(api.signals).toContainEqual({ connectionId: 'default', ticketId: 1, kind: 'operator' });
  });

  test('U10 the audit says who had it done, and to which ticket', async () => {
    await api.api(`/sessions/${await idOf(2)}/sync`, { method: 'POST' });
    await api.api(`/sessions/${await idOf(2)}/retry`, { method: 'POST' });
    const { items } = (await api.api('/audit?limit=2')).body as Call<'listAudit'>['answer'];
    expect(items.map(({ what, who, ticketId, connection }) => [what, who, ticketId, connection])).toEqual([
      ['ticket_retried', 'admin', 2, 'default'],
      ['ticket_synced', 'admin', 2, 'default'],
    ]);
  });

  test('is told where Temporal does not answer', async () => {
    const away = await startTestApi({
      temporal: { signalTicket: () => Promise.reject(new Error('14 UNAVAILABLE')), failingWorkflows: async () => [] },
    });
    try {
      const made = await away.db.session.create({
        data: {
          connectionId: 'default',
          ticketId: 9n,
          status: 'open',
          channel: 'email',
          admittedBy: 'assigned',
          subject: '',
          source: 1,
          ticketStatus: 2,
          ticketCreatedAt: at(0),
          ticketUpdatedAt: at(0),
          lookedAt: at(0),
        },
      });
      const { status, body } = await away.api(`/sessions/${made.id}/sync`, { method: 'POST' });
      expect({ status, body }).toMatchObject({ status: 503, body: { detail: expect.stringContaining('Temporal') } });
    } finally {
      await away.close();
    }
  });

  test.each(['sync', 'retry'])('is told that there is no such session: %s', async (what) => {
    expect(await api.api(`/sessions/nobody/${what}`, { method: 'POST' })).toMatchObject({ status: 404 });
  });
});

test('U17 what a change of settings would do is told before it is made: who would be answered, and that nothing is stored', async () => {
  const preview = (body: unknown) =>
    api.api('/connections/default/settings/preview', { method: 'POST', body }).then((answer) => answer.body);
  const before = (await api.api('/connections/default/settings')).body;
  const autopilot = { channels: { email: { mode: 'autopilot' } } };
  expect(await preview({ ...autopilot, paused: false })).toMatchObject({
    widened: ['channels.email.mode: assist → autopilot'],
    waiting: 2,
    answeredNow: 0,
    answeredThen: 2,
    settings: { paused: false, channels: { email: { mode: 'autopilot' } } },
  });
  expect(await preview(autopilot)).toMatchObject({ answeredThen: 0 });
  expect(await preview({ rollout: { percent: 101 } })).toMatchObject({
    status: 400,
    errors: [{ path: 'rollout.percent', message: 'must be 100 or less' }],
  });
  expect((await api.api('/connections/default/settings')).body).toEqual(before);
});

test.each([
  [91, 'automatic_mail', 'automatic mail: wants no answer', 'E8'],
  [92, null, 'thanks: wants no answer', 'E9'],
])('U9 what wanted no answer says which it was: ticket %s', async (ticketId, detail, words, rule) => {
  await make(ticketId, { session: { coveredThrough: 0n }, said: 'Away', turn: { outcome: 'no_reply', detail } });
  const [found] = await list(`ticketId=${ticketId}`);
  expect(found?.decision).toMatchObject({ kind: 'silent', words, rule });
});
