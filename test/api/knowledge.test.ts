import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { prepareArticle } from '../../src/ai/knowledge/markdown-knowledge.ts';
import type { Call } from '../../src/contract/operations.ts';
import { createKnowledge } from '../../src/db/knowledge/knowledge.ts';
import { ADMIN_TOKEN, startTestApi, VIEWER_TOKEN } from '../../testbed/api.ts';

const RETURNS =
  '# Returns\n\n## How do I send something back?\n\nYou can send an item back within 30 days. Print the label in your account and hand the parcel in at any post office.';
const INTERNAL =
  '---\nvisibility: internal\n---\n# Goodwill vouchers\n\nA goodwill voucher may be given up to 20 euros without asking.';

let api: Awaited<ReturnType<typeof startTestApi>>;
beforeAll(async () => {
  api = await startTestApi();
  await createKnowledge(api.db).replaceFolder('default', [
    prepareArticle('returns.md', RETURNS),
    prepareArticle('goodwill.md', INTERNAL),
  ]);
});
afterAll(() => api.close());

const ask = async (body: unknown) => {
  const answer = await api.api('/connections/default/knowledge/ask', { method: 'POST', body });
  return { status: answer.status, body: answer.body as Call<'askKnowledge'>['answer'] };
};

test('N4 the articles, with what they are searched by and what became of what rests on them', async () => {
  const { body } = await api.api('/connections/default/knowledge/articles?q=retu&visibility=public');
  const { items } = body as Call<'listArticles'>['answer'];
  expect(items).toMatchObject([{ title: 'Returns', origin: 'folder', sourceId: 'returns.md', led: 0 }]);
  await api.db.episode.createMany({
    data: ['sent', 'ignored'].map((draftFate, place) => ({
      sessionId: `01980000-0000-7000-8000-00000000000${place}`,
      number: 1,
      connectionId: 'default',
      ticketId: BigInt(place),
      startedAt: new Date(),
      channel: 'email' as const,
      admittedBy: 'assigned',
      leadArticleId: items[0]?.id ?? '',
      draftFate,
    })),
  });
  const { body: one } = await api.api(`/connections/default/knowledge/articles/${items[0]?.id}`);
  expect(one).toMatchObject({
    led: 2,
    draftsClosed: 2,
    draftsIgnored: 1,
    markdown: expect.stringContaining('Print the label'),
    parts: [expect.objectContaining({ text: expect.stringContaining('within 30 days') })],
  });
});

test('U15 a question shows the whole plan, and nothing of it is stored', async () => {
  const { status, body } = await ask({ question: 'How do I send something back?' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    verdict: 'answer',
    threshold: null,
    heldBack: 'no_embedder',
    engine: 'embedded',
    detail: null,
    money: null,
    html: expect.stringContaining('Print the label'),
    sources: [expect.objectContaining({ title: 'Returns' })],
  });
  expect(body.confidence).toBeGreaterThan(0.6);
  expect(body.passages[0]).toMatchObject({ title: 'Returns', words: expect.any(Array) });
  expect([await api.db.turn.count(), await api.db.session.count(), await api.db.modelCall.count()]).toEqual([0, 0, 0]);
});

test('U15 what nobody has written down goes to people, in whichever words it would', async () => {
  const { body } = await ask({ question: 'May I bring my parrot to the opera on Sunday evening?' });
  expect(body).toMatchObject({ verdict: 'handoff', html: null });
  expect(body.reasons).not.toEqual([]);
});

test('N4 internal knowledge is for drafts alone', async () => {
  const question = 'How much goodwill voucher may be given?';
  const titles = ({ passages }: { passages: { title: string }[] }) => passages.map(({ title }) => title);
  expect(titles((await ask({ question, mode: 'autopilot' })).body)).not.toContain('Goodwill vouchers');
  expect(titles((await ask({ question, mode: 'assist' })).body)).toContain('Goodwill vouchers');
  const found = await api.api('/connections/default/knowledge/search', {
    method: 'POST',
    body: { question, internal: true },
  });
  expect(titles(found.body as Call<'searchKnowledge'>['answer'])).toContain('Goodwill vouchers');
});

test('N4 an operator has Solutions read now, and sees what came of it', async () => {
  const state = async () => (await api.api('/connections/default/knowledge/sync')).body;
  expect(await state()).toEqual({ startedAt: null, endedAt: null, failure: null });
  await api.db.knowledgeSync.create({
    data: { connectionId: 'default', startedAt: new Date(), endedAt: new Date(), failure: 'Freshdesk is down' },
  });
  expect(await state()).toMatchObject({ failure: 'Freshdesk is down' });
  expect((await api.api('/connections/default/knowledge/sync', { method: 'POST' })).status).toBe(202);
  expect(await state()).toEqual({ startedAt: null, endedAt: null, failure: null });
  await api.db.knowledgeSync.create({ data: { connectionId: 'default', startedAt: new Date() } });
  await api.api('/connections/default/knowledge/sync', { method: 'POST' });
  expect(await state()).toMatchObject({ startedAt: expect.any(String), endedAt: null });
});

test.each([
  [{}, 'question', 'must be given as text'],
  [{ question: '   ' }, 'question', 'must not be empty'],
  [{ question: 'Hi', channel: 'pigeon' }, 'channel', 'must be one of email, web, phone, other'],
])('U15 a question that is none is refused in words: %j', async (body, path, message) => {
  const answer = await ask(body);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ errors: [{ path, message }] });
});

test('U2 whoever only reads may ask, and may not have Solutions read', async () => {
  const post = (path: string, token: string) =>
    fetch(`${api.url}/api/connections/default/knowledge/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ question: 'How do I send something back?' }),
    });
  expect((await post('ask', VIEWER_TOKEN)).status).toBe(200);
  expect((await post('sync', VIEWER_TOKEN)).status).toBe(403);
  expect((await post('sync', ADMIN_TOKEN)).status).toBe(202);
});

test('C3 a connection that is not there has no knowledge', async () => {
  expect((await api.api('/connections/nowhere/knowledge/articles')).status).toBe(404);
  expect((await api.api('/connections/default/knowledge/articles/nowhere')).status).toBe(404);
});

test('the overview says what waits, how the week went, and what is still to be done before autopilot', async () => {
  await api.connections.patchSettings('default', { paused: true, rollout: { percent: 10 } });
  const { status, body } = await api.api('/overview?zone=Europe/Berlin');
  const overview = body as Call<'getOverview'>['answer'];
  expect(status).toBe(200);
  expect(overview).toMatchObject({
    waiting: { tickets: 0, oldestSince: null },
    drafts: { tickets: 0 },
    outcomes: { n: 2, previous: { n: 0 } },
    connections: [{ connection: 'default', state: 'active', paused: true, rolloutPercent: 10, backfill: null }],
  });
  expect(overview.connections[0]?.steps).toEqual([
    { step: 'key', done: true, reached: 1, of: 1 },
    { step: 'rules', done: false, reached: 0, of: 1 },
    { step: 'knowledge', done: true, reached: 1, of: 1 },
    { step: 'drafts_on', done: true, reached: 1, of: 1 },
    { step: 'drafts_closed', done: false, reached: 2, of: 30 },
    { step: 'autopilot', done: false, reached: 0, of: 1 },
  ]);
});
