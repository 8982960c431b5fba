import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  HOUR_MS,
  openMirror,
  SECOND_MS,
  shownInFreshdesk,
  shownInMirror,
  type Mirror,
} from '../../../testbed/activities.ts';

describe('I6 long threads', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror();
  });
  beforeEach(() => mirror.simulator.faults.clear());
  afterAll(() => mirror.close());

  /** A mirrored ticket with that many entries, every second one a note; the request log is empty afterwards. */
  async function longTicket(entries: number): Promise<{ ticketId: number; ids: number[] }> {
    const ticketId = mirror.account.customerCreatesTicket({
      email: 'mia@customer.example',
      subject: 'A long story',
      text: 'It begins',
    }).id;
    const ids = Array.from({ length: entries }, (_, index) =>
      index % 2 === 0
        ? mirror.account.customerReplies(ticketId, { text: `entry ${index}` }).id
        : mirror.account.agentNotes(ticketId, { text: `entry ${index}` }).id,
    );
    await mirror.sync(ticketId);
    mirror.later(SECOND_MS);
    mirror.simulator.requests.reset();
    return { ticketId, ids };
  }
  const expectEqual = async (ticketId: number) =>
    expect(await shownInMirror(mirror, ticketId)).toEqual(shownInFreshdesk(mirror.simulator, ticketId));
  const nth = <T>(values: readonly T[], index: number): T => {
    const value = values.at(index);
    if (value === undefined) throw new Error(`there is no element ${index}`);
    return value;
  };

  test('I6 a thread of 250 entries is read from where the last read stopped: two requests, whatever its length', async () => {
    const { ticketId } = await longTicket(250);
    await expectEqual(ticketId);
    mirror.account.customerReplies(ticketId, { text: 'And then' });
    await mirror.sync(ticketId);
    expect(mirror.simulator.requests.count).toBe(2);
    expect(mirror.simulator.requests.credits).toBe(2);
    expect(mirror.pagesRead(ticketId)).toEqual([3]);
    await expectEqual(ticketId);
  });

  test.each([99, 100, 101, 200])(
    'I6 what comes after %i entries is found, also on a page that begins with it',
    async (entries) => {
      const { ticketId } = await longTicket(entries);
      for (const text of ['And then', 'And at last']) {
        mirror.account.customerReplies(ticketId, { text });
        await mirror.sync(ticketId);
        await expectEqual(ticketId);
      }
    },
  );

  test('I6 many pages that came at once are all read', async () => {
    const { ticketId } = await longTicket(90);
    for (let index = 0; index < 230; index += 1) mirror.account.agentNotes(ticketId, { text: `later ${index}` });
    await mirror.sync(ticketId);
    expect(mirror.pagesRead(ticketId)).toEqual([1, 2, 3, 4]);
    await expectEqual(ticketId);
  });

  test('I6 a note deleted on an earlier page pulls the thread forward, and the message it hides is found', async () => {
    const { ticketId, ids } = await longTicket(201);
    mirror.account.deleteNote(nth(ids, 1));
    const first = mirror.account.customerReplies(ticketId, { text: 'And then' });
    await mirror.sync(ticketId);
    expect(mirror.pagesRead(ticketId)).toEqual([3, 2, 3]);

    mirror.account.deleteNote(nth(ids, 3));
    const second = mirror.account.customerReplies(ticketId, { text: 'And at last' });
    const { waiting } = await mirror.sync(ticketId);
    const mirrored = (await mirror.rows(ticketId)).map((row) => Number(row.seq));
    expect(mirrored).toEqual(expect.arrayContaining([first.id, second.id]));
    expect(waiting?.newestSeq).toBe(second.id);
  });

  test('I6 so many notes deleted that the last page is gone', async () => {
    const { ticketId, ids } = await longTicket(230);
    for (let index = 1; index < 120; index += 2) mirror.account.deleteNote(nth(ids, index));
    const { id } = mirror.account.customerReplies(ticketId, { text: 'Is anybody there' });
    const { waiting } = await mirror.sync(ticketId);
    expect(waiting?.newestSeq).toBe(id);
    await mirror.sync(ticketId, ['operator']);
    await expectEqual(ticketId);
  });

  test('I6 the very entry where the last read stopped was deleted: nothing is lost', async () => {
    const { ticketId, ids } = await longTicket(250);
    mirror.account.deleteNote(nth(ids, -1));
    mirror.account.customerReplies(ticketId, { text: 'And then' });
    await mirror.sync(ticketId);
    await expectEqual(ticketId);
    mirror.simulator.requests.reset();
    await mirror.sync(ticketId);
    expect(mirror.pagesRead(ticketId)).toEqual([3]);
  });

  test('I6 an edit and a deletion on an earlier page are caught once a day', async () => {
    const { ticketId, ids } = await longTicket(250);
    mirror.account.editNote(nth(ids, 1), { text: 'edited' });
    mirror.account.deleteNote(nth(ids, 3));
    await mirror.sync(ticketId);
    expect(mirror.pagesRead(ticketId)).toEqual([3]);
    expect((await mirror.rows(ticketId)).map((row) => row.text)).toContain('entry 1');

    mirror.later(24 * HOUR_MS - 2 * SECOND_MS);
    await mirror.sync(ticketId);
    expect(mirror.pagesRead(ticketId)).toEqual([3, 3]);
    mirror.later(SECOND_MS);
    const { session } = await mirror.sync(ticketId);
    expect(mirror.pagesRead(ticketId)).toEqual([3, 3, 1, 2, 3]);
    await expectEqual(ticketId);
    expect(session?.rereadAtMs).toBe(mirror.clock.ms + 24 * HOUR_MS);
  });

  test('L2 the daily reading of a ticket that nobody has touched costs one call, and its thread is read once a week', async () => {
    const { ticketId } = await longTicket(0);
    await mirror.db.session.updateMany({ where: { ticketId: BigInt(ticketId) }, data: { coveredThrough: 0n } });
    await mirror.sync(ticketId);
    const readDaily = async (): Promise<{ credits: number; pages: number[]; nextInMs: number }> => {
      mirror.later(24 * HOUR_MS);
      mirror.simulator.requests.reset();
      const { session, atMs } = await mirror.sync(ticketId, []);
      return {
        credits: mirror.simulator.requests.credits,
        pages: mirror.pagesRead(ticketId),
        nextInMs: (session?.rereadAtMs ?? 0) - atMs,
      };
    };
    for (let day = 1; day <= 6; day += 1)
      expect(await readDaily()).toEqual({ credits: 1, pages: [], nextInMs: 24 * HOUR_MS });
    expect(await readDaily()).toEqual({ credits: 2, pages: [1], nextInMs: 24 * HOUR_MS });
    expect(await readDaily()).toMatchObject({ pages: [] });
    mirror.account.agentNotes(ticketId, { text: 'Nobody told us' });
    expect(await readDaily()).toMatchObject({ pages: [1] });
    await expectEqual(ticketId);
    expect(await readDaily()).toMatchObject({ pages: [] });
  });

  test('L2 a ticket whose channel is off is not read daily', async () => {
    const { ticketId } = await longTicket(1);
    await mirror.set({ channels: { email: { mode: 'off' } } });
    expect((await mirror.sync(ticketId)).session?.rereadAtMs).toBeNull();
    await mirror.set({ channels: { email: { mode: 'autopilot' } } });
    expect((await mirror.sync(ticketId)).session?.rereadAtMs).toBe(mirror.clock.ms + 24 * HOUR_MS);
  });

  test("I6 an operator's hint reads the whole thread at once", async () => {
    const { ticketId, ids } = await longTicket(120);
    mirror.account.editNote(nth(ids, 1), { text: 'edited' });
    mirror.account.deleteNote(nth(ids, 3));
    await mirror.sync(ticketId, ['webhook', 'operator']);
    expect(mirror.pagesRead(ticketId)).toEqual([1, 2]);
    await expectEqual(ticketId);
  });

  test('I6 entries merged in on an earlier page are caught by the next whole read', async () => {
    const other = mirror.account.customerCreatesTicket({ email: 'mia@customer.example', text: 'The other ticket' }).id;
    mirror.account.customerReplies(other, { text: 'Written to the other ticket' });
    mirror.later(SECOND_MS);
    const { ticketId } = await longTicket(150);
    mirror.account.merge(ticketId, [other]);
    await mirror.sync(ticketId);
    await mirror.sync(ticketId, ['operator']);
    await expectEqual(ticketId);
  });

  test('I6 a note deleted while the pages are being read costs at most the mirror of one entry, until the next whole read', async () => {
    const { ticketId, ids } = await longTicket(150);
    mirror.simulator.faults.onRequest(
      { match: { method: 'GET', path: `/tickets/${ticketId}/conversations` }, at: 'after_apply' },
      () => mirror.account.deleteNote(nth(ids, 1)),
    );
    await mirror.sync(ticketId, ['operator']);
    await mirror.sync(ticketId, ['operator']);
    await expectEqual(ticketId);
  });
});
