import '../../testbed/quiet.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openDesk, RETURNS_QUESTION, UNKNOWN_QUESTION, type Desk } from '../../testbed/desk.ts';

jest.setTimeout(120_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';

describe('A5 a message is answered at most once', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(() => desk.reset());
  afterAll(() => desk.close());

  const replied = async (ticketId: number, times = 1): Promise<void> => {
    await desk.until(`ticket ${ticketId} has ${times} replies`, () => desk.aiReplies(ticketId).length >= times);
    await desk.until(
      'the turn has an outcome',
      async () => (await desk.session(ticketId))?.turns[0]?.outcome === 'replied',
    );
    await desk.quiet(ticketId);
  };
  const repliesSent = (ticketId: number) =>
    desk.simulator.requests.find({ method: 'POST', path: `/tickets/${ticketId}/reply` });

  test.each([
    ['the answer is lost', { kind: 'lose_response' }],
    ['a 502 page comes after it was applied', { kind: 'apply_then_status' }],
    ['the answer comes after the deadline', { kind: 'stall', ms: 3_000, when: 'after' }],
    ['Freshdesk takes it up after the deadline', { kind: 'stall', ms: 2_500, when: 'before' }],
  ] as const)('A5 a reply is not sent again when %s', async (_what, fault) => {
    desk.simulator.faults.add({ ...fault, match: { method: 'POST', path: '/tickets/:id/reply' } });
    const ticketId = desk.customerAsks();
    await replied(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    expect(repliesSent(ticketId)).toHaveLength(1);
    expect(desk.ticket(ticketId)).toMatchObject({
      responderId: desk.account.aiAgent.id,
      tags: ['opencx', 'opencx_autopilot'],
    });
    const messages = await desk.messages(ticketId);
    expect(messages.map((message) => message.author)).toEqual(['customer', 'ai']);
  });

  test.each([
    ['the request was lost', { kind: 'lose_request' }],
    ['a 502 page came instead', { kind: 'status', status: 502, body: '<html>bad gateway</html>' }],
  ] as const)('A5 a reply that never arrived is sent once more when %s', async (_what, fault) => {
    desk.simulator.faults.add({ ...fault, match: { method: 'POST', path: '/tickets/:id/reply' } });
    const ticketId = desk.customerAsks();
    await replied(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    expect(repliesSent(ticketId)).toHaveLength(2);
  });

  test('A5 a reply that was sent twice without ever appearing is left to a person, and nothing more is sent', async () => {
    desk.simulator.faults.add({
      kind: 'lose_request',
      match: { method: 'POST', path: '/tickets/:id/reply' },
      times: 2,
    });
    const ticketId = desk.customerAsks();
    await desk.until('the ticket is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
    await desk.quiet(ticketId);

    expect(repliesSent(ticketId)).toHaveLength(2);
    expect(desk.aiReplies(ticketId)).toHaveLength(0);
    expect((await desk.session(ticketId))?.handoffs).toMatchObject([{ reasons: ['delivery_failed'] }]);
    expect(desk.ticket(ticketId).responderId).toBeNull();
  });

  test('A5 H8 while a draft is undecided people get each later message at once, until the AI is given the ticket', async () => {
    await desk.set({ channels: { email: { mode: 'assist' } } });
    desk.simulator.faults.add({
      kind: 'lose_request',
      match: { method: 'POST', path: '/tickets/:id/notes' },
      times: 2,
    });
    const ticketId = desk.customerAsks();
    await desk.until('people are told', () => desk.aiNotes(ticketId).length === 1);
    await desk.quiet(ticketId);
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.until('people are told again', () => desk.aiNotes(ticketId).length === 2);
    await desk.quiet(ticketId);
    expect((await desk.session(ticketId))?.handoffs).toMatchObject([
      { reasons: ['delivery_failed'] },
      { reasons: ['delivery_failed'] },
    ]);

    desk.account.assign(ticketId, desk.account.aiAgent.id);
    await desk.quiet(ticketId);
    desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
    await desk.until(
      'the draft is recorded',
      async () => (await desk.session(ticketId))?.turns.at(-1)?.outcome === 'drafted',
    );
    expect(desk.aiNotes(ticketId)).toHaveLength(4);
  });

  test('A5 S2 an undecided reply does not silence the AI when the customer writes again after a person has closed the ticket', async () => {
    desk.simulator.faults.add({
      kind: 'lose_request',
      match: { method: 'POST', path: '/tickets/:id/reply' },
      times: 2,
    });
    const ticketId = desk.customerAsks();
    await desk.until('the ticket is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
    await desk.quiet(ticketId);
    desk.account.agentReplies(ticketId, { text: 'Thirty days.' });
    desk.account.setStatus(ticketId, 4);
    await desk.until('it is closed', async () => (await desk.session(ticketId))?.status === 'closed_resolved');
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.until(
      'the new question is answered',
      async () => (await desk.session(ticketId))?.turns.at(-1)?.outcome === 'replied',
    );
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    const { items } = await desk.api<{ items: { ticketId: number }[] }>('/attention');
    expect(items.filter((item) => item.ticketId === ticketId)).toEqual([]);
  });

  test('A5 a handoff note whose answer is lost is not written again', async () => {
    desk.simulator.faults.add({ kind: 'lose_response', match: { method: 'POST', path: '/tickets/:id/notes' } });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await desk.until('the ticket is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
    await desk.quiet(ticketId);
    expect(desk.aiNotes(ticketId)).toHaveLength(1);
  });

  test('A5 a draft whose answer is lost is not written again', async () => {
    await desk.set({ channels: { email: { mode: 'assist' } } });
    desk.simulator.faults.add({ kind: 'lose_response', match: { method: 'POST', path: '/tickets/:id/notes' } });
    const ticketId = desk.customerAsks();
    await desk.until(
      'the draft is recorded',
      async () => (await desk.session(ticketId))?.turns[0]?.outcome === 'drafted',
    );
    await desk.quiet(ticketId);
    expect(desk.aiNotes(ticketId)).toHaveLength(1);
  });

  test('A3 a lost answer to the update leaves a ticket that a person took meanwhile alone', async () => {
    const [grace] = desk.account.humans;
    let ticketId = 0;
    desk.simulator.faults.onRequest({ match: { method: 'PUT', path: '/tickets/:id' }, at: 'before_apply' }, () => {
      desk.account.assign(ticketId, grace?.id ?? null);
    });
    desk.simulator.faults.add({ kind: 'lose_request', match: { method: 'PUT', path: '/tickets/:id' } });
    ticketId = desk.customerAsks();
    await desk.until(
      'the turn is recorded',
      async () => (await desk.session(ticketId))?.turns[0]?.outcome === 'replied',
    );
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
  });

  test('A4 a person who takes the ticket before the post is not talked over', async () => {
    const [grace] = desk.account.humans;
    const ticketId = desk.customerAsks();
    await replied(ticketId);
    // The second look of the turn, the one right before the post, finds the ticket taken.
    desk.simulator.faults.onRequest(
      { match: { method: 'GET', path: '/tickets/:id', ticketId, nth: 2 }, at: 'before_apply' },
      () => {
        desk.account.assign(ticketId, grace?.id ?? null);
      },
    );
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.until('the person has it', async () => (await desk.session(ticketId))?.status === 'handed_off');
    await desk.quiet(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    expect((await desk.session(ticketId))?.turns.map((turn) => turn.outcome)).toContain('dropped');
  });

  test('A4 a customer who writes before the post gets one answer to everything', async () => {
    const ticketId = desk.customerAsks();
    await replied(ticketId);
    desk.simulator.faults.onRequest(
      { match: { method: 'GET', path: '/tickets/:id', ticketId, nth: 2 }, at: 'before_apply' },
      () => {
        desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
      },
    );
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await replied(ticketId, 2);

    expect(desk.aiReplies(ticketId)).toHaveLength(2);
    const last = desk.account.thread(ticketId).findLast((entry) => entry.incoming);
    expect(await desk.session(ticketId)).toMatchObject({ coveredThrough: `conversation:${last?.id}` });
  });

  test('A9 every turn leaves a record: rule, outcome, confidence, sources, engine and time', async () => {
    const ticketId = desk.customerAsks();
    await replied(ticketId);
    const [turn] = (await desk.session(ticketId))?.turns ?? [];
    expect(turn).toMatchObject({ rule: 'E6', outcome: 'replied', engine: 'embedded', sources: [{ title: 'Returns' }] });
    expect(turn?.confidence).toBeGreaterThanOrEqual(0.6);
    expect(turn?.ms).toBeGreaterThanOrEqual(0);
  });
});
