import '../support/quiet.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openDesk, RETURNS_QUESTION, UNKNOWN_QUESTION, type Desk } from '../support/desk.ts';

jest.setTimeout(90_000);

describe('a ticket from webhook to reply', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(() => desk.reset());
  afterAll(() => desk.close());

  test('A2 A3 on autopilot the customer gets one public reply, and the AI agent the ticket', async () => {
    const ticketId = desk.customerAsks(RETURNS_QUESTION, { tags: ['vip'] });
    await desk.until('the reply is there', () => desk.aiReplies(ticketId).length > 0);
    await desk.quiet(ticketId);

    const [reply] = desk.aiReplies(ticketId);
    expect(reply?.body).toContain('30 days');
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    const ticket = desk.ticket(ticketId);
    expect(ticket.responderId).toBe(desk.account.aiAgent.id);
    expect(ticket.tags.toSorted()).toEqual(['opencx', 'opencx_autopilot', 'vip']);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open', owner: 'ai', tags: ['vip'] });
  });

  test('H2 what the knowledge does not answer goes to people: note, Open, unassigned', async () => {
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await desk.until('the note is there', () => desk.aiNotes(ticketId).length > 0);
    await desk.quiet(ticketId);

    expect(desk.aiReplies(ticketId)).toHaveLength(0);
    expect(desk.aiNotes(ticketId)).toHaveLength(1);
    expect(desk.ticket(ticketId)).toMatchObject({ status: 2, responderId: null });
    expect(await desk.session(ticketId)).toMatchObject({ status: 'handed_off' });
  });
});
