import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HOUR_MS, openMirror, type Mirror } from '../../../testbed/activities.ts';

const MIA = 'mia@customer.example';

describe('E8 who is never answered', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror();
  });
  beforeEach(async () => {
    mirror.simulator.requests.reset();
    await mirror.set({
      intake: { autoHandleAll: true },
      blocklist: { emails: ['Troll@customer.example'], domains: ['spam.example'] },
    });
  });
  afterAll(() => mirror.close());

  const ask = (ticket: Parameters<Mirror['account']['customerCreatesTicket']>[0] = {}) =>
    mirror.account.customerCreatesTicket({ email: MIA, subject: 'A question', text: 'Where is my parcel', ...ticket })
      .id;
  const reasons = async (ticketId: number) =>
    (await mirror.rows(ticketId)).map(({ author, ignoredBy, ignoredWhy }) => [author, ignoredBy, ignoredWhy]);
  const ANSWERABLE = ['customer', null, null];
  /** What Freshdesk has stored, as only its own mail handling would make it. */
  const changed = (conversationId: number, changes: object): void => {
    Object.assign(mirror.account.state.conversations.get(conversationId) ?? {}, changes);
  };

  test.each([
    ['a blocked address', 'TROLL@customer.example', 'blocked'],
    ['a blocked domain', 'anybody@spam.example', 'blocked'],
    ['a sub-domain of a blocked domain', 'anybody@mail.eu.Spam.example', 'blocked'],
    ['one of our own addresses', 'billing@acme.example', 'own_address'],
    ['a program that reports bounces', 'mailer-daemon@mail.example', 'bounce'],
  ])('E8 a ticket from %s is mirrored with the reason and does not wait', async (_who, email, why) => {
    const ticketId = ask({ email });
    expect(await mirror.sync(ticketId)).toMatchObject({ session: { status: 'open' }, waiting: null });
    expect(await reasons(ticketId)).toEqual([['customer', 'E8', why]]);
    expect((await mirror.rows(ticketId))[0]?.text).toBe('Where is my parcel');
  });

  test.each([
    ['a blocked address', { from: { email: 'troll@CUSTOMER.example', name: 'T.' } }, 'blocked'],
    ['a sub-domain of a blocked domain', { from: { email: 'x@eu.spam.example' } }, 'blocked'],
    ['one of our own addresses', { from: { email: 'support@acme.freshdesk.com' } }, 'own_address'],
    ['an out-of-office program', { text: 'I am away', autoResponse: true }, 'auto_reply'],
    [
      'an absence note that only its text gives away',
      { text: 'I am out of the office until 5 May with limited access to email. For urgent matters call Tom.' },
      'auto_reply',
    ],
    ['a bounce', { from: { email: 'postmaster@mail.example' } }, 'bounce'],
    ['a newsletter', { from: { email: 'news@shop.example' }, html: '<a href="#">Unsubscribe</a>' }, 'newsletter'],
  ])('E8 a reply from %s is mirrored with the reason and does not wait', async (_who, words, why) => {
    const ticketId = ask();
    mirror.account.customerReplies(ticketId, { text: 'Hello', ...words });
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ count: 1, newestSeq: 0 });
    expect(await reasons(ticketId)).toEqual([ANSWERABLE, ['customer', 'E8', why]]);
  });

  test.each([
    ['a private note', { private: true, source: 2 }, 'note'],
    ['a public note', { source: 2 }, 'note'],
    ['a forward', { private: true, source: 8 }, 'forward'],
    ['an answer to a survey', { source: 6 }, 'survey'],
  ])("E8 %s of the customer's side is mirrored with the reason and does not wait", async (_what, changes, why) => {
    const ticketId = ask();
    changed(mirror.account.customerReplies(ticketId, { text: 'Hello' }).id, changes);
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ count: 1, newestSeq: 0 });
    expect(await reasons(ticketId)).toEqual([ANSWERABLE, ['customer', 'E8', why]]);
  });

  test('E8 nobody on the desk’s side is a customer, whoever answers, notes or forwards, and however it came in', async () => {
    const [grace, henry] = mirror.account.humans;
    const ticketId = ask({ responderId: grace?.id ?? null });
    mirror.account.agentReplies(ticketId, { agentId: henry?.id, text: 'I answer' });
    mirror.account.agentNotes(ticketId, { agentId: henry?.id, text: 'I note' });
    const forward = mirror.account.agentNotes(ticketId, { agentId: henry?.id, text: 'I forward' });
    changed(forward.id, { source: 8 });
    const mailed = mirror.account.agentReplies(ticketId, { agentId: grace?.id, text: 'I write from my telephone' });
    changed(mailed.id, { incoming: true });
    mirror.account.agentReplies(ticketId, { agentId: mirror.account.aiAgent.id, text: 'I am the AI' });
    await mirror.sync(ticketId);
    expect((await mirror.rows(ticketId)).map(({ author }) => author)).toEqual([
      'customer',
      'agent',
      'agent',
      'agent',
      'agent',
      'ai',
    ]);
  });

  test('E8 an agent who asks for themselves is the customer of their ticket, also when it is theirs to solve', async () => {
    const ticketId = ask();
    const requesterId = mirror.account.ticket(ticketId).requesterId;
    Object.assign(mirror.account.state.tickets.get(ticketId) ?? {}, { responderId: requesterId });
    mirror.account.customerReplies(ticketId, { text: 'Anybody' });
    await mirror.sync(ticketId);
    expect(await reasons(ticketId)).toEqual([ANSWERABLE, ANSWERABLE]);
  });

  test('E8 the address that the ticket came to is ours, though the account does not list it', async () => {
    const ticketId = ask();
    Object.assign(mirror.account.state.tickets.get(ticketId) ?? {}, { supportEmail: 'Old@acme.example' });
    mirror.account.customerReplies(ticketId, { text: 'Hello', from: { email: 'old@acme.example' } });
    await mirror.sync(ticketId);
    expect(await reasons(ticketId)).toEqual([ANSWERABLE, ['customer', 'E8', 'own_address']]);
  });

  test('E8 a reply without a sender’s address, as from the portal, has the requester’s', async () => {
    const ticketId = ask({ email: 'troll@customer.example', source: 2 });
    changed(mirror.account.customerReplies(ticketId, { text: 'Hello' }).id, { fromEmail: null });
    await mirror.sync(ticketId);
    expect(await reasons(ticketId)).toEqual([
      ['customer', 'E8', 'blocked'],
      ['customer', 'E8', 'blocked'],
    ]);
  });

  test('E8 E12 blocking and unblocking count from the next look on, for what waits as well', async () => {
    await mirror.set({ blocklist: { emails: [], domains: [] } });
    const ticketId = ask();
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ count: 1 });
    await mirror.set({ blocklist: { domains: ['customer.example'] } });
    expect((await mirror.sync(ticketId)).waiting).toBeNull();
    expect(await reasons(ticketId)).toEqual([['customer', 'E8', 'blocked']]);
    await mirror.set({ blocklist: { domains: [] } });
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ count: 1 });
    expect(await reasons(ticketId)).toEqual([ANSWERABLE]);
  });

  test('E8 E2 who asked is read once, when the ticket is first tracked; a refused ticket costs one credit', async () => {
    const ticketId = ask();
    const asked = () => mirror.simulator.requests.find({ path: `/tickets/${ticketId}` }).map(({ query }) => query);
    await mirror.set({ intake: { autoHandleAll: false } });
    await mirror.sync(ticketId);
    expect(mirror.simulator.requests.count).toBe(1);
    expect(asked()).toEqual(['']);

    await mirror.set({ intake: { autoHandleAll: true } });
    mirror.simulator.requests.reset();
    await mirror.sync(ticketId);
    expect(asked()).toEqual(['', 'include=requester']);
    expect(await mirror.session(ticketId)).toMatchObject({ requesterEmail: MIA });

    mirror.simulator.requests.reset();
    mirror.later(25 * HOUR_MS);
    await mirror.sync(ticketId);
    await mirror.sync(ticketId, ['operator']);
    expect(asked()).toEqual(['', '']);
    expect(await mirror.session(ticketId)).toMatchObject({ requesterEmail: MIA });
  });

  test('E8 a caller without an e-mail address is answered like anybody', async () => {
    const ticketId = ask({ email: undefined, phone: '+1 555 0100', source: 2 });
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ count: 1 });
    expect(await mirror.session(ticketId)).toMatchObject({ requesterEmail: null });
  });

  test('E8 S3 spam does not wait, and a ticket that was spam before it was tracked gets no session', async () => {
    const ticketId = ask();
    mirror.account.markSpam(ticketId);
    expect(await mirror.sync(ticketId)).toMatchObject({ session: null, waiting: null });
    expect(await mirror.session(ticketId)).toBeNull();
  });
});
