import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDb, type Db } from '../../../src/db/client.ts';
import { createRateLimit } from '../../../src/db/connections/rate-limit.ts';
import { RateLimited, type Ask, type RateLimit } from '../../../src/domain/rate-limit.ts';
import { Prisma } from '../../../src/generated/prisma/client.ts';
import { createTestDatabase, type TestDatabase } from '../../../testbed/database.ts';

let database: TestDatabase;
let one: Db;
let two: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  one = createDb(database.url);
  two = createDb(database.url);
});
afterAll(async () => {
  await one.$disconnect();
  await two.$disconnect();
  await database.drop();
});

const LIVE = { lane: 'live', share: 1, name: null } as const;
const BACKGROUND = { lane: 'background', share: 0.5 } as const;

/** How many of the attempts were allowed. */
async function allowed(attempts: Promise<unknown>[]): Promise<number> {
  const results = await Promise.allSettled(attempts);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RateLimited);
  }
  return results.filter(({ status }) => status === 'fulfilled').length;
}

/** Who has a place in the live line is told to come back half-way to the turn. */
const HALF_WAY = 2;

/** When to come back with what is refused now, ms. */
async function refusal(attempt: Promise<unknown>): Promise<number> {
  return retryAfterOf(await attempt.catch((reason: unknown) => reason));
}

function retryAfterOf(error: unknown): number {
  expect(error).toBeInstanceOf(RateLimited);
  return (error as RateLimited).retryAfterMs;
}

async function tokensOf(connectionId: string): Promise<number | undefined> {
  return (await one.rateBucket.findUnique({ where: { connectionId } }))?.tokens;
}

/** Sets the bucket back in time, as if so many seconds had passed since. */
async function age(connectionId: string, seconds: number): Promise<void> {
  const ago = Prisma.sql`${seconds}::float8 * interval '1 second'`;
  await one.$executeRaw`UPDATE rate_buckets
    SET "refilledAt" = "refilledAt" - ${ago}, "closedUntil" = "closedUntil" - ${ago}, "windowAt" = "windowAt" - ${ago},
      "spareAt" = "spareAt" - ${ago}
    WHERE "connectionId" = ${connectionId}`;
  await one.$executeRaw`UPDATE rate_places SET until = until - ${ago} WHERE "connectionId" = ${connectionId}`;
}

/** An account of `total` calls a minute, of which so many are left. */
async function account(total: number, remaining: number) {
  const id = randomUUID();
  const limits = [createRateLimit(one, id), createRateLimit(two, id)] as const;
  await limits[0].learned({ credits: 0, total, remaining });
  return { id, limit: limits[0], other: limits[1] };
}

/** The same with nothing held, in a minute of Freshdesk's that has all of it yet. */
async function emptied(total: number) {
  const made = await account(total, 0);
  await one.$executeRaw`UPDATE rate_buckets SET remaining = total WHERE "connectionId" = ${made.id}`;
  return made;
}

test('two processes racing on one bucket never overdraw it', async () => {
  // Seven a minute: the next credit is 8.6 s away, longer than anybody waits in place.
  const { id, limit, other } = await account(7, 7);
  const attempts = Array.from({ length: 20 }, () =>
    [limit, other].map((either) => either.acquire({ ...LIVE, credits: 1 })),
  );
  expect(await allowed(attempts.flat())).toBe(7);
  expect(await tokensOf(id)).toBeLessThan(1);
});

test('L1 what answers tell at the same time is stored together, and nothing of it is lost', async () => {
  const id = randomUUID();
  let stored = 0;
  const counting = one.$extends({
    query: {
      $executeRaw({ args, query }) {
        stored += 1;
        return query(args);
      },
    },
  }) as unknown as Db;
  const limit = createRateLimit(counting, id, undefined, 60_000);
  await limit.learned({ credits: 1, total: 100, remaining: 90 }); // others have used nine
  for (const remaining of [89, 88, 86]) await limit.learned({ credits: 1, total: 100, remaining });
  expect(stored).toBe(1);
  await limit.settle({ lane: 'live', credits: 1 });
  expect(stored).toBe(3);
  expect(await one.rateBucket.findUnique({ where: { connectionId: id } })).toMatchObject({
    total: 100,
    remaining: 86,
    answered: 4,
    others: 10,
  });
});

test('racing on a bucket that does not exist yet makes one of 50', async () => {
  const id = randomUUID();
  const attempts = [one, two].map((db) => createRateLimit(db, id).acquire({ ...LIVE, credits: 20 }));
  expect(await allowed(attempts)).toBe(2);
  await refusal(createRateLimit(one, id).acquire({ ...LIVE, credits: 20 }));
});

test('who has no name and is refused takes nothing, and hears how long it will be', async () => {
  const { id, limit } = await emptied(60);
  for (const _ of [1, 2]) {
    const waitMs = await refusal(limit.acquire({ ...LIVE, credits: 10 }));
    expect(waitMs).toBeGreaterThan(8_000);
    expect(waitMs).toBeLessThanOrEqual(10_000);
  }
  await age(id, 10);
  await limit.acquire({ ...LIVE, credits: 10 });
});

test('a short wait is waited out in place', async () => {
  const { limit } = await emptied(600);
  const started = performance.now();
  await limit.acquire({ ...LIVE, credits: 10 });
  // Ten credits at ten a second, less what came in before the clock was started.
  expect(performance.now() - started).toBeGreaterThan(200);
});

test('L1 who waits in place asks twice a second at most, however near the turn seems', async () => {
  let asked = 0;
  const turn = { turnMs: 10, opensMs: 0, closed: null };
  const db = { $queryRaw: async () => ((asked += 1), [turn]), $executeRaw: async () => 1 } as unknown as Db;
  await refusal(createRateLimit(db, randomUUID(), 1_000).acquire({ ...LIVE, name: 'waits', credits: 1 }));
  expect(asked).toBeLessThanOrEqual(4);
});

test('L1 first come, first served: who comes back finds the place, and nobody who came later has taken it', async () => {
  const { id, limit, other } = await emptied(60);
  const named = (name: string, credits: number) => ({ ...LIVE, name, credits });
  const times: number[] = [];
  // The first wants much: those who want one each must not starve it.
  times.push(await refusal(limit.acquire(named('much', 9))));
  for (let i = 0; i < 6; i += 1) times.push(await refusal(other.acquire(named(`little ${i}`, 1))));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(HALF_WAY * (times.at(-1) ?? 0)).toBeGreaterThan(13_000);
  await age(id, 10);
  expect(await allowed([...Array(6).keys()].map((i) => other.acquire(named(`little ${i}`, 1))))).toBeLessThanOrEqual(3);
  await limit.acquire(named('much', 9));
  await age(id, 6);
  expect(await allowed([limit.acquire(named('little 4', 1)), limit.acquire(named('little 5', 1))])).toBe(2);
});

test('L1 what those in front give back is used at once: who waits comes back before the turn that was reckoned', async () => {
  const [TOTAL, TAKEN, USED, SECONDS] = [120, 7, 4, 60]; // two a second
  const { id } = await emptied(TOTAL);
  const limit = createRateLimit(one, id, 0);
  const backAt = new Map(Array.from({ length: 60 }, (_, nth) => [`ticket:${nth}`, 0]));
  let served = 0;
  for (let second = 0; second < SECONDS; second += 1) {
    for (const [name, at] of backAt) {
      if (at > second) continue;
      const waitMs = await limit.acquire({ ...LIVE, name, credits: TAKEN }).then(() => 0, retryAfterOf);
      backAt.set(name, waitMs === 0 ? SECONDS : second + waitMs / 1_000);
      if (waitMs > 0) continue;
      served += 1;
      await limit.settle({ lane: 'live', credits: TAKEN - USED });
    }
    await age(id, 1);
  }
  expect(served * USED).toBeGreaterThanOrEqual(0.9 * TOTAL);
});

test('L1 a place is kept for a minute after its turn, and then is anybody’s', async () => {
  const { id, limit } = await emptied(60);
  const ask = { ...LIVE, name: 'late', credits: 6 };
  await refusal(limit.acquire(ask));
  await age(id, 120);
  await limit.acquire({ ...LIVE, credits: 60 });
  expect(HALF_WAY * (await refusal(limit.acquire(ask)))).toBeGreaterThan(4_000);
});

test('L1 what was not used moves the line on, and what was used beyond it holds it up', async () => {
  const { limit } = await account(60, 10);
  await limit.acquire({ ...LIVE, credits: 9 });
  await limit.settle({ lane: 'live', credits: 7 });
  await limit.acquire({ ...LIVE, credits: 8 });
  await limit.settle({ lane: 'live', credits: -5 });
  expect(await refusal(limit.acquire({ ...LIVE, credits: 1 }))).toBeGreaterThan(4_000);
});

test('L1 what a look has kept for the answer is there, whoever waits in line', async () => {
  const { limit, other } = await account(60, 9);
  const ticket = { ...LIVE, name: 'ticket:1' };
  await limit.acquire({ ...ticket, credits: 9 });
  await limit.settle({ lane: 'live', credits: 5, keep: { name: 'ticket:1', credits: 5 } });
  await refusal(other.acquire({ ...LIVE, name: 'ticket:2', credits: 9 }));
  await other.acquire({ ...ticket, credits: 5 });
  await refusal(other.acquire({ ...ticket, credits: 5 }));
});

test('B4 background work leaves the rest of the budget to live work', async () => {
  const { limit, other } = await account(10, 10);
  const backfill = (i: number) => other.acquire({ ...BACKGROUND, name: `b${i}`, credits: 1 });
  expect(await allowed([...Array(10).keys()].map(backfill))).toBe(5);
  expect(await allowed(Array.from({ length: 10 }, () => limit.acquire({ ...LIVE, credits: 1 })))).toBe(5);
});

test('B4 of a minute background work takes what live work has left so far, and little of what it may need yet', async () => {
  const { id, limit, other } = await account(600, 600);
  const backfill = () => other.acquire({ ...BACKGROUND, name: 'backfill', credits: 50 });
  for (let i = 0; i < 6; i += 1) await backfill(); // its share of a minute that has been quiet
  await limit.learned({ credits: 300, total: 600, remaining: 300 });
  await refusal(backfill());
  await limit.acquire({ ...LIVE, credits: 100 });
  await limit.learned({ credits: 100, total: 600, remaining: 500 }); // a new minute, of which so much is gone at once
  await age(id, 10);
  expect(await refusal(backfill())).toBeGreaterThan(20_000);
  await age(id, 20);
  await limit.learned({ credits: 0, total: 600, remaining: 500 }); // and live work has asked for no more
  await backfill();
});

test('B4 what background work leaves to live work is enough for a burst', async () => {
  const { id, limit, other } = await account(600, 600);
  const backfill = () => other.acquire({ ...BACKGROUND, name: 'backfill', credits: 50 });
  for (let i = 0; i < 6; i += 1) await backfill(); // its share of a minute that has been quiet
  await limit.learned({ credits: 290, total: 600, remaining: 310 });
  await age(id, 30);
  expect(await refusal(backfill())).toBeGreaterThan(20_000);
  await age(id, 5);
  expect(await refusal(backfill())).toBeLessThan(20_000);
});

test('L2 background work that live work leaves nothing to goes on, slowly and in turn', async () => {
  const { id, limit, other } = await account(600, 0);
  await refusal(limit.acquire({ ...LIVE, name: 'queue', credits: 600 }));
  const backfill = (name: string) => other.acquire({ ...BACKGROUND, name, credits: 3 });
  for (const name of ['first', 'second']) await refusal(backfill(name));
  for (let seconds = 0; seconds < 15; seconds += 5) await age(id, 5);
  await backfill('first');
  await refusal(backfill('second'));
});

test('L2 a live line is not held up by background work that waits itself', async () => {
  const { limit, other } = await emptied(600);
  for (let i = 0; i < 20; i += 1) await refusal(other.acquire({ ...BACKGROUND, name: `b${i}`, credits: 30 }));
  await limit.acquire({ ...LIVE, credits: 5 });
});

test('while nobody waits, an answer lowers the bucket to what Freshdesk says is left and never raises it', async () => {
  const { id, limit } = await account(10, 4);
  await limit.learned({ credits: 1, total: 10, remaining: 9 });
  expect(await tokensOf(id)).toBeLessThan(5);
  await limit.learned({ credits: 1, total: 10, remaining: 2 });
  expect(await tokensOf(id)).toBe(2);
});

test('L1 what other apps use moves the line back by as much and leaves the places', async () => {
  const { id, limit } = await account(600, 600);
  await limit.acquire({ ...LIVE, credits: 600 });
  await refusal(limit.acquire({ ...LIVE, name: 'waits', credits: 30 }));
  const before = (await tokensOf(id)) ?? 0;
  await limit.learned({ credits: 10, total: 600, remaining: 590 });
  expect(((await tokensOf(id)) ?? 0) - before).toBeGreaterThanOrEqual(0);
  await limit.learned({ credits: 10, total: 600, remaining: 480 });
  expect(((await tokensOf(id)) ?? 0) - before).toBeLessThan(-80);
  await age(id, 20);
  await limit.acquire({ ...LIVE, name: 'waits', credits: 30 });
});

test('L1 our own calls are not taken for those of others, in this minute and the next', async () => {
  const { id, limit } = await account(600, 600);
  await limit.acquire({ ...LIVE, credits: 300 });
  for (let i = 1; i <= 30; i += 1) await limit.learned({ credits: 10, total: 600, remaining: 600 - i * 10 });
  expect(await tokensOf(id)).toBeGreaterThanOrEqual(300);
  await age(id, 61);
  await limit.acquire({ ...LIVE, credits: 300 });
  for (let i = 1; i <= 30; i += 1) await limit.learned({ credits: 10, total: 600, remaining: 600 - i * 10 });
  expect(await tokensOf(id)).toBeGreaterThanOrEqual(300);
});

test('L1 an answer that comes after the end of its minute is not taken for a new one of which others have used all', async () => {
  const { id, limit } = await account(600, 600);
  await limit.acquire({ ...LIVE, credits: 595 });
  await limit.learned({ credits: 595, total: 600, remaining: 5 });
  await age(id, 60.5);
  const before = (await tokensOf(id)) ?? 0;
  await limit.learned({ credits: 1, total: 600, remaining: 4, tookMs: 1_000 });
  await limit.learned({ credits: 1, total: 600, remaining: 599 });
  await limit.learned({ credits: 1, total: 600, remaining: 3, tookMs: 1_000 });
  expect((await tokensOf(id)) ?? 0).toBeGreaterThanOrEqual(before);
});

test('L1 what Freshdesk would refuse waits for its next minute, and what is kept for a write does not', async () => {
  const { id, limit, other } = await account(600, 600);
  const ticket = { ...LIVE, name: 'ticket:1' };
  await limit.acquire({ ...ticket, credits: 594 });
  await limit.settle({ lane: 'live', credits: 0, keep: { name: ticket.name, credits: 5 } });
  await limit.learned({ credits: 594, total: 600, remaining: 6 });
  await age(id, 30);
  const waitMs = await refusal(other.acquire({ ...LIVE, credits: 9 }));
  expect(waitMs).toBeGreaterThan(25_000);
  expect(waitMs).toBeLessThanOrEqual(30_000);
  await limit.acquire({ ...ticket, credits: 5 });
  await age(id, 31);
  await other.acquire({ ...LIVE, credits: 9 });
});

test('L1 the next minute begins where a refusal has said, if it says so', async () => {
  const { id, limit, other } = await account(600, 600);
  await limit.acquire({ ...LIVE, credits: 594 });
  await limit.learned({ credits: 594, total: 600, remaining: 6 });
  await limit.closedFor(10_000, null);
  await age(id, 11);
  await other.acquire({ ...LIVE, credits: 9 });
});

test('L1 an answer of which all is left but its own cost begins a minute', async () => {
  const { id, limit, other } = await account(600, 600);
  await limit.learned({ credits: 10, total: 600, remaining: 590 });
  await age(id, 30);
  await limit.learned({ credits: 1, total: 600, remaining: 599 });
  await limit.acquire({ ...LIVE, credits: 593 });
  await limit.learned({ credits: 593, total: 600, remaining: 6 });
  expect(await refusal(other.acquire({ ...LIVE, credits: 9 }))).toBeGreaterThan(50_000);
});

test('L1 beside a program that eats nine tenths of the account the rest is used, in order, and hardly a call is refused', async () => {
  const TOTAL = 120;
  const [OTHERS, LOOK, SECONDS] = [1.8, 4, 120]; // of two a second
  const { id } = await account(TOTAL, TOTAL);
  const limit = createRateLimit(one, id, 0);
  let used = 0; // of this minute of Freshdesk's, by all
  let refused = 0;
  const served: number[] = [];
  /** One after the other, as in a line that never ends; false: it waits. */
  async function look(nth: number, minuteEndsMs: number): Promise<boolean> {
    const name = `ticket:${nth}`;
    if ((await allowed([limit.acquire({ ...LIVE, name, credits: LOOK })])) === 0) return false;
    for (let call = 0; call < LOOK; call += 1) {
      if (used >= TOTAL) {
        refused += 1;
        await limit.closedFor(minuteEndsMs, null);
        await limit.settle({ lane: 'live', credits: 0, keep: { name, credits: 0 } });
        return false;
      }
      used += 1;
      await limit.learned({ credits: 1, total: TOTAL, remaining: TOTAL - used });
    }
    served.push(nth);
    return true;
  }
  const servedBefore: number[] = [];
  for (let second = 0; second < SECONDS; second += 1) {
    if (second % 60 === 0) [used] = [0, servedBefore.push(served.length)];
    used = Math.min(TOTAL, used + OTHERS);
    while (await look(served.length, (60 - (second % 60)) * 1_000)) continue;
    await age(id, 1);
  }
  const [, first = 0] = servedBefore;
  const leftPerMinute = Math.floor((TOTAL - 60 * OTHERS) / LOOK);
  expect(first).toBeGreaterThanOrEqual(leftPerMinute);
  expect(served.length - first).toBeGreaterThanOrEqual(leftPerMinute);
  expect(refused).toBeLessThanOrEqual(SECONDS / 60);
});

test('a new total sets the pace and the cap', async () => {
  const { id, limit } = await account(50, 0);
  await limit.learned({ credits: 0, total: 700, remaining: 700 });
  await age(id, 30);
  await limit.acquire({ ...LIVE, credits: 345 });
  await age(id, 600);
  await limit.acquire({ ...LIVE, credits: 700 });
  await refusal(limit.acquire({ ...LIVE, credits: 100 }));
});

test('a limit that falls from 200 to 50 in the middle slows the line down, and nobody in it loses the place', async () => {
  const { id, limit, other } = await account(200, 0);
  const first = { ...LIVE, name: 'first', credits: 20 };
  const second = { ...LIVE, name: 'second', credits: 20 };
  await refusal(limit.acquire(first));
  await refusal(limit.acquire(second));
  await other.learned({ credits: 1, total: 50, remaining: 30 });
  await age(id, 12);
  await refusal(limit.acquire(first));
  await age(id, 13);
  await limit.acquire(first);
  await refusal(limit.acquire(second));
});

test('B4 the first answer says how much there is: background work does not wait for a bucket of 50 to grow', async () => {
  const limit = createRateLimit(one, randomUUID());
  await limit.acquire({ ...BACKGROUND, name: 'b', credits: 1 });
  await limit.learned({ credits: 1, total: 700, remaining: 699 });
  await limit.acquire({ ...BACKGROUND, name: 'b', credits: 340 });
  await refusal(limit.acquire({ ...BACKGROUND, name: 'b', credits: 100 }));
});

test('a refusal closes the bucket for every process until Retry-After, and a shorter one does not open it sooner', async () => {
  const { id, limit, other } = await account(600, 600);
  await limit.closedFor(40_000, null);
  await other.closedFor(5_000, null);
  for (const either of [limit, other])
    expect(await refusal(either.acquire({ ...LIVE, credits: 1 }))).toBeGreaterThan(25_000);
  await other.learned({ credits: 1, total: 600, remaining: 500 });
  await age(id, 20);
  for (const either of [limit, other]) await refusal(either.acquire({ ...LIVE, credits: 1 }));
  await age(id, 21);
  for (const either of [limit, other]) await either.acquire({ ...LIVE, credits: 1 });
});

test('Retry-After of an hour: nothing is sent for an hour, and the line stands as it was', async () => {
  const { id, limit } = await account(60, 0);
  const ask = (name: string) => ({ ...LIVE, name, credits: 10 });
  await refusal(limit.acquire(ask('first')));
  await limit.closedFor(3_600_000, null);
  expect(await refusal(limit.acquire(ask('first')))).toBeGreaterThan(3_600_000);
  expect(await refusal(limit.acquire(ask('second')))).toBeGreaterThan(3_600_000);
  await age(id, 1_800);
  expect(await refusal(limit.acquire(ask('first')))).toBeGreaterThan(1_790_000);
  await age(id, 1_811);
  await limit.acquire(ask('first'));
  await refusal(limit.acquire(ask('third')));
});

test('L3 a kind that is closed closes nothing else', async () => {
  const { limit, other } = await account(600, 600);
  await limit.closedFor(30_000, 'GET /tickets');
  const { closed } = await other.acquire({ ...LIVE, credits: 1 });
  expect([...closed.keys()]).toEqual(['GET /tickets']);
  expect(closed.get('GET /tickets')).toBeGreaterThan(25_000);
});

test.each([
  ['ahead', -90 * 60],
  ['back', 90 * 60],
])('a clock of the database that jumps %s neither stops the line nor empties it', async (_, seconds) => {
  const { id, limit } = await account(600, 100);
  await limit.acquire({ ...LIVE, credits: 40 });
  await limit.closedFor(1_000, null);
  await age(id, -seconds);
  await limit.acquire({ ...LIVE, credits: 1 });
  await limit.acquire({ ...LIVE, credits: 1 });
});

test('a bucket closed before it was ever used stays closed', async () => {
  const limit = createRateLimit(one, randomUUID());
  await limit.closedFor(60_000, null);
  await refusal(limit.acquire({ ...LIVE, credits: 1 }));
});

test('connections do not share a bucket', async () => {
  await createRateLimit(one, randomUUID()).closedFor(60_000, null);
  await createRateLimit(one, randomUUID()).acquire({ ...LIVE, credits: 1 });
});

test.each([1, 4, 16])(
  'L1 twice the work that the budget can bear, with %i workers: all of it is used, in the order of coming, and the line is soon gone',
  async (count) => {
    const perSecond = 200; // an account of 200 a minute, sixty times as fast
    const databases = Array.from({ length: count }, () => createDb(database.url, { poolSize: 2 }));
    await Promise.all(databases.map((db) => db.$queryRaw`SELECT 1`)); // the budget grows from here on
    const { id } = await emptied(perSecond * 60);
    const workers = databases.map((db) => createRateLimit(db, id));
    const [FIRST_LOOK, WRITE] = [4, 5];
    const turns = 60;
    const everyMs = 1_000 / ((2 * perSecond) / (FIRST_LOOK + WRITE));
    const finished: number[] = [];
    let asked = 0;
    const startedMs = performance.now();

    async function attempt(worker: RateLimit, ask: Ask): Promise<void> {
      for (;;) {
        asked += 1;
        const waitMs = await worker.acquire(ask).then(
          () => null,
          (error: RateLimited) => error.retryAfterMs,
        );
        if (waitMs === null) return;
        await sleep(waitMs);
      }
    }
    async function turn(nth: number): Promise<void> {
      await sleep(nth * everyMs);
      const worker = workers[nth % count] as RateLimit;
      const name = `ticket:${nth}`;
      await attempt(worker, { ...LIVE, name, credits: FIRST_LOOK + WRITE });
      await worker.settle({ lane: 'live', credits: WRITE, keep: { name, credits: WRITE } });
      await attempt(worker, { ...LIVE, name, credits: WRITE });
      finished.push(nth);
    }
    await Promise.all([...Array(turns).keys()].map(turn));
    const idealMs = (1_000 * turns * (FIRST_LOOK + WRITE)) / perSecond;
    expect(performance.now() - startedMs).toBeLessThan(idealMs * 1.1 + 300);
    expect(performance.now() - startedMs).toBeGreaterThan(idealMs * 0.95);
    for (const [place, nth] of finished.entries()) expect(Math.abs(place - nth)).toBeLessThan(25);
    expect(asked).toBeLessThan(turns * 5);
    await Promise.all(databases.map((db) => db.$disconnect()));
  },
  20_000,
);
