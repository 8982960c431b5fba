import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { prepareArticle } from '../../src/ai/knowledge/markdown-knowledge.ts';
import type { Call } from '../../src/contract/operations.ts';
import { createKnowledge } from '../../src/db/knowledge/knowledge.ts';
import { createReports } from '../../src/db/reads/reports/reports.ts';
import { createRemoval } from '../../src/db/conversations/removal.ts';
import { startTestApi, VIEWER_TOKEN } from '../../testbed/api.ts';

const MINUTE_MS = 60_000;
const QUESTIONS = [
  'How do I clean the filter of my kettle?',
  'Can the filter of the kettle be cleaned?',
  'Is the kettle allowed on a boat?',
];

let api: Awaited<ReturnType<typeof startTestApi>>;
/** By ticket. */
const turns = new Map<number, string>();
const sessions = new Map<number, string>();
const startedAt = new Date(Date.now() - 10 * MINUTE_MS);

type Story = { said: string; outcome: string; fate?: string; distance?: number; confidence?: number; reply?: string };

async function make(ticketId: number, { said, outcome, fate, distance, confidence, reply }: Story): Promise<void> {
  const { id: sessionId } = await api.db.session.create({
    data: {
      connectionId: 'default',
      ticketId: BigInt(ticketId),
      status: outcome === 'handed_off' ? 'handed_off' : 'open',
      channel: 'email',
      admittedBy: 'assigned',
      subject: `Ticket ${ticketId}`,
      source: 1,
      ticketStatus: 2,
      ticketCreatedAt: startedAt,
      ticketUpdatedAt: startedAt,
      lookedAt: startedAt,
    },
  });
  const entry = {
    sessionId,
    connectionId: 'default',
    visibility: 'public',
    createdAt: startedAt,
    updatedAt: startedAt,
  } as const;
  const texts = [
    {
      freshdeskId: `ticket:${ticketId}`,
      seq: 0n,
      author: 'customer' as const,
      kind: 'description',
      text: said,
      html: said,
    },
    ...(reply === undefined
      ? []
      : [
          {
            freshdeskId: `conversation:${ticketId}00`,
            seq: BigInt(ticketId * 100),
            author: 'agent' as const,
            kind: 'reply',
            text: reply,
            html: reply,
          },
        ]),
  ];
  for (const text of texts) await api.db.message.create({ data: { ...entry, ...text } });
  const { id } = await api.db.turn.create({
    data: {
      sessionId,
      episode: 1,
      throughSeq: 0n,
      rule: 'E4',
      mode: outcome === 'replied' ? 'autopilot' : 'assist',
      outcome,
      verdict: outcome === 'handed_off' ? 'handoff' : 'answer',
      confidence: confidence ?? null,
      engine: 'embedded',
      ms: 1,
      ...(outcome === 'handed_off'
        ? {}
        : {
            draft: {
              create: {
                sessionId,
                html: `<p>${said}!</p>`,
                fate: fate ?? null,
                distance: distance ?? null,
                closedBy: reply === undefined ? null : BigInt(ticketId * 100),
              },
            },
          }),
    },
  });
  if (outcome === 'handed_off')
    await api.db.handoff.create({
      data: {
        sessionId,
        episode: 1,
        throughSeq: 0n,
        reasons: ['insufficient_knowledge'],
        summary: '',
        routing: { step: 'routed' },
      },
    });
  turns.set(ticketId, id);
  sessions.set(ticketId, sessionId);
}

beforeAll(async () => {
  api = await startTestApi();
  await make(1, { said: 'One', outcome: 'drafted', fate: 'sent', distance: 0, confidence: 0.9, reply: '<p>One!</p>' });
  await make(2, {
    said: 'Two',
    outcome: 'drafted',
    fate: 'ignored',
    distance: 0.8,
    confidence: 0.7,
    reply: '<p>No.</p>',
  });
  await make(3, { said: 'Three', outcome: 'replied', confidence: 0.8 });
  await make(4, {
    said: 'Four',
    outcome: 'drafted',
    fate: 'edited',
    distance: 0.3,
    confidence: 0.6,
    reply: '<p>Four.</p>',
  });
  for (const [place, said] of QUESTIONS.entries()) await make(10 + place, { said, outcome: 'handed_off' });
});
afterAll(() => api.close());

type Queue = Call<'listReviewQueue'>['answer'];
const queue = async (query = ''): Promise<Queue> => (await api.api(`/review-queue?${query}`)).body as Queue;
const tickets = ({ items }: Queue) => items.map(({ ticketId }) => ticketId);
const grade = (ticketId: number, body: unknown) =>
  api.api(`/turns/${turns.get(ticketId)}/review`, { method: 'PUT', body });
const ungrade = (ticketId: number) =>
  fetch(`${api.url}/api/turns/${turns.get(ticketId)}/review`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${api.token}` },
  });

describe('U14 the review queue', () => {
  test('U14 holds what was said and drafted, with question, answer and what the person sent', async () => {
    const { items, left } = await queue('order=worst');
    expect(left).toBe(4);
    expect(items.map(({ ticketId }) => ticketId)).toEqual([2, 4, 1, 3]);
    expect(items[0]).toMatchObject({
      turnId: turns.get(2),
      session: sessions.get(2),
      question: ['Two'],
      html: '<p>Two!</p>',
      personHtml: '<p>No.</p>',
      fate: 'ignored',
      mode: 'assist',
    });
  });

  test('U14 is in the same random order for the same seed, and filters', async () => {
    expect(tickets(await queue('seed=a'))).toEqual(tickets(await queue('seed=a')));
    const orders = new Set<string>();
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) orders.add(tickets(await queue(`seed=${seed}`)).join());
    expect(orders.size).toBeGreaterThan(1);
    expect(tickets(await queue('mode=autopilot'))).toEqual([3]);
    expect(tickets(await queue('channel=web'))).toEqual([]);
    expect((await queue('limit=1')).items).toHaveLength(1);
  });

  test('U14 what is graded leaves it, a second grade replaces the first, and an undone one is back', async () => {
    expect((await grade(1, { grade: 'good' })).body).toMatchObject({
      grade: 'good',
      harmful: false,
      note: null,
      who: 'admin',
    });
    expect((await grade(1, { grade: 'poor', harmful: true, note: 'Wrong product' })).body).toMatchObject({
      grade: 'poor',
      harmful: true,
      note: 'Wrong product',
    });
    expect(tickets(await queue())).not.toContain(1);
    expect(await api.db.review.count()).toBe(1);
    expect((await ungrade(1)).status).toBe(204);
    expect((await ungrade(1)).status).toBe(404);
    expect(tickets(await queue())).toContain(1);
  });

  test('U14 of two who grade the same the second is told what the first said; the ticket shows it, and the audit who graded', async () => {
    const since = new Date();
    const shown = async () => {
      const { body } = await api.api(`/sessions/${sessions.get(2)}/trace`);
      return (body as Call<'getTrace'>['answer']).turns[0]?.review ?? null;
    };
    expect(await shown()).toBeNull();
    expect((await grade(2, { grade: 'acceptable' })).body).toMatchObject({ replaced: null });
    expect((await grade(2, { grade: 'poor', note: 'Old price' })).body).toMatchObject({ replaced: 'acceptable' });
    expect(await shown()).toMatchObject({ grade: 'poor', harmful: false, note: 'Old price', who: 'admin' });
    await ungrade(2);
    expect(await shown()).toBeNull();
    const { items } = (await api.api('/audit')).body as Call<'listAudit'>['answer'];
    expect(
      items
        .filter(({ at }) => new Date(at) >= since)
        .map(({ who, what, ticketId, changes }) => [who, what, ticketId, changes]),
    ).toEqual([
      ['admin', 'grade_taken_back', 2, []],
      ['admin', 'turn_graded', 2, []],
      ['admin', 'turn_graded', 2, []],
    ]);
  });

  test('U14 what would have done harm keeps its subject area from being ready', async () => {
    const missing = async () => {
      const day = startedAt.toISOString().slice(0, 10);
      const { rows } = await createReports(api.db).of('drafts', { from: day, zone: 'UTC' });
      return rows.map(({ harmful, missing: lacks }) => [harmful, lacks]);
    };
    expect(await missing()).toEqual([[0, 'drafts, closeness']]);
    await grade(4, { grade: 'poor', harmful: true });
    expect(await missing()).toEqual([[1, 'drafts, closeness, review']]);
    await ungrade(4);
  });

  test('U2, K1 only whoever may change something grades, and a note goes with the person that it is about', async () => {
    const { status } = await fetch(`${api.url}/api/turns/${turns.get(3)}/review`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${VIEWER_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ grade: 'good' }),
    });
    expect(status).toBe(403);
    await grade(3, { grade: 'poor', note: 'Mia wrote that' });
    await api.db.session.update({
      where: { id: sessions.get(3) ?? '' },
      data: { requesterEmail: 'mia@customer.example' },
    });
    await createRemoval(api.db).eraseContact('default', 'mia@customer.example');
    expect(await api.db.review.count()).toBe(0);
    expect((await grade(3, { grade: 'good' })).status).toBe(404);
    expect((await grade(99, { grade: 'good' })).status).toBe(404);
  });

  test.each([
    [{ grade: 'great' }, 'grade', 'must be one of good, acceptable, poor'],
    [{ grade: 'good', note: 'x'.repeat(2_001) }, 'note', 'must be 2000 characters or less'],
  ])('U14 a grade that is none is refused in words', async (body, path, message) => {
    const answer = await grade(1, body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path, message }] } });
  });
});

describe('U16 the gaps', () => {
  const gaps = async (query = '') =>
    ((await api.api(`/connections/default/knowledge/gaps?${query}`)).body as Call<'listGaps'>['answer']).items;
  const mark = (body: unknown) =>
    api.api('/connections/default/knowledge/gaps', { method: 'PATCH', body }).catch(() => null);

  test('U16 what nobody had written down is one gap with its questions, and an unused draft is another', async () => {
    const found = await gaps();
    expect(found.map(({ kind, conversations, state }) => [kind, conversations, state])).toEqual([
      ['nothing_found', 3, 'open'],
      ['rejected', 1, 'open'],
    ]);
    expect(found[0]?.examples.map(({ ticketId }) => ticketId).toSorted()).toEqual([10, 11, 12]);
    expect(found[0]).toMatchObject({ askedAgain: null, subject: '', subjectKind: 'none' });
  });

  test('U16 an article is imported: what it answers is asked again by itself, and the gap is addressed', async () => {
    await api.connections.patchSettings('default', { handoff: { confidenceThreshold: 0.6 } });
    await createKnowledge(api.db).replaceFolder('default', [
      prepareArticle(
        'kettle.md',
        '# Kettle\n\n## How do I clean the filter of my kettle?\n\nTake the filter out of the kettle and rinse it under warm water once a month.',
      ),
    ]);
    const [first] = await gaps('state=addressed');
    expect(first).toMatchObject({ kind: 'nothing_found', askedAgain: { asked: 3, answered: 2 } });
  });

  test('U16 one that nobody means to fill is dismissed with the reason, and opened again', async () => {
    const [first] = await gaps();
    await mark({ gap: first?.id, state: 'dismissed', reason: 'Kettles are sold out' });
    expect(await gaps('state=dismissed')).toMatchObject([{ id: first?.id, reason: 'Kettles are sold out' }]);
    await mark({ gap: first?.id, state: 'open' });
    expect(await gaps('state=dismissed')).toEqual([]);
    expect(await mark({ gap: first?.id, state: 'dismissed' })).toMatchObject({ status: 400 });
    expect(await mark({ gap: 'x\0'.repeat(5_000), state: 'dismissed', reason: 'Why' })).toMatchObject({ status: 400 });
    await mark({ gap: first?.id, state: 'dismissed', reason: 'Sold\0 out' });
    expect(await gaps('state=dismissed')).toMatchObject([{ id: first?.id, reason: 'Sold out' }]);
  });
});
