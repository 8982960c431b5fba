import '../support/quiet.ts';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { BackfillProgress } from '../../src/domain/backfill.ts';
import { openDesk, RETURNS_QUESTION, type Desk } from '../support/desk.ts';
import { makePast, pastClock } from '../support/history.ts';

jest.setTimeout(120_000);

const PATH = '/connections/default/backfills';
const clock = pastClock();
let desk: Desk;
let wanted: number[];

const current = () => desk.api<BackfillProgress>(`${PATH}/current`);
const ended = (limitMs = 30_000) =>
  desk.until('the backfill has ended', async () => (await current()).endedAt !== null, limitMs);

/** The thread of each ticket as Freshdesk and as the mirror have it. */
async function expectMirrored(ticketIds: readonly number[]): Promise<void> {
  for (const id of ticketIds) {
    const seen = (await desk.messages(id)).map(({ freshdeskId, visibility }) => `${freshdeskId} ${visibility}`);
    const thread = desk.account.thread(id);
    expect(seen).toEqual([
      `ticket:${id} public`,
      ...thread.map((entry) => `conversation:${entry.id} ${entry.private ? 'private' : 'public'}`),
    ]);
  }
}

beforeAll(async () => {
  desk = await openDesk({
    simulator: { now: clock.now },
    backfill: true,
    before: (simulator) => {
      wanted = makePast(simulator, clock, { tickets: 24, days: 100 });
      clock.at(200);
      simulator.account.customerCreatesTicket({ subject: 'Too old', text: 'Hello?' });
      clock.present();
    },
  });
});
afterAll(() => desk.close());

test('C5, B1: a new connection mirrors what is open, pending or custom and younger than 180 days, and nothing else', async () => {
  await ended();
  expect(await current()).toMatchObject({ state: 'completed', found: wanted.length, done: wanted.length, failed: 0 });
  const { items } = await desk.api<{ items: { ticketId: number; backfilled: boolean }[] }>('/sessions?limit=200');
  expect(items.map(({ ticketId }) => ticketId).toSorted((a, b) => a - b)).toEqual(wanted);
  expect(items.every(({ backfilled }) => backfilled)).toBe(true);
  await expectMirrored(wanted);
});

test('B2 nothing from before the connection is answered; the next customer message is', async () => {
  const [one = 0, other = 0] = wanted;
  for (const id of [one, other]) {
    await desk.quiet(id);
    expect(desk.aiReplies(id)).toEqual([]);
    expect(desk.aiNotes(id)).toEqual([]);
  }
  desk.account.customerReplies(one, { text: RETURNS_QUESTION });
  await desk.until('it is answered', () => desk.aiReplies(one).length === 1);
  expect(desk.aiReplies(other)).toEqual([]);
});
