import '../../testbed/quiet.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openDesk, RETURNS_QUESTION, UNKNOWN_QUESTION, type Desk } from '../../testbed/desk.ts';
import { payloadsIn } from '../../testbed/payloads.ts';

jest.setTimeout(90_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';

describe('a ticket from webhook to reply', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(() => desk.reset());
  afterAll(() => desk.close());

  const answered = async (ticketId: number, times = 1): Promise<void> => {
    await desk.until(`ticket ${ticketId} has ${times} replies`, () => desk.aiReplies(ticketId).length >= times);
    await desk.quiet(ticketId);
  };

  test('A2 A3 on autopilot the customer gets one public reply, and the AI agent gets the ticket', async () => {
    const ticketId = desk.customerAsks(RETURNS_QUESTION, { tags: ['vip'] });
    await answered(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    expect(desk.aiReplies(ticketId)[0]?.body).toContain('30 days');
    expect(desk.ticket(ticketId).responderId).toBe(desk.account.aiAgent.id);
    expect(desk.ticket(ticketId).tags.toSorted()).toEqual(['opencx', 'opencx_autopilot', 'vip']);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open', owner: 'ai', tags: ['vip'] });
  });

  test('A2 in assist the answer is a private note with the footer, and assigns nothing', async () => {
    await desk.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = desk.customerAsks();
    await desk.until('the draft is there', () => desk.aiNotes(ticketId).length > 0);
    await desk.quiet(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(0);
    expect(desk.aiNotes(ticketId)).toHaveLength(1);
    expect(desk.aiNotes(ticketId)[0]?.body).toContain('30 days');
    expect(desk.aiNotes(ticketId)[0]?.body).toContain('Drafted by OpenCX AI. Review before sending.');
    expect(desk.ticket(ticketId)).toMatchObject({ responderId: null, tags: ['opencx', 'opencx_assist_mode'] });
  });

  test('F1 F2 F3 a question that stands in a file is answered, and the file can be downloaded', async () => {
    const files = [{ name: 'Meine Frage.txt', contentType: 'application/pdf', text: RETURNS_QUESTION }];
    const ticketId = desk.customerAsks('', { files });
    await answered(ticketId);

    expect(desk.aiReplies(ticketId)[0]?.body).toContain('30 days');
    const [message] = await desk.messages(ticketId);
    const size = RETURNS_QUESTION.length;
    expect(message?.attachments).toMatchObject([
      { name: 'Meine Frage.txt', contentType: 'text/plain', size, status: 'stored' },
    ]);
    const response = await fetch(`${desk.service.url}/api/attachments/${message?.attachments[0]?.id}/content`, {
      headers: { authorization: `Bearer ${desk.config.adminToken}` },
    });
    expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(await response.text()).toBe(RETURNS_QUESTION);
  });

  test('A1 a burst of messages is answered once', async () => {
    await desk.set({ channels: { email: { firstReplyDelaySeconds: 2 } } });
    const ticketId = desk.customerAsks('Hello, I bought a jacket.');
    desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
    desk.account.customerReplies(ticketId, { text: 'I mean the return of the jacket.' });
    await answered(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    const session = await desk.session(ticketId);
    expect(session?.turns.filter((turn) => turn.outcome === 'replied')).toHaveLength(1);
    expect(session?.coveredThrough).toBe(
      `conversation:${desk.account.thread(ticketId).findLast((entry) => entry.incoming)?.id}`,
    );
  });

  test('I1 I3 the same webhook again, and two hints at once, change nothing', async () => {
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    const before = await desk.messages(ticketId);
    await Promise.all([
      desk.hint(ticketId, 'webhook'),
      desk.hint(ticketId, 'webhook'),
      desk.hint(ticketId, 'reconcile'),
    ]);
    await desk.quiet(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    expect(await desk.messages(ticketId)).toEqual(before);
    expect((await desk.session(ticketId))?.turns).toHaveLength(1);
  });

  test("I4 our own reply, coming back, is mirrored as the AI's and starts no turn", async () => {
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    const echoes = desk.simulator.deliveries.filter((delivery) => delivery.ticketId === ticketId);
    expect(echoes.length).toBeGreaterThan(1);
    const messages = await desk.messages(ticketId);
    expect(messages.map((message) => message.author)).toEqual(['customer', 'ai']);
    expect((await desk.session(ticketId))?.turns).toHaveLength(1);
  });

  test('H2 H3 what the knowledge does not answer goes to people: note first, then Open and unassigned', async () => {
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await desk.until('the note is there', () => desk.aiNotes(ticketId).length > 0);
    await desk.quiet(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(0);
    expect(desk.aiNotes(ticketId)).toHaveLength(1);
    expect(desk.ticket(ticketId)).toMatchObject({ status: 2, responderId: null, tags: ['opencx'] });
    const session = await desk.session(ticketId);
    expect(session).toMatchObject({ status: 'handed_off' });
    expect(session?.handoffs).toHaveLength(1);
    const writes = desk.simulator.requests.all
      .filter((request) => request.ticketId === ticketId && request.method !== 'GET')
      .map((request) => request.method);
    expect(writes).toEqual(['POST', 'PUT']);
  });

  test('E4 a person who takes the ticket silences the AI, and giving it back wakes it from the next message on', async () => {
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    const [grace] = desk.account.humans;
    desk.account.assign(ticketId, grace?.id ?? null);
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'handed_off', owner: 'human' });

    desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(1);

    desk.account.assign(ticketId, desk.account.aiAgent.id);
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open', owner: 'ai' });
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    expect(desk.aiNotes(ticketId).map(({ body }) => body)).toEqual([
      expect.stringMatching(/One earlier question was not answered:[^]*How many days do I have[^]*intake\.onReassign/),
    ]);

    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await answered(ticketId, 2);
    expect(desk.aiReplies(ticketId)[1]?.body).toContain('3 to 5 working days');
  });

  test('E4 with onReassign "waiting" a ticket given back gets an answer to what is unanswered', async () => {
    await desk.set({ intake: { onReassign: 'waiting' } });
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    desk.account.assign(ticketId, desk.account.humans[0]?.id ?? null);
    await desk.quiet(ticketId);
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await desk.quiet(ticketId);
    desk.account.assign(ticketId, desk.account.aiAgent.id);
    await answered(ticketId, 2);
    expect(desk.aiReplies(ticketId)[1]?.body).toContain('3 to 5 working days');
  });

  test('E2 a ticket the gate refuses gets no session, costs one call and ends its workflow', async () => {
    await desk.set({ intake: { autoHandleAll: false } });
    const ticketId = desk.customerAsks();
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toBeNull();
    expect((await desk.handle(ticketId).describe()).status.name).toBe('COMPLETED');
    expect(desk.simulator.requests.all.filter((request) => request.ticketId === ticketId)).toHaveLength(1);

    desk.account.assign(ticketId, desk.account.aiAgent.id);
    await answered(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
  });

  test('S1 S4 a ticket closed in Freshdesk closes the session and ends the run', async () => {
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    desk.account.setStatus(ticketId, 5);
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'closed_resolved', closedBy: 'freshdesk' });
    expect((await desk.handle(ticketId).describe()).status.name).toBe('COMPLETED');
  });

  test('S2 a customer who writes on a closed ticket opens it again and is answered', async () => {
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    desk.account.setStatus(ticketId, 5);
    await desk.quiet(ticketId);
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await answered(ticketId, 2);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open' });
    expect(desk.ticket(ticketId).status).toBe(2);
  });

  test('E6 a person who answers an unassigned ticket has it from then on', async () => {
    await desk.set({ channels: { email: { firstReplyDelaySeconds: 3 } } });
    const ticketId = desk.customerAsks();
    desk.account.agentReplies(ticketId, { agentId: desk.account.humans[0]?.id, text: 'I will take care of it.' });
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'handed_off' });
    desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(0);
  });

  // Last: it looks at what all the others have left.
  test('C3 neither the log nor Temporal holds words, names or addresses of anybody, nor a key', async () => {
    const held: string[] = [];
    for await (const { workflowId } of desk.client.workflow.list()) {
      held.push(...payloadsIn((await desk.client.workflow.getHandle(workflowId).fetchHistory()).events));
    }
    expect(held.length).toBeGreaterThan(100);
    const { aiAgent, humans } = desk.account;
    const personal = [RETURNS_QUESTION, 'jacket', 'A question', 'Meine Frage', 'take care', '.example', aiAgent.name];
    const secrets = [desk.simulator.apiKey, 'secret-of-the-tests', desk.config.adminToken, humans[0]?.name ?? ''];
    for (const text of [held.join('\n'), desk.logLines.join('\n')]) {
      for (const word of [...personal, ...secrets])
        expect({ word, held: text.includes(word) }).toEqual({ word, held: false });
    }
  });
});
