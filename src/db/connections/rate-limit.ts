import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RateLimited, type Ask, type RateLimit, type Taken } from '../../domain/rate-limit.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';

/** A trial account's budget per minute: the least there is, until the first answer says what it really is. */
const untaughtTotal = 50;

/** The longest a caller is kept waiting in place; beyond it acquire throws, so that no worker slot is held. */
const LONGEST_WAIT_MS = 2_000;
/** Who has waited in place and is not served yet asks again no sooner. */
const leastWaitMs = 500;
/**
 * The line moves faster than reckoned when those in front give back what they did not use: whoever waits in the live one comes
 * back half-way to the turn, and nobody stays away for longer than that.
 */
const longestAwayMs = 60_000;

/** What background work gets of the budget while live work wants all of it. */
const leastShare = 0.02;
/** Customers come in bursts: background work leaves them so much of the budget beyond what a steady stream could need. */
const burst = 0.05;

/** A place is kept for so long after its turn, and what was taken for a next step for so long. */
const lateness = Prisma.sql`interval '1 minute'`;
const keptFor = Prisma.sql`interval '10 minutes'`;

const now = Prisma.sql`clock_timestamp()`;
const secondsSince = (column: Prisma.Sql) => Prisma.sql`GREATEST(0, EXTRACT(EPOCH FROM ${now} - ${column}))`;

/** What is closed for longer than a refusal ever says is open, and the clock was put back. */
const isClosed = Prisma.sql`COALESCE(bucket."closedUntil" BETWEEN ${now} AND ${now} + interval '61 minutes', false)`;
const opens = Prisma.sql`CASE WHEN ${isClosed} THEN bucket."closedUntil" ELSE ${now} END`;

/** What there is by now: `total` more a minute, never above `total`; below 0 while more is reserved than there is. */
const held = Prisma.sql`LEAST(bucket.total, bucket.tokens + ${secondsSince(Prisma.sql`bucket."refilledAt"`)} * bucket.total / 60)`;

/** A minute of Freshdesk's ends so long after its first answer, or where a refusal has said. */
const minuteEnds = Prisma.sql`LEAST(bucket."windowAt" + interval '1 minute',
  CASE WHEN bucket."closedUntil" > bucket."windowAt" THEN bucket."closedUntil" END)`;
const isMinute = Prisma.sql`COALESCE(${now} BETWEEN bucket."windowAt" AND ${minuteEnds}, false)`;

/** What Freshdesk's minute has left, as far as the last answer of this minute has told. */
const left = Prisma.sql`CASE WHEN ${isMinute} THEN bucket.remaining ELSE bucket.total END`;

/** What live work may need of it yet, if it wants all it can get until that minute is over, and comes in a burst. */
const neededYet = Prisma.sql`CASE WHEN ${isMinute}
  THEN bucket.total * (1 + ${burst}::float8 - ${secondsSince(Prisma.sql`bucket."windowAt"`)} / 60) ELSE 0 END`;

/**
 * One connection's API budget, shared by every process on the same database. Every change is one statement on the
 * database's clock, which PostgreSQL evaluates again on the newest row when callers race.
 *
 * The line is a virtual clock (as in GCRA): `reserved` counts all credits ever asked for, and a place is its value after
 * one's own. `reserved + tokens` is how far the budget reaches, and moves on with time: it is a place's turn when that has
 * got there. What is given back moves it on, what other apps use or an account that is closed holds it up, and nobody
 * overtakes. Background work has a second such clock, which runs at its share while live work has left that of this minute.
 *
 * What answers tell is stored once in `learnsEveryMs` and with what an attempt gives back, for all that have come by then.
 */
export function createRateLimit(
  db: Db,
  connectionId: string,
  longestWaitMs = LONGEST_WAIT_MS,
  learnsEveryMs = 0,
): RateLimit {
  const lessons = together((seen) => learn(db, connectionId, seen), learnsEveryMs);
  return {
    async acquire(ask) {
      const name = ask.name ?? `once:${randomUUID()}`;
      let leftMs = longestWaitMs;
      for (let soonestMs = 1; ; soonestMs = leastWaitMs) {
        const { turnMs, opensMs, closed } = await reserve(db, connectionId, { ...ask, name });
        const waitMs = opensMs + turnMs;
        if (waitMs === 0) return { closed: closedNow(closed) };
        if (waitMs > leftMs) {
          if (ask.name === null) await giveUp(db, connectionId, name, ask);
          throw new RateLimited(Math.ceil(opensMs + Math.min(awayMs(ask, turnMs), longestAwayMs)));
        }
        const pauseMs = Math.max(soonestMs, Math.ceil(waitMs));
        leftMs -= pauseMs;
        await sleep(pauseMs);
      }
    },

    async settle({ lane, credits, keep }) {
      // The next answer tells again what could not be stored.
      await lessons.tellAll().catch(() => undefined);
      const given = Prisma.sql`${credits - (keep?.credits ?? 0)}::float8`;
      const spare = lane === 'background' ? given : Prisma.sql`0`;
      await db.$executeRaw`
        WITH settled AS (
          UPDATE rate_buckets AS bucket
          SET tokens = LEAST(bucket.total, ${held} + ${given}), spare = bucket.spare + ${spare},
            "refilledAt" = ${opens}, "updatedAt" = ${now}
          WHERE "connectionId" = ${connectionId}
        )
        INSERT INTO rate_places ("connectionId", name, lane, place, credits, until)
        SELECT ${connectionId}, ${keep?.name ?? ''}, ${lane}, 0, ${keep?.credits ?? 0}::float8, ${now} + ${keptFor}
        WHERE ${keep !== undefined}
        ON CONFLICT ("connectionId", name) DO UPDATE
        SET lane = excluded.lane, place = excluded.place, credits = excluded.credits, until = excluded.until`;
    },

    learned: lessons.learned,

    async closedFor(retryAfterMs, kind) {
      const until = Prisma.sql`${now} + ${retryAfterMs}::float8 * interval '1 millisecond'`;
      if (kind !== null) {
        await db.$executeRaw`
          UPDATE rate_buckets SET "closedKinds" = "closedKinds" || jsonb_build_object(${kind}::text, ${until})
          WHERE "connectionId" = ${connectionId}`;
        return;
      }
      await db.$executeRaw`
        INSERT INTO rate_buckets AS bucket ("connectionId", total, tokens, "refilledAt", "closedUntil", "updatedAt")
        VALUES (${connectionId}, ${untaughtTotal}::float8, 0, ${until}, ${until}, ${now})
        ON CONFLICT ("connectionId") DO UPDATE SET
          tokens = LEAST(0, ${held}),
          "refilledAt" = GREATEST(${opens}, excluded."closedUntil"),
          "closedUntil" = GREATEST(${opens}, excluded."closedUntil"),
          "updatedAt" = ${now}`;
    },
  };
}

/** Who has no name has no place to come back to, and in the background hardly anything is given back. */
function awayMs({ lane, name }: Ask, turnMs: number): number {
  return lane === 'live' && name !== null ? Math.max(leastWaitMs, turnMs / 2) : turnMs;
}

/** The account's whole budget of a minute, as its answers have told; null before the first one. */
export async function perMinuteOf(db: Db, connectionId: string): Promise<number | null> {
  return (await db.rateBucket.findUnique({ where: { connectionId }, select: { total: true } }))?.total ?? null;
}

type Seen = Parameters<RateLimit['learned']>[0];

/**
 * What an answer teaches, and of which minute of Freshdesk's. One has ended for sure when a request is sent after its end,
 * or where more is left: so much more, or all that this one did not cost. What was sent before the first answer of this one
 * may be of the one before, of which little was left: it counts, and says nothing more.
 *
 * What others have used moves the line back by as much. While nobody waits, no further than to what is left; and what was
 * held of another total says nothing about this one, except what is reserved. Of a minute that a refusal has ended there
 * is nothing more to learn.
 */
function lesson(credits: number, tookMs: number) {
  const sent = Prisma.sql`(${now} - ${tookMs}::float8 * interval '1 millisecond')`;
  const isNew = Prisma.sql`(bucket."windowAt" IS NULL OR bucket."windowAt" NOT BETWEEN ${sent} - interval '1 minute' AND ${now}
    OR excluded.remaining > bucket.remaining + bucket.total / 4
    OR ${sent} > bucket."windowAt" AND excluded.remaining > bucket.remaining
      AND excluded.remaining + excluded.answered >= excluded.total)`;
  const isLate = Prisma.sql`(NOT ${isNew} AND ${sent} < bucket."windowAt" AND bucket.total = excluded.total)`;
  /** What this minute's answers to us have cost. */
  const answered = Prisma.sql`CASE WHEN ${isNew} THEN excluded.answered ELSE bucket.answered + excluded.answered END`;
  /** What is gone of this minute, and not by us: other apps of the account, and people's scripts. */
  const others = Prisma.sql`CASE WHEN ${isLate} THEN bucket.others
    ELSE GREATEST(0, excluded.total - excluded.remaining - (${answered})) END`;
  const moreOfOthers = Prisma.sql`((${others}) - CASE WHEN ${isNew} THEN 0 ELSE bucket.others END)`;
  const tokens = Prisma.sql`CASE
    WHEN ${isClosed} OR ${isLate} THEN ${held}
    WHEN bucket."windowAt" IS NULL THEN ${held} + excluded.remaining + ${credits}::float8 - bucket.total
    WHEN bucket.total <> excluded.total THEN CASE WHEN ${held} < 0 THEN ${held} ELSE excluded.remaining END
    WHEN ${held} > 0 THEN GREATEST(${held} - ${moreOfOthers}, LEAST(${held}, excluded.remaining))
    ELSE ${held} - ${moreOfOthers} END`;
  return { isNew, isLate, answered, others, tokens };
}

async function learn(db: Db, connectionId: string, { credits, total, remaining, tookMs = 0 }: Seen): Promise<void> {
  const { isNew, isLate, answered, others, tokens } = lesson(credits, tookMs);
  await db.$executeRaw`
    INSERT INTO rate_buckets AS bucket
      ("connectionId", total, tokens, "refilledAt", remaining, "windowAt", answered, others, "updatedAt")
    VALUES (${connectionId}, ${total}::float8, LEAST(${total}::float8, ${remaining}::float8), ${now},
      ${remaining}::float8, ${now}, ${credits}::float8, GREATEST(0, ${total - remaining - credits}::float8), ${now})
    ON CONFLICT ("connectionId") DO UPDATE SET
      total = excluded.total,
      tokens = LEAST(excluded.total, ${tokens}),
      "refilledAt" = ${opens},
      remaining = CASE WHEN ${isLate} THEN bucket.remaining ELSE excluded.remaining END,
      "windowAt" = CASE WHEN ${isNew} THEN ${now} ELSE bucket."windowAt" END,
      answered = CASE WHEN ${isClosed} THEN excluded.total - excluded.remaining ELSE ${answered} END,
      others = CASE WHEN ${isClosed} THEN 0 ELSE ${others} END,
      spare = CASE WHEN (bucket."windowAt" IS NULL OR bucket.total <> excluded.total) AND bucket.spare > 0
        THEN NULL ELSE bucket.spare END,
      "updatedAt" = ${now}`;
}

/** What several answers have told by the next statement is one lesson: the credits of all, and what the last one said. */
function together(tell: (seen: Seen) => Promise<void>, everyMs: number) {
  let untold: Seen | null = null;
  let sentAt = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  async function tellAll(): Promise<void> {
    if (untold === null) return;
    const seen = untold;
    untold = null;
    toldAt = performance.now();
    await tell({ ...seen, tookMs: toldAt - sentAt });
  }
  return {
    tellAll,
    async learned(seen: Seen): Promise<void> {
      untold = { ...seen, credits: seen.credits + (untold?.credits ?? 0) };
      sentAt = performance.now() - (seen.tookMs ?? 0);
      if (performance.now() - toldAt >= everyMs) await tellAll();
    },
  };
}

/** In how long it is one's turn, not counting how long the account is closed; ms. `closed`: kinds, with the time they open. */
type Reserved = { turnMs: number; opensMs: number; closed: Record<string, number> | null };
type NamedAsk = Ask & { name: string };

/** Takes a place, or finds the one that was kept; takes the credits where it is the turn. */
async function reserve(db: Db, connectionId: string, ask: NamedAsk): Promise<Reserved> {
  const { name, lane } = ask;
  const asked = lane === 'live' ? askedLive(connectionId, ask) : askedBackground(connectionId, ask);
  const [reserved] = await db.$queryRaw<Reserved[]>`
    WITH kept AS (
      SELECT place, credits FROM rate_places
      WHERE "connectionId" = ${connectionId} AND name = ${name} AND lane = ${lane} AND until > ${now}
    ), asked AS (${asked}), stored AS (
      INSERT INTO rate_places ("connectionId", name, lane, place, credits, until)
      SELECT ${connectionId}, ${name}, ${lane}, place, paid,
        ${now} + ("turnMs" + "opensMs") * interval '1 millisecond' + ${lateness}
      FROM asked WHERE "turnMs" + "opensMs" > 0
      ON CONFLICT ("connectionId", name) DO UPDATE
      SET lane = excluded.lane, place = excluded.place, credits = excluded.credits, until = excluded.until
    ), served AS (
      DELETE FROM rate_places USING asked
      WHERE "connectionId" = ${connectionId} AND CASE WHEN name = ${name} THEN "turnMs" + "opensMs" = 0 ELSE until < ${now} END
    )
    SELECT "turnMs"::float8, "opensMs"::float8, closed FROM asked`;
  if (reserved !== undefined) return reserved;
  await db.$executeRaw`
    INSERT INTO rate_buckets ("connectionId", total, tokens, "refilledAt", "updatedAt")
    VALUES (${connectionId}, ${untaughtTotal}::float8, ${untaughtTotal}::float8, ${now}, ${now})
    ON CONFLICT DO NOTHING`;
  return reserve(db, connectionId, ask);
}

const keptPlace = Prisma.sql`(SELECT place FROM kept) AS place, COALESCE((SELECT credits FROM kept), 0) AS paid`;
const opensMs = Prisma.sql`CASE WHEN ${isClosed} THEN 1000 * GREATEST(0, EXTRACT(EPOCH FROM bucket."closedUntil" - ${now})) ELSE 0 END
  AS "opensMs"`;
const closedKinds = Prisma.sql`(SELECT jsonb_object_agg(key, 1000 * EXTRACT(EPOCH FROM value::timestamptz - ${now}))
  FROM jsonb_each_text(bucket."closedKinds")) AS closed`;

/**
 * Live work has paid when it has its place: whoever comes after sees how long the line is. What Freshdesk would refuse waits for
 * its next minute; what was kept for a write does not, as whoever came after has left it there.
 */
function askedLive(connectionId: string, { credits }: NamedAsk): Prisma.Sql {
  const owed = Prisma.sql`(${credits}::float8 - ask.paid)`;
  const isKept = Prisma.sql`COALESCE(ask.place = 0 AND ${owed} <= 0, false)`;
  return Prisma.sql`
    UPDATE rate_buckets AS bucket
    SET tokens = ${held} - ${owed},
      reserved = bucket.reserved + CASE WHEN ask.place IS NULL THEN ${credits}::float8 ELSE 0 END,
      "refilledAt" = ${opens}, "updatedAt" = ${now}
    FROM (SELECT ${keptPlace}) AS ask
    WHERE bucket."connectionId" = ${connectionId}
    RETURNING COALESCE(ask.place, bucket.reserved) AS place, ${credits}::float8 AS paid, GREATEST(
      60000 / bucket.total * GREATEST(0, COALESCE(ask.place - ${owed}, bucket.reserved) - bucket.reserved - bucket.tokens),
      CASE WHEN ${left} < ${credits}::float8 AND NOT ${isKept} THEN 1000 * EXTRACT(EPOCH FROM ${minuteEnds} - ${now}) END)
        AS "turnMs",
      ${opensMs}, ${closedKinds}`;
}

/** Background work pays when it is its turn, or it would keep live work waiting while it waits itself. */
function askedBackground(connectionId: string, { credits, share }: NamedAsk): Prisma.Sql {
  const forLive = Prisma.sql`((1 - ${share}::float8) * bucket.total)`;
  const there = Prisma.sql`LEAST(${held}, ${left})`;
  // What is used of a minute early is missing at its end: only what live work has left unused so far is to spare.
  const pace = Prisma.sql`(bucket.total / 60 * CASE WHEN ${there} >= GREATEST(${forLive}, ${neededYet})
    THEN ${share}::float8 ELSE LEAST(${share}::float8, ${leastShare}::float8) END)`;
  const spare = Prisma.sql`LEAST(COALESCE(bucket.spare, bucket.total) + ${pace} * ${secondsSince(Prisma.sql`bucket."spareAt"`)},
    GREATEST(0, ${there} - ${forLive}))`;
  const isTurn = Prisma.sql`(NOT ${isClosed}
    AND COALESCE(ask.place, bucket."spareReserved" + ${credits}::float8) <= bucket."spareReserved" + ${spare} + 0.001)`;
  const joined = Prisma.sql`CASE WHEN ask.place IS NULL THEN ${credits}::float8 ELSE 0 END`;
  return Prisma.sql`
    UPDATE rate_buckets AS bucket
    SET spare = ${spare} - ${joined}, "spareReserved" = bucket."spareReserved" + ${joined}, "spareAt" = ${now},
      "sparePace" = ${pace},
      tokens = ${held} - CASE WHEN ${isTurn} THEN ${credits}::float8 - ask.paid ELSE 0 END,
      "refilledAt" = ${opens}, "updatedAt" = ${now}
    FROM (SELECT ${keptPlace}) AS ask
    WHERE bucket."connectionId" = ${connectionId}
    RETURNING COALESCE(ask.place, bucket."spareReserved") AS place, ask.paid AS paid,
      CASE WHEN COALESCE(ask.place, bucket."spareReserved") <= bucket."spareReserved" + bucket.spare + 0.001 THEN 0
      ELSE 1000 / bucket."sparePace" * (COALESCE(ask.place, bucket."spareReserved") - bucket."spareReserved" - bucket.spare)
      END AS "turnMs",
      ${opensMs}, ${closedKinds}`;
}

/** Leaves the line; what was paid goes back. */
async function giveUp(db: Db, connectionId: string, name: string, { lane }: Ask): Promise<void> {
  await db.$executeRaw`
    WITH gone AS (DELETE FROM rate_places WHERE "connectionId" = ${connectionId} AND name = ${name} RETURNING credits)
    UPDATE rate_buckets AS bucket
    SET tokens = LEAST(bucket.total, ${held} + (SELECT credits FROM gone)), "refilledAt" = ${opens}, "updatedAt" = ${now}
    WHERE "connectionId" = ${connectionId} AND ${lane} = 'live' AND EXISTS (SELECT 1 FROM gone)`;
}

/** What is further away than a refusal ever says is a clock that was put back. */
function closedNow(closed: Reserved['closed']): Taken['closed'] {
  return new Map(Object.entries(closed ?? {}).filter(([, ms]) => ms > 0 && ms <= 61 * 60_000));
}
