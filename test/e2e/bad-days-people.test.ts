import { temporalLines } from '../../testbed/heard.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';

jest.setTimeout(90_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';

describe('what happens while an answer is on its way', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(() => desk.reset());
  afterAll(() => desk.close());

  const answered = async (ticketId: number, times = 1): Promise<void> => {
    await desk.until(`ticket ${ticketId} has ${times} replies`, () => desk.aiReplies(ticketId).length >= times);
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(times);
  };
  const dropped = async (ticketId: number): Promise<void> => {
    await desk.until(
      'the turn is dropped',
      async () => (await desk.session(ticketId))?.turns.some((turn) => turn.outcome === 'dropped') === true,
    );
    await desk.quiet(ticketId);
  };
  const posts = (ticketId: number) =>
    desk.simulator.requests.find({ method: 'POST', path: `/tickets/${ticketId}/reply` });
  /** An answered ticket, which is the AI's; only the test's own hints speak of it from now on. */
  const answeredTicket = async (): Promise<number> => {
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    desk.simulator.faults.add({ kind: 'drop', times: null, match: { ticketId } });
    return ticketId;
  };
  /**
   * Between the plan and the post. The look before the plan reads the ticket twice, because the whole thread is asked for and
   * its requester has left nothing to be known by (K1); the third time is the look before the post.
   */
  const beforePosting = (ticketId: number, run: () => void | Promise<void>) =>
    desk.simulator.faults.onRequest(
      { match: { method: 'GET', path: `/tickets/${ticketId}`, nth: 3 }, at: 'before_apply' },
      run,
    );
  const humanId = (): number => desk.account.humans[0]?.id ?? 0;

  test('A4 a message that comes exactly while the reply is being posted is answered next, and nothing twice', async () => {
    const ticketId = desk.account.state.lastTicketId + 1;
    desk.simulator.faults.onRequest(
      { match: { method: 'POST', path: `/tickets/${ticketId}/reply` }, at: 'before_apply' },
      () => {
        desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
      },
    );
    desk.customerAsks();
    await answered(ticketId, 2);
    expect(desk.aiReplies(ticketId)[0]?.body).toContain('30 days');
    expect(desk.aiReplies(ticketId)[1]?.body).toContain('3 to 5 working days');
    expect(posts(ticketId)).toHaveLength(2);
  });

  test('A4 a message that comes right after the reply was applied, before its answer, is answered next', async () => {
    const ticketId = desk.account.state.lastTicketId + 1;
    desk.simulator.faults.onRequest(
      { match: { method: 'POST', path: `/tickets/${ticketId}/reply` }, at: 'after_apply' },
      () => {
        desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
      },
    );
    desk.customerAsks();
    await answered(ticketId, 2);
    expect(posts(ticketId)).toHaveLength(2);
  });

  test('A4 a message that comes between the plan and the post gets one answer together with the first', async () => {
    const ticketId = await answeredTicket();
    beforePosting(ticketId, () => void desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION }));
    desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
    await desk.hint(ticketId);
    await answered(ticketId, 2);
    expect(posts(ticketId)).toHaveLength(2);
    expect((await desk.session(ticketId))?.turns.map((turn) => turn.outcome)).toEqual([
      'replied',
      'dropped',
      'replied',
    ]);
    const newest = desk.account.thread(ticketId).findLast((entry) => entry.incoming);
    expect((await desk.session(ticketId))?.coveredThrough).toBe(`conversation:${newest?.id}`);
  });

  test('A4 E4 a person who takes the ticket between the plan and the post is not talked over', async () => {
    const ticketId = await answeredTicket();
    beforePosting(ticketId, () => desk.account.assign(ticketId, humanId()));
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.hint(ticketId);
    await dropped(ticketId);
    expect(posts(ticketId)).toHaveLength(1);
    expect(desk.aiNotes(ticketId)).toHaveLength(0);
    expect(desk.ticket(ticketId).responderId).toBe(humanId());
    expect(await desk.session(ticketId)).toMatchObject({ status: 'handed_off', owner: 'human' });
  });

  test('A4 E6 a person who answers a new ticket between the plan and the post is not talked over', async () => {
    const ticketId = desk.account.state.lastTicketId + 1;
    desk.simulator.faults.add({ kind: 'drop', times: null, match: { ticketId } });
    beforePosting(
      ticketId,
      () => void desk.account.agentReplies(ticketId, { agentId: humanId(), text: 'I will take care of it' }),
    );
    desk.customerAsks();
    await desk.hint(ticketId);
    await dropped(ticketId);
    expect(posts(ticketId)).toHaveLength(0);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'handed_off' });
  });

  test('A4 S1 a ticket that a person closes between the plan and the post gets no answer', async () => {
    const ticketId = await answeredTicket();
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    const clock = Math.floor(Date.now() / 1_000);
    await desk.until('the next second', () => Math.floor(Date.now() / 1_000) > clock);
    beforePosting(ticketId, () => desk.account.setStatus(ticketId, 5));
    await desk.hint(ticketId);
    await dropped(ticketId);
    expect(posts(ticketId)).toHaveLength(1);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'closed_resolved', closedBy: 'freshdesk' });
    expect(desk.ticket(ticketId).status).toBe(5);
  });

  test('A4 S3 a ticket that is deleted between the plan and the post is left alone', async () => {
    const ticketId = await answeredTicket();
    beforePosting(ticketId, () => desk.account.deleteTicket(ticketId));
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.hint(ticketId);
    await dropped(ticketId);
    expect(posts(ticketId)).toHaveLength(1);
    expect((await desk.session(ticketId))?.status).toBe('closed_unresolved');
  });

  test.each([
    ['paused', { paused: true }],
    ['switched off for the channel', { channels: { email: { mode: 'off' } } }],
  ] as const)(
    'E12 when the AI is %s between the plan and the post, nothing is written; afterwards it is, once',
    async (_what, patch) => {
      const ticketId = await answeredTicket();
      beforePosting(ticketId, async () => void (await desk.set(patch)));
      desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
      await desk.hint(ticketId);
      await dropped(ticketId);
      expect(posts(ticketId)).toHaveLength(1);

      await desk.set({ paused: false, channels: { email: { mode: 'autopilot' } } });
      await desk.hint(ticketId);
      await answered(ticketId, 2);
    },
  );

  test('H3 a person who takes the ticket while the handoff note is being written keeps it', async () => {
    const ticketId = await answeredTicket();
    desk.simulator.faults.onRequest(
      { match: { method: 'POST', path: `/tickets/${ticketId}/notes` }, at: 'after_apply' },
      () => desk.account.assign(ticketId, humanId()),
    );
    desk.account.customerReplies(ticketId, { text: 'I want to speak to a human being, please' });
    await desk.hint(ticketId);
    await desk.until('the session is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
    await desk.quiet(ticketId);
    expect(desk.ticket(ticketId).responderId).toBe(humanId());
    expect(desk.aiNotes(ticketId)).toHaveLength(1);
    expect(posts(ticketId)).toHaveLength(1);
  });

  test('A3 a person who takes the ticket while the reply is being posted keeps it', async () => {
    const ticketId = await answeredTicket();
    desk.simulator.faults.onRequest(
      { match: { method: 'POST', path: `/tickets/${ticketId}/reply` }, at: 'after_apply' },
      () => desk.account.assign(ticketId, humanId()),
    );
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.hint(ticketId);
    await answered(ticketId, 2);
    await desk.hint(ticketId);
    await desk.quiet(ticketId);
    expect(desk.ticket(ticketId).responderId).toBe(humanId());
    expect(await desk.session(ticketId)).toMatchObject({ status: 'handed_off', owner: 'human' });
  });

  test('the log of all this holds no words of anybody', () => {
    const log = [...desk.logLines, ...temporalLines].join('\n');
    const { state } = desk.account;
    const people = [...state.contacts.values(), ...state.agents.values()].flatMap(({ name, email }) => [
      name,
      email ?? '',
    ]);
    const words = [
      SHIPPING_QUESTION,
      RETURNS_QUESTION,
      'speak to a human',
      'take care of it',
      desk.simulator.apiKey,
      ...people,
    ];
    expect(words.filter((text) => text !== '' && log.includes(text))).toEqual([]);
  });
});
