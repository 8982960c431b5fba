import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimited, type RateLimit } from '../../domain/rate-limit.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';

/** A trial account's budget per minute: the least there is, until the first answer says what it really is. */
const untaughtTotal = 50;

/** The longest a caller is kept waiting in place; beyond it acquire throws, so that no worker slot is held. */
const longestWaitMs = 2_000;

/** What the bucket holds by now: `total` more a minute, never above `total`. */
const held = Prisma.sql`LEAST(bucket.total,
  bucket.tokens + GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - bucket."refilledAt")) * bucket.total / 60)`;

/**
 * One connection's API budget, shared by every process on the same database. Each change is a single statement on the
 * database's clock, which PostgreSQL evaluates again on the newest row when callers race: they cannot overdraw it.
 */
export function createRateLimit(db: Db, connectionId: string): RateLimit {
  return {
    async acquire(credits, share) {
      let leftMs = longestWaitMs;
      for (;;) {
        const waitMs = await take(db, connectionId, credits, share);
        if (waitMs === null) return;
        if (waitMs > leftMs) throw new RateLimited(waitMs);
        leftMs -= waitMs;
        await sleep(waitMs);
      }
    },

    async learned({ total, remaining }) {
      await db.$executeRaw`
        INSERT INTO rate_buckets AS bucket ("connectionId", total, tokens, "refilledAt", "updatedAt")
        VALUES (${connectionId}, ${total}::float8, LEAST(${total}::float8, ${remaining}::float8), clock_timestamp(), clock_timestamp())
        ON CONFLICT ("connectionId") DO UPDATE SET
          total = excluded.total,
          tokens = CASE
            -- What was held of another total says nothing about this one: the account's plan, or the first answer ever.
            WHEN bucket.total <> excluded.total THEN excluded.tokens
            ELSE LEAST(${held}, excluded.tokens)
          END,
          "refilledAt" = clock_timestamp(),
          "updatedAt" = clock_timestamp()`;
    },

    async closedFor(retryAfterMs) {
      await db.$executeRaw`
        INSERT INTO rate_buckets AS bucket ("connectionId", total, tokens, "refilledAt", "closedUntil", "updatedAt")
        VALUES (${connectionId}, ${untaughtTotal}::float8, 0, clock_timestamp(),
          clock_timestamp() + ${retryAfterMs}::float8 * interval '1 millisecond', clock_timestamp())
        ON CONFLICT ("connectionId") DO UPDATE SET
          tokens = 0,
          "refilledAt" = clock_timestamp(),
          "closedUntil" = GREATEST(bucket."closedUntil", excluded."closedUntil"),
          "updatedAt" = clock_timestamp()`;
    },
  };
}

/** The account's whole budget of a minute, as its answers have told; null before the first one. */
export async function perMinuteOf(db: Db, connectionId: string): Promise<number | null> {
  return (await db.rateBucket.findUnique({ where: { connectionId }, select: { total: true } }))?.total ?? null;
}

/** Takes the credits and gives null, or takes nothing and gives the milliseconds until they will be there. */
async function take(db: Db, connectionId: string, credits: number, share: number): Promise<number | null> {
  // What a share leaves to live work must be there too; a full bucket always suffices, or large calls would never pass.
  const needed = Prisma.sql`LEAST(bucket.total, ${credits}::float8 + (1 - ${share}::float8) * bucket.total)`;
  const taken = await db.$executeRaw`
    UPDATE rate_buckets AS bucket
    SET tokens = ${held} - ${credits}::float8, "refilledAt" = clock_timestamp(), "updatedAt" = clock_timestamp()
    WHERE "connectionId" = ${connectionId}
      AND ("closedUntil" IS NULL OR "closedUntil" <= clock_timestamp())
      AND ${held} >= ${needed}`;
  if (taken === 1) return null;
  const [wait] = await db.$queryRaw<{ ms: number }[]>`
    SELECT 1000 * GREATEST(
      (${needed} - ${held}) * 60 / bucket.total,
      EXTRACT(EPOCH FROM "closedUntil" - clock_timestamp()), 0)::float8 AS ms
    FROM rate_buckets AS bucket WHERE "connectionId" = ${connectionId}`;
  if (wait !== undefined) return Math.max(1, Math.ceil(wait.ms));
  await db.$executeRaw`
    INSERT INTO rate_buckets ("connectionId", total, tokens, "refilledAt", "updatedAt")
    VALUES (${connectionId}, ${untaughtTotal}::float8, ${untaughtTotal}::float8, clock_timestamp(), clock_timestamp())
    ON CONFLICT DO NOTHING`;
  return take(db, connectionId, credits, share);
}
