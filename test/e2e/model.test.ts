import '../../testbed/quiet.ts';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { openDesk, RETURNS_QUESTION, UNKNOWN_QUESTION, type Desk } from '../../testbed/desk.ts';
import { draft, MODEL, startFakeModel, type FakeModel } from '../../testbed/fake-model.ts';
import { payloadsIn } from '../../testbed/payloads.ts';

jest.setTimeout(90_000);

let model: FakeModel;
let desk: Desk;
beforeAll(async () => {
  model = await startFakeModel();
  desk = await openDesk({
    ai: {
      provider: 'openai-compatible',
      model: MODEL,
      baseUrl: model.url,
      apiKey: model.key,
      price: null,
      timeoutMs: 5_000,
      patienceMs: 2_000,
    },
  });
});
afterAll(async () => {
  await desk.close();
  await model.stop();
});

const activities = async (ticketId: number): Promise<string[]> => {
  const { events } = await desk.handle(ticketId).fetchHistory();
  return (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? [],
  );
};

test('N3 the whole product with a model: answered from the article, each paid stage an activity', async () => {
  const ticketId = desk.customerAsks(RETURNS_QUESTION);
  await desk.until('it is answered', () => desk.aiReplies(ticketId).length === 1);
  await desk.quiet(ticketId);
  expect(desk.aiReplies(ticketId)[0]?.body).toContain('within 30 days of delivery');
  expect((await desk.session(ticketId))?.turns).toMatchObject([
    { outcome: 'replied', engine: 'model', sources: [{ title: 'Returns' }] },
  ]);
  expect((await activities(ticketId)).filter((name) => /plan|Answer/.test(name))).toEqual([
    'planTurn',
    'draftAnswer',
    'checkAnswer',
  ]);
});

test('N5 what a model makes up reaches nobody: people get the ticket, and a note says what was wrong', async () => {
  model.says({ draft: draft({ answer: 'You can return a jacket within 90 days. See https://evil.example.' }) });
  const ticketId = desk.customerAsks(RETURNS_QUESTION);
  await desk.until('it is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
  await desk.quiet(ticketId);
  expect(desk.aiReplies(ticketId)).toEqual([]);
  const [note] = desk.aiNotes(ticketId);
  expect(note?.body).toContain('held a link that its sources do not');
  expect(note?.body).not.toMatch(/evil|90/);
});

test('N6 a model that is down is tried again, then people get the ticket; the log and Temporal hold no words of the customer', async () => {
  model.says({ draft: () => ({ status: 503 }) });
  const ticketId = desk.customerAsks(RETURNS_QUESTION);
  await desk.until('it is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
  expect((await desk.session(ticketId))?.handoffs).toMatchObject([{ reasons: ['inference_failed'] }]);
  expect(desk.logLines.join('')).not.toContain('jacket');
  const held = payloadsIn((await desk.handle(ticketId).fetchHistory()).events).join('\n');
  expect(held).toContain('inference_failed');
  expect(held).not.toContain('jacket');
});

test('N2 what the knowledge knows nothing of is handed off without the model being asked', async () => {
  model.says({});
  const before = model.asked.length;
  const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
  await desk.until('it is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
  expect(model.asked.slice(before).every(({ articles }) => articles.length > 0)).toBe(true);
  expect(desk.aiReplies(ticketId)).toEqual([]);
});
