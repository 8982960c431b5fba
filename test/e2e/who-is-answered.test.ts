import '../../testbed/quiet.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';

jest.setTimeout(120_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';
const UNTRIGGERED = { explicitRequest: false, frustration: false, lowConfidence: false };

describe('who is answered, and how', () => {
  let desk: Desk;
  beforeAll(async () => {
    // Freshdesk's clock is ten minutes behind ours: nothing that a customer writes may be lost for it (E1).
    desk = await openDesk({ simulator: { now: () => new Date(Date.now() - 600_000) } });
  });
  beforeEach(async () => {
    await desk.reset();
    const { limits, blocklist, handoff } = DEFAULT_SETTINGS;
    await desk.set({ limits, blocklist, handoff: { triggers: handoff.triggers, topics: handoff.topics } });
  });
  afterAll(() => desk.close());

  const answered = async (ticketId: number, times = 1): Promise<void> => {
    await desk.until(`ticket ${ticketId} has ${times} replies`, () => desk.aiReplies(ticketId).length >= times);
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(times);
  };
  const handedOff = async (ticketId: number) => {
    await desk.until('it is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
    await desk.quiet(ticketId);
    return desk.session(ticketId);
  };
  const writesOn = (ticketId: number): number =>
    desk.simulator.requests.all.filter((request) => request.ticketId === ticketId && request.method !== 'GET').length;

  describe('E8 never answered', () => {
    test.each([
      ['a blocked sender', 'troll@customer.example'],
      ['a blocked domain', 'somebody@eu.spam.example'],
      ['our own support address, as in a loop of forwards', 'billing@acme.example'],
    ])('E8 a ticket from %s is mirrored, and nothing is written to it', async (_who, email) => {
      await desk.set({ blocklist: { emails: ['TROLL@customer.example'], domains: ['spam.example'] } });
      const ticketId = desk.customerAsks(RETURNS_QUESTION, { email });
      await desk.quiet(ticketId);
      expect(writesOn(ticketId)).toBe(0);
      expect(await desk.messages(ticketId)).toMatchObject([{ author: 'customer', text: RETURNS_QUESTION }]);
      expect(await desk.session(ticketId)).toMatchObject({ status: 'open', turns: [] });
    });

    test('E8 an out-of-office reply and a bounce start no turn, and the next real question is answered', async () => {
      const ticketId = desk.customerAsks();
      await answered(ticketId);
      desk.account.customerReplies(ticketId, { text: 'I am away until Monday', autoResponse: true });
      desk.account.customerReplies(ticketId, { text: 'Undeliverable', from: { email: 'mailer-daemon@mail.example' } });
      await desk.quiet(ticketId);
      expect((await desk.session(ticketId))?.turns).toHaveLength(1);
      expect(await desk.messages(ticketId)).toHaveLength(4);

      desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
      await answered(ticketId, 2);
    });

    test('E8 S3 spam is not answered', async () => {
      const ticketId = desk.account.state.lastTicketId + 1;
      desk.simulator.faults.add({ kind: 'drop', times: 1, match: { ticketId } });
      expect(desk.customerAsks()).toBe(ticketId);
      desk.account.markSpam(ticketId);
      await desk.hint(ticketId);
      await desk.quiet(ticketId);
      expect(writesOn(ticketId)).toBe(0);
      expect(await desk.session(ticketId)).toBeNull();
    });
  });

  test('E11 two programs that answer each other are stopped: people get the ticket, and are told why', async () => {
    await desk.set({ limits: { repliesPerTicketPerHour: 2 } });
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await answered(ticketId, 2);
    desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
    const session = await handedOff(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(2);
    expect(session?.handoffs).toMatchObject([{ reasons: ['loop_suspected'] }]);
    expect(session?.turns.at(-1)).toMatchObject({ engine: 'rules', outcome: 'handed_off' });
    expect(desk.aiNotes(ticketId)[0]?.body).toContain('looks like a mail loop');
    expect(desk.ticket(ticketId).responderId).toBeNull();
  });

  describe('A7 web chats', () => {
    test('A7 a web chat is answered with text: its tickets refuse HTML', async () => {
      const ticketId = desk.customerAsks(RETURNS_QUESTION, { source: 15 });
      await answered(ticketId);
      const posts = desk.simulator.requests.find({ method: 'POST', path: `/tickets/${ticketId}/reply` });
      expect(posts.map(({ status }) => status)).toEqual([201]);
      const [reply] = desk.aiReplies(ticketId);
      const text = reply?.structuredBody?.map(({ data }) => data.content).join('') ?? '';
      expect(text).toContain('within 30 days of delivery');
      expect(text).not.toMatch(/<[a-z]/);
      expect((await desk.messages(ticketId)).at(-1)).toMatchObject({ author: 'ai', visibility: 'public' });
    });

    test('A7 drafts and notes on a web chat stay HTML', async () => {
      await desk.set({ channels: { web: { mode: 'assist' } } });
      const ticketId = desk.customerAsks(RETURNS_QUESTION, { source: 15 });
      await desk.until('the draft is there', () => desk.aiNotes(ticketId).length > 0);
      await desk.quiet(ticketId);
      expect(desk.aiNotes(ticketId)).toHaveLength(1);
      expect(desk.aiNotes(ticketId)[0]).toMatchObject({ structuredBody: null });
    });

    test('A7 H9 the message about a handoff reaches a web chat as well', async () => {
      await desk.set({ channels: { web: { handoffMessage: 'A colleague takes over.\nOne moment, please.' } } });
      const ticketId = desk.customerAsks('Let me talk to a human, please.', { source: 15 });
      await handedOff(ticketId);
      await desk.set({ channels: { web: { handoffMessage: null } } });
      expect(desk.aiReplies(ticketId).map(({ structuredBody }) => structuredBody)).toEqual([
        [{ type: 'text', data: { content: 'A colleague takes over.\nOne moment, please.' } }],
      ]);
    });
  });

  test('E7 E12 what waits on a channel that is off is woken when that is set to autopilot, and does not count as waiting before', async () => {
    await desk.set({ channels: { email: { mode: 'off' } } });
    const ticketId = desk.customerAsks();
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({
      waitingSince: null,
      decision: { kind: 'silent', rule: 'E7' },
    });
    expect(writesOn(ticketId)).toBe(0);
    await desk.set({ channels: { email: { mode: 'autopilot' } } });
    await answered(ticketId);
  });

  test('E9 thanks get no reply, and are no turn that waits', async () => {
    await desk.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = desk.customerAsks();
    await desk.until('the draft is there', () => desk.aiNotes(ticketId).length === 1);
    await desk.quiet(ticketId);
    desk.account.agentReplies(ticketId, { agentId: desk.account.aiAgent.id, text: 'Within 30 days.' });
    desk.account.customerReplies(ticketId, { text: 'Thank you, that worked!' });
    await desk.until('the thanks were read', async () => (await desk.session(ticketId))?.turns.length === 2);
    await desk.quiet(ticketId);
    expect(desk.aiNotes(ticketId)).toHaveLength(1);
    expect((await desk.session(ticketId))?.turns[1]).toMatchObject({ outcome: 'no_reply' });
  });

  test('H1 who asks for a person gets one, with the reason in words', async () => {
    const ticketId = desk.customerAsks(`${RETURNS_QUESTION} I want to talk to a human.`);
    const session = await handedOff(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(0);
    expect(session?.handoffs).toMatchObject([{ reasons: ['user_requested_human_assistance'] }]);
    expect(desk.aiNotes(ticketId)[0]?.body).toContain('The customer asked for a person.');
  });

  test('H6 a safety topic goes to people with every trigger off', async () => {
    await desk.set({ handoff: { triggers: UNTRIGGERED, confidenceThreshold: 0 } });
    const asking = desk.customerAsks(`${RETURNS_QUESTION} I want to talk to a human.`);
    await answered(asking);
    const ticketId = desk.customerAsks(`${RETURNS_QUESTION} My lawyer will write to you.`);
    const session = await handedOff(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(0);
    expect(session?.handoffs).toMatchObject([{ reasons: ['safety'] }]);
    expect(desk.aiNotes(ticketId)[0]?.body).toContain('for safety reasons');
  });

  test('I7 what follows a closed conversation is answered for itself', async () => {
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    desk.account.setStatus(ticketId, 5);
    await desk.until('it is closed', async () => (await desk.session(ticketId))?.status === 'closed_resolved');
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await answered(ticketId, 2);
    expect(desk.aiReplies(ticketId)[1]?.body).toContain('3 to 5 working days');
    expect(desk.aiReplies(ticketId)[1]?.body).not.toContain('30 days of delivery');
  });
});
