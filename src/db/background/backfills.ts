import type { BackfillProgress, BackfillOptions, ListedTicket } from '../../domain/backfill.ts';
import type { Backfill as Row } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';

/** The rate is that of the last minutes: what it was an hour ago says nothing about the time left. */
const RATE_OVER_MS = 3 * 60_000;

const MOST_LISTED = 20;

export type PendingTicket = ListedTicket & { listedAtMs: number };
export type Settled = 'done' | 'failed' | 'excluded';

/** What backfills have to do and have done. The counts are those of the tickets themselves, so they are true at any moment. */
export type Backfills = {
  /**
   * Notes a backfill as started; noting it again changes nothing. Those before it have ended by now: how many tickets they
   * found is kept, which ones is forgotten. Throws ConnectionNotFound's database error when there is no such connection.
   */
  begin(id: string, connectionId: string, options: BackfillOptions, startedAt: Date): Promise<void>;
  get(id: string): Promise<BackfillProgress | null>;
  /** The connection's newest. */
  current(connectionId: string): Promise<BackfillProgress | null>;
  /** The newest first; at most twenty. */
  list(connectionId: string): Promise<BackfillProgress[]>;
  /** Notes what a page of a list has named; a ticket that was named before stays as it is (B6). */
  found(id: string, tickets: readonly ListedTicket[], listedAtMs: number): Promise<void>;
  /** What is still to be mirrored, the most recently changed first. */
  pending(id: string, limit: number): Promise<PendingTicket[]>;
  settle(id: string, ticketId: number, state: Settled): Promise<void>;
  /** Only what has not ended can be paused or go on. */
  setState(id: string, state: 'paused' | 'running'): Promise<void>;
  /** The first end counts. */
  end(id: string, state: 'completed' | 'failed'): Promise<void>;
  /** The first of the tickets that could not be mirrored. */
  failed(id: string, limit: number): Promise<number[]>;
};

export function createBackfills(db: Db, { now = () => new Date() }: { now?: () => Date } = {}): Backfills {
  async function progressOf(row: Row): Promise<BackfillProgress> {
    if (row.done !== null) return past({ ...row, done: row.done });
    const counted = await db.backfillTicket.groupBy({
      by: ['state'],
      where: { backfillId: row.id },
      _count: { _all: true },
    });
    const count = (state: string): number => counted.find((group) => group.state === state)?._count._all ?? 0;
    const [pending, done, failed] = [count('pending'), count('done'), count('failed')];
    const endMs = (row.endedAt ?? now()).getTime();
    const overMs = Math.max(1_000, row.endedAt === null ? RATE_OVER_MS : endMs - row.startedAt.getTime());
    const fromMs = Math.max(row.startedAt.getTime(), endMs - overMs);
    const settled = await db.backfillTicket.count({
      where: { backfillId: row.id, state: { in: ['done', 'failed'] }, settledAt: { gte: new Date(fromMs) } },
    });
    const perMinute = (settled * 60_000) / Math.max(1_000, endMs - fromMs);
    const left = row.dryRun || row.endedAt !== null ? 0 : pending;
    return {
      id: row.id,
      state: row.state,
      found: pending + done + failed,
      done,
      failed,
      ratePerMinute: Math.round(perMinute * 10) / 10,
      etaSeconds: left === 0 ? 0 : perMinute === 0 ? null : Math.ceil((left * 60) / perMinute),
      startedAt: row.startedAt,
      endedAt: row.endedAt,
    };
  }

  /** Another one has begun since. */
  function past({ id, state, startedAt, endedAt, ...counts }: Row & { done: number }): BackfillProgress {
    const [done, failed, left] = [counts.done, counts.failed ?? 0, counts.left ?? 0];
    const minutes = Math.max(1 / 60, ((endedAt ?? startedAt).getTime() - startedAt.getTime()) / 60_000);
    const ratePerMinute = Math.round(((done + failed) * 10) / minutes) / 10;
    return { id, state, found: done + failed + left, done, failed, ratePerMinute, etaSeconds: 0, startedAt, endedAt };
  }

  return {
    async begin(id, connectionId, { days, dryRun }, startedAt) {
      await db.$transaction(async (tx) => {
        const { count } = await tx.backfill.createMany({
          data: [{ id, connectionId, days, dryRun, startedAt }],
          skipDuplicates: true,
        });
        if (count === 0) return;
        await tx.$executeRaw`
          UPDATE "Backfill" b SET "done" = t.done, "failed" = t.failed, "left" = t.left, "endedAt" = COALESCE(b."endedAt", ${startedAt}),
            "state" = CASE WHEN b."endedAt" IS NULL THEN 'failed' ELSE b."state" END
          FROM (
            SELECT o."id", count(*) FILTER (WHERE k."state" = 'done')::int AS done,
              count(*) FILTER (WHERE k."state" = 'failed')::int AS failed, count(*) FILTER (WHERE k."state" = 'pending')::int AS left
            FROM "Backfill" o LEFT JOIN "BackfillTicket" k ON k."backfillId" = o."id"
            WHERE o."connectionId" = ${connectionId} AND o."id" <> ${id}::uuid AND o."done" IS NULL GROUP BY o."id"
          ) t WHERE b."id" = t."id"`;
        await tx.backfillTicket.deleteMany({ where: { backfill: { connectionId, id: { not: id } } } });
      });
    },

    async get(id) {
      const row = await db.backfill.findUnique({ where: { id } });
      return row === null ? null : progressOf(row);
    },

    async current(connectionId) {
      const row = await db.backfill.findFirst({ where: { connectionId }, orderBy: { startedAt: 'desc' } });
      return row === null ? null : progressOf(row);
    },

    async list(connectionId) {
      const rows = await db.backfill.findMany({
        where: { connectionId },
        orderBy: { startedAt: 'desc' },
        take: MOST_LISTED,
      });
      return Promise.all(rows.map(progressOf));
    },

    async found(id, tickets, listedAtMs) {
      await db.backfillTicket.createMany({
        data: tickets.map((ticket) => ({
          backfillId: id,
          ticketId: BigInt(ticket.id),
          ticketUpdatedAt: new Date(ticket.updatedAtMs),
          listedAt: new Date(listedAtMs),
        })),
        skipDuplicates: true,
      });
    },

    async pending(id, limit) {
      const rows = await db.backfillTicket.findMany({
        where: { backfillId: id, state: 'pending' },
        orderBy: [{ ticketUpdatedAt: 'desc' }, { ticketId: 'desc' }],
        take: limit,
      });
      return rows.map((row) => ({
        id: Number(row.ticketId),
        updatedAtMs: row.ticketUpdatedAt.getTime(),
        listedAtMs: row.listedAt.getTime(),
      }));
    },

    async settle(id, ticketId, state) {
      await db.backfillTicket.updateMany({
        where: { backfillId: id, ticketId: BigInt(ticketId) },
        data: { state, settledAt: now() },
      });
    },

    async setState(id, state) {
      await db.backfill.updateMany({ where: { id, endedAt: null }, data: { state } });
    },

    async end(id, state) {
      await db.backfill.updateMany({ where: { id, endedAt: null }, data: { state, endedAt: now() } });
    },

    async failed(id, limit) {
      const rows = await db.backfillTicket.findMany({
        where: { backfillId: id, state: 'failed' },
        orderBy: { ticketId: 'asc' },
        take: limit,
        select: { ticketId: true },
      });
      return rows.map((row) => Number(row.ticketId));
    },
  };
}
