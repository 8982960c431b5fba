import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDb, type Db } from '../../../src/db/client.ts';
import { createRateLimit } from '../../../src/db/connections/rate-limit.ts';
import { RateLimited } from '../../../src/domain/rate-limit.ts';
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

/** How many of the attempts were allowed. */
async function allowed(attempts: Promise<void>[]): Promise<number> {
  const results = await Promise.allSettled(attempts);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RateLimited);
  }
  return results.filter(({ status }) => status === 'fulfilled').length;
}

async function tokensOf(connectionId: string): Promise<number | undefined> {
  return (await one.rateBucket.findUnique({ where: { connectionId } }))?.tokens;
}

/** Sets the bucket back in time, as if so many seconds had passed since. */
async function age(connectionId: string, seconds: number): Promise<void> {
  await one.$executeRaw`UPDATE rate_buckets
    SET "refilledAt" = "refilledAt" - ${seconds}::float8 * interval '1 second',
        "closedUntil" = "closedUntil" - ${seconds}::float8 * interval '1 second'
    WHERE "connectionId" = ${connectionId}`;
}

test('two processes racing on one bucket never overdraw it', async () => {
  const id = randomUUID();
  const limits = [createRateLimit(one, id), createRateLimit(two, id)];
  // Seven a minute: the next credit is 8.6 s away, longer than anybody waits in place.
  await limits[0]?.learned({ total: 7, remaining: 7 });
  const attempts = Array.from({ length: 20 }, () => limits.map((limit) => limit.acquire(1, 1))).flat();
  expect(await allowed(attempts)).toBe(7);
  expect(await tokensOf(id)).toBeLessThan(1);
});

test('racing on a bucket that does not exist yet makes one of 50', async () => {
  const id = randomUUID();
  const attempts = [one, two].map((db) => createRateLimit(db, id).acquire(20, 1));
  expect(await allowed(attempts)).toBe(2);
  await expect(createRateLimit(one, id).acquire(20, 1)).rejects.toBeInstanceOf(RateLimited);
});

test('what is refused takes nothing, and says how long it will be', async () => {
  const id = randomUUID();
  const limit = createRateLimit(one, id);
  await limit.learned({ total: 60, remaining: 0 });
  const refusal = await limit.acquire(10, 1).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ name: 'RateLimited' });
  const { retryAfterMs } = refusal as RateLimited;
  expect(retryAfterMs).toBeGreaterThan(5_000);
  expect(retryAfterMs).toBeLessThanOrEqual(10_000);
  await age(id, 10);
  await limit.acquire(10, 1);
});

test('a short wait is waited out in place', async () => {
  const limit = createRateLimit(one, randomUUID());
  await limit.learned({ total: 600, remaining: 0 });
  const started = performance.now();
  await limit.acquire(10, 1);
  // Ten credits at ten a second, less what came in before the clock was started.
  expect(performance.now() - started).toBeGreaterThan(200);
});

test('B4 a share below one leaves the rest of the bucket to live work', async () => {
  const id = randomUUID();
  const live = createRateLimit(one, id);
  const backfill = createRateLimit(two, id);
  await live.learned({ total: 10, remaining: 10 });
  expect(await allowed(Array.from({ length: 10 }, () => backfill.acquire(1, 0.5)))).toBe(5);
  expect(await allowed(Array.from({ length: 10 }, () => live.acquire(1, 1)))).toBe(5);
});

test('B4 a full bucket is enough for any call, however small the share', async () => {
  const limit = createRateLimit(one, randomUUID());
  await limit.learned({ total: 10, remaining: 10 });
  await limit.acquire(2, 0.1);
  await expect(limit.acquire(2, 0.1)).rejects.toBeInstanceOf(RateLimited);
});

test('an answer lowers the bucket to what Freshdesk says is left and never raises it', async () => {
  const id = randomUUID();
  const limit = createRateLimit(one, id);
  await limit.learned({ total: 10, remaining: 4 });
  await limit.learned({ total: 10, remaining: 9 });
  expect(await tokensOf(id)).toBeLessThan(5);
  await limit.learned({ total: 10, remaining: 2 });
  expect(await tokensOf(id)).toBe(2);
});

test('a new total sets the pace and the cap', async () => {
  const id = randomUUID();
  const limit = createRateLimit(one, id);
  await limit.learned({ total: 50, remaining: 0 });
  await limit.learned({ total: 700, remaining: 700 });
  await age(id, 30);
  await limit.acquire(345, 1);
  await age(id, 600);
  await limit.acquire(700, 1);
  await expect(limit.acquire(100, 1)).rejects.toBeInstanceOf(RateLimited);
});

test('B4 the first answer says how much there is: background work does not wait for a bucket of 50 to grow', async () => {
  const limit = createRateLimit(one, randomUUID());
  await limit.acquire(1, 0.5);
  await limit.learned({ total: 700, remaining: 699 });
  await limit.acquire(340, 0.5);
  await expect(limit.acquire(100, 0.5)).rejects.toBeInstanceOf(RateLimited);
});

test('a refusal closes the bucket for every process until Retry-After, and a shorter one does not open it sooner', async () => {
  const id = randomUUID();
  const limits = [createRateLimit(one, id), createRateLimit(two, id)] as const;
  await limits[0].learned({ total: 600, remaining: 600 });
  await limits[0].closedFor(40_000);
  await limits[1].closedFor(5_000);
  for (const limit of limits) {
    const refusal = await limit.acquire(1, 1).catch((error: unknown) => error);
    expect((refusal as RateLimited).retryAfterMs).toBeGreaterThan(25_000);
  }
  await limits[1].learned({ total: 600, remaining: 500 });
  // Half the time later the bucket has refilled, and is closed all the same.
  await age(id, 20);
  for (const limit of limits) await expect(limit.acquire(1, 1)).rejects.toBeInstanceOf(RateLimited);
  await age(id, 21);
  for (const limit of limits) await limit.acquire(1, 1);
});

test('a bucket closed before it was ever used stays closed', async () => {
  const limit = createRateLimit(one, randomUUID());
  await limit.closedFor(60_000);
  await expect(limit.acquire(1, 1)).rejects.toMatchObject({ name: 'RateLimited' });
});

test('connections do not share a bucket', async () => {
  const busy = createRateLimit(one, randomUUID());
  await busy.closedFor(60_000);
  await createRateLimit(one, randomUUID()).acquire(1, 1);
});
