import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CONNECTED_AT_MS, HOUR_MS, openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';

const [OPEN, PENDING, RESOLVED, CLOSED] = [2, 3, 4, 5];

describe('what a look says about status, time and source', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror();
  });
  beforeEach(async () => {
    mirror.simulator.faults.clear();
    mirror.logLines.length = 0;
    await mirror.set({ intake: { autoHandleAll: true, defaultGroupId: null } });
  });
  afterAll(() => mirror.close());

  const ask = (ticket: Parameters<Mirror['account']['customerCreatesTicket']>[0] = {}) =>
    mirror.account.customerCreatesTicket({
      email: 'mia@customer.example',
      subject: 'A question',
      text: 'Where is my parcel',
      ...ticket,
    }).id;
  const statsRead = (ticketId: number) =>
    mirror.simulator.requests.find({ path: `/tickets/${ticketId}` }).filter(({ query }) => query.includes('stats'));

  describe('S1 status', () => {
    test.each([OPEN, PENDING, 6, 7, 8])('S1 a ticket of status %i has an open session', async (status) => {
      const ticketId = ask({ status });
      await mirror.sync(ticketId);
      expect(await mirror.session(ticketId)).toMatchObject({ status: 'open', ticketStatus: status });
      expect(mirror.logLines).toEqual([]);
    });

    test.each([RESOLVED, CLOSED])('S1 a ticket of status %i has a session closed by Freshdesk', async (status) => {
      const ticketId = ask();
      await mirror.sync(ticketId);
      mirror.later(SECOND_MS);
      mirror.account.setStatus(ticketId, status);
      const { session } = await mirror.sync(ticketId);
      expect(session).toMatchObject({ status: 'closed_resolved', rereadAtMs: null });
      expect(await mirror.session(ticketId)).toMatchObject({
        status: 'closed_resolved',
        closedBy: 'freshdesk',
        ticketStatus: status,
      });
    });

    test('S1 a status that the account did not list counts as open, and the log names it', async () => {
      const ticketId = ask();
      mirror.account.setStatus(ticketId, 42);
      const { session } = await mirror.sync(ticketId);
      expect(session?.status).toBe('open');
      expect(mirror.logLines).toMatchObject([{ level: 40, connection: 'default', ticketId, status: 42 }]);
    });
  });

  describe('S2 the closing time', () => {
    /** A tracked ticket whose customer writes again and which is closed, in that order or the other one, `gapMs` apart. */
    async function closedAround(first: 'message' | 'closing', gapMs: number) {
      const ticketId = ask();
      await mirror.sync(ticketId);
      mirror.later(60 * SECOND_MS);
      const write = () => void mirror.account.customerReplies(ticketId, { text: 'It has not arrived' });
      const close = () => mirror.account.setStatus(ticketId, CLOSED);
      const [one, other] = first === 'message' ? [write, close] : [close, write];
      one();
      mirror.later(gapMs);
      other();
      mirror.later(SECOND_MS);
      mirror.simulator.requests.reset();
      return { ticketId, snapshot: await mirror.sync(ticketId) };
    }

    test('S2 a message from before the closing is settled with it', async () => {
      const { snapshot } = await closedAround('message', SECOND_MS);
      expect(snapshot.session?.status).toBe('closed_resolved');
    });

    test('S2 a message from after the closing opens the session, whatever the status says', async () => {
      const { ticketId, snapshot } = await closedAround('closing', SECOND_MS);
      expect(snapshot).toMatchObject({
        session: { status: 'open' },
        waiting: { newestSeq: mirror.account.thread(ticketId)[0]?.id },
      });
      expect(await mirror.session(ticketId)).toMatchObject({ ticketStatus: CLOSED });
    });

    test.each(['message', 'closing'] as const)(
      'S2 in the very second of the closing a message counts as after it (%s first)',
      async (first) => {
        const { ticketId, snapshot } = await closedAround(first, 0);
        expect(snapshot).toMatchObject({
          session: { status: 'open' },
          waiting: { newestSeq: mirror.account.thread(ticketId)[0]?.id },
        });
      },
    );

    test('S2 one more request, and only where a message waits on a ticket closed since the last look', async () => {
      const { ticketId } = await closedAround('closing', SECOND_MS);
      expect(mirror.simulator.requests.count).toBe(3);
      expect(statsRead(ticketId)).toHaveLength(1);

      const answered = ask();
      mirror.account.agentReplies(answered, { text: 'It is on its way' });
      await mirror.sync(answered);
      mirror.account.setStatus(answered, RESOLVED);
      await mirror.sync(answered);
      mirror.later(SECOND_MS);
      mirror.account.customerReplies(answered, { text: 'It has not arrived' });
      const reopened = await mirror.sync(answered);
      expect(reopened).toMatchObject({ session: { status: 'open', episode: 2 }, waiting: { count: 1 } });
      expect(statsRead(answered)).toEqual([]);
    });

    test('S2 S4 a closed session that is looked at again stays closed, and costs nothing more', async () => {
      const { ticketId } = await closedAround('message', SECOND_MS);
      const before = await mirror.session(ticketId);
      mirror.simulator.requests.reset();
      mirror.later(HOUR_MS);
      expect((await mirror.sync(ticketId)).session?.status).toBe('closed_resolved');
      expect(await mirror.session(ticketId)).toMatchObject({
        episode: before?.episode,
        closedThrough: before?.closedThrough,
      });
      expect(mirror.simulator.requests.count).toBe(2);
    });

    test('S2 a ticket first seen closed is history: nothing waits', async () => {
      const ticketId = ask();
      mirror.later(SECOND_MS);
      mirror.account.setStatus(ticketId, CLOSED);
      const { session } = await mirror.sync(ticketId, ['backfill']);
      expect(session?.status).toBe('closed_resolved');
    });
  });

  describe('S3 gone', () => {
    test.each(['markSpam', 'deleteTicket'] as const)(
      'S3 %s closes the session unresolved; restored it is open, and what waits counts',
      async (how) => {
        const ticketId = ask();
        await mirror.sync(ticketId);
        mirror.account[how](ticketId);
        expect((await mirror.sync(ticketId)).session?.status).toBe('closed_unresolved');
        mirror.account.restore(ticketId);
        expect(await mirror.sync(ticketId)).toMatchObject({
          session: { status: 'open' },
          waiting: { count: 1, newestSeq: 0 },
        });
      },
    );

    test('S3 a ticket that Freshdesk no longer knows closes its session and keeps its thread', async () => {
      const ticketId = ask();
      await mirror.sync(ticketId);
      mirror.simulator.faults.add({ kind: 'status', status: 404, match: { path: `/tickets/${ticketId}` } });
      expect((await mirror.sync(ticketId)).session?.status).toBe('closed_unresolved');
      expect(await mirror.session(ticketId)).toMatchObject({
        status: 'closed_unresolved',
        closure: 'deleted',
        closedBy: 'freshdesk',
      });
      expect(await mirror.rows(ticketId)).toHaveLength(1);
    });

    test('S3 a ticket that was never there has no session', async () => {
      expect(await mirror.sync(987_654)).toMatchObject({ session: null, waiting: null });
      expect(await mirror.session(987_654)).toBeNull();
    });
  });

  describe('E1 the floor', () => {
    const beforeConnecting = (): number => {
      const nowMs = mirror.clock.ms;
      mirror.clock.ms = CONNECTED_AT_MS - SECOND_MS;
      const ticketId = ask();
      mirror.clock.ms = nowMs;
      return ticketId;
    };

    test('E1 a message from before the connection is mirrored and does not wait; the next one does, alone', async () => {
      const ticketId = beforeConnecting();
      expect(await mirror.sync(ticketId)).toMatchObject({ session: { status: 'open' }, waiting: null });
      expect(await mirror.rows(ticketId)).toHaveLength(1);
      const { id } = mirror.account.customerReplies(ticketId, { text: 'Is anybody there' });
      expect((await mirror.sync(ticketId)).waiting).toMatchObject({ oldestSeq: id, newestSeq: id, count: 1 });
    });

    test('E1 the AI being assigned does not make history wait', async () => {
      const ticketId = beforeConnecting();
      mirror.account.assign(ticketId, mirror.account.aiAgent.id);
      expect(await mirror.sync(ticketId)).toMatchObject({ session: { responder: 'ai' }, waiting: null });
    });

    test('E1 with auto-handle alone, what is older than its being switched on does not wait, except where the AI is assigned', async () => {
      await mirror.set({ intake: { autoHandleAll: false } });
      const ticketId = ask();
      mirror.later(60 * SECOND_MS);
      await mirror.set({ intake: { autoHandleAll: true } });
      mirror.later(SECOND_MS);
      expect((await mirror.sync(ticketId)).waiting).toBeNull();
      mirror.account.assign(ticketId, mirror.account.aiAgent.id);
      expect((await mirror.sync(ticketId)).waiting).toMatchObject({ newestSeq: 0 });
    });

    test('E1 a message of the very second of the connection counts as after it', async () => {
      const nowMs = mirror.clock.ms;
      mirror.clock.ms = CONNECTED_AT_MS;
      const ticketId = ask({ responderId: mirror.account.aiAgent.id });
      mirror.clock.ms = nowMs;
      expect((await mirror.sync(ticketId)).waiting).toMatchObject({ newestSeq: 0 });
    });
  });

  describe('E7 sources', () => {
    test.each([
      [1, 'email'],
      [2, 'web'],
      [3, 'phone'],
      [4, 'other'],
      [5, 'other'],
      [7, 'web'],
      [9, 'web'],
      [10, 'email'],
      [13, 'other'],
      [15, 'web'],
      [99, 'other'],
      [4_711, 'other'],
    ])('E7 source %i is channel %s', async (source, channel) => {
      const ticketId = ask({ source });
      expect((await mirror.sync(ticketId)).session).toMatchObject({ channel });
      expect(await mirror.session(ticketId)).toMatchObject({ channel, source });
    });

    test('E7 an unknown source is mirrored, and its mode is off unless set', async () => {
      const ticketId = ask({ source: 99 });
      expect((await mirror.sync(ticketId)).session?.mode).toBe('off');
      expect(await mirror.rows(ticketId)).toHaveLength(1);
    });

    test('E7 a phone ticket waits as written by the desk until the caller writes', async () => {
      const ticketId = ask({ source: 3 });
      expect((await mirror.sync(ticketId)).waiting).toMatchObject({ writtenByDesk: true, count: 1 });
      mirror.account.customerReplies(ticketId, { text: 'I called you' });
      expect((await mirror.sync(ticketId)).waiting).toMatchObject({ writtenByDesk: false, count: 2 });
    });

    test('E7 an outbound mail is the desk speaking: nothing waits until the customer writes', async () => {
      const ticketId = ask({ source: 10 });
      expect((await mirror.sync(ticketId)).waiting).toBeNull();
      expect((await mirror.rows(ticketId)).map((row) => row.author)).toEqual(['agent']);
      const { id } = mirror.account.customerReplies(ticketId, { text: 'What is this' });
      expect((await mirror.sync(ticketId)).waiting).toMatchObject({ oldestSeq: id, count: 1 });
    });

    test("E7 a chat's first message, which is description and entry, is mirrored as both and waits", async () => {
      const ticketId = ask({ source: 15, text: 'Hi' });
      const { waiting } = await mirror.sync(ticketId);
      expect((await mirror.rows(ticketId)).map((row) => row.text)).toEqual(['Hi', 'Hi']);
      expect(waiting).toMatchObject({ oldestSeq: 0, count: 2 });
    });
  });

  test('E8 auto-replies, and what others than the customer write, do not wait; the mirror says why', async () => {
    const ticketId = ask();
    mirror.account.agentReplies(ticketId, { text: 'It is on its way' });
    mirror.account.customerReplies(ticketId, { text: 'I am away until Monday', autoResponse: true });
    mirror.account.customerReplies(ticketId, {
      text: 'Your message could not be delivered',
      from: { email: 'mailer-daemon@mail.example' },
    });
    expect((await mirror.sync(ticketId)).waiting).toBeNull();
    expect((await mirror.rows(ticketId)).map(({ ignoredBy, ignoredWhy }) => [ignoredBy, ignoredWhy])).toEqual([
      [null, null],
      [null, null],
      ['E8', 'auto_reply'],
      ['E8', 'bounce'],
    ]);
  });
});
