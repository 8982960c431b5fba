import '../../testbed/quiet.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startSimulator } from '../../simulator/simulator.ts';
import { ticketWorkflowId } from '../../src/domain/temporal-names.ts';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';

jest.setTimeout(90_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';

describe('what changes while a turn is under way', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(() => desk.reset());
  afterAll(() => desk.close());

  const replied = async (ticketId: number, times = 1): Promise<void> => {
    await desk.until(`${times} replies`, () => desk.aiReplies(ticketId).length >= times);
    await desk.quiet(ticketId);
  };
  /** Runs something while the turn's last look, the one right before the post, is being answered. */
  const beforeThePost = (ticketId: number, run: () => Promise<unknown>) =>
    desk.simulator.faults.onRequest(
      { match: { method: 'GET', path: '/tickets/:id/conversations', ticketId, nth: 2 }, at: 'before_answer' },
      async () => void (await run()),
    );

  test('E12 autopilot switched to assist before the post: a draft, and no reply', async () => {
    const ticketId = desk.customerAsks();
    await replied(ticketId);
    beforeThePost(ticketId, () => desk.set({ channels: { email: { mode: 'assist' } } }));
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.until('the draft is there', () => desk.aiNotes(ticketId).length > 0);
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    expect(desk.aiNotes(ticketId)[0]?.body).toContain('3 to 5 working days');
  });

  test('E12 paused before the post: nothing is written, and resuming answers once', async () => {
    const ticketId = desk.customerAsks();
    await replied(ticketId);
    beforeThePost(ticketId, () => desk.set({ paused: true }));
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.until('the answer is dropped', async () =>
      Boolean((await desk.session(ticketId))?.turns.some((turn) => turn.outcome === 'dropped')),
    );
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    await desk.set({ paused: false });
    await replied(ticketId, 2);
    expect(desk.aiReplies(ticketId)).toHaveLength(2);
  });

  test('W1 S4 the same webhook long after the end changes nothing', async () => {
    const ticketId = desk.customerAsks();
    await replied(ticketId);
    desk.account.setStatus(ticketId, 5);
    await desk.until('it is closed', async () => (await desk.session(ticketId))?.status === 'closed_resolved');
    await desk.quiet(ticketId);
    const before = { session: await desk.session(ticketId), messages: await desk.messages(ticketId) };
    await desk.hint(ticketId, 'webhook');
    await desk.until(
      'the new run has ended',
      async () => (await desk.handle(ticketId).describe()).status.name === 'COMPLETED',
    );
    await desk.quiet(ticketId);
    expect({ session: await desk.session(ticketId), messages: await desk.messages(ticketId) }).toMatchObject({
      session: { status: 'closed_resolved', turns: before.session?.turns },
      messages: before.messages,
    });
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
  });

  test('I1 two connections with the same ticket id have nothing to do with each other', async () => {
    const other = await startSimulator({ apiKey: 'key-of-the-other-account' });
    try {
      await desk.service.connections.save({
        id: 'second',
        domain: 'globex.freshdesk.com',
        baseUrl: other.url,
        apiKey: 'key-of-the-other-account',
        webhookSecret: 'secret-of-the-second',
        agent: { id: other.account.aiAgent.id, name: 'Ada', email: 'ada@globex.example' },
        connectedAt: new Date(Date.now() - 60_000),
        statuses: [],
        supportEmails: [],
        mailboxes: [],
      });
      other.setWebhook({
        url: `${desk.service.url}/webhooks/freshdesk/second`,
        headers: { 'X-Webhook-Secret': 'secret-of-the-second' },
      });
      await desk.service.connections.patchSettings('second', {
        intake: { autoHandleAll: true },
        channels: { email: { firstReplyDelaySeconds: 0 } },
      });
      const first = desk.customerAsks(RETURNS_QUESTION);
      await replied(first);
      let second = 0;
      while (second < first)
        second = other.account.customerCreatesTicket({ subject: 'Hello', text: RETURNS_QUESTION }).id;
      expect(second).toBe(first);
      const notes = () => other.account.thread(second).filter((entry) => entry.private);
      await desk.until('the other account has its note', () => notes().length > 0);
      await other.webhooksIdle();

      // The second connection drafts, and has no knowledge of its own: the first one's is not used for it.
      expect(other.account.thread(second).filter((entry) => !entry.private)).toEqual([]);
      expect(notes()[0]?.body).not.toContain('30 days');
      expect(desk.aiReplies(first)).toHaveLength(1);
      const { items } = await desk.api<{ items: { connection: string }[] }>(`/sessions?ticketId=${first}`);
      expect(items.map((item) => item.connection).toSorted()).toEqual(['default', 'second']);
      const run = await desk.client.workflow.getHandle(ticketWorkflowId('second', second)).describe();
      expect(run.status.name).toBe('RUNNING');
    } finally {
      await other.close();
    }
  });
});
