import type { MirroredTicket } from '../../domain/backfill.ts';
import type { Heard } from '../../domain/reconcile.ts';
import type { Db } from '../client.ts';
import { countingNow, waitingLongerThan } from './waiting.ts';

/** What the mirror knows of many tickets at once, for whoever compares it with a list. */
export type Looks = {
  /** By ticket id; tickets that are not tracked are missing. */
  of(connectionId: string, ticketIds: readonly number[]): Promise<Map<number, MirroredTicket>>;
  /** Freshdesk's clock, ms: the changes up to here have been looked at (X1); null before the first pass. */
  reconciledThrough(connectionId: string): Promise<number | null>;
  /** Later only: of two passes at once the one that got further counts. */
  setReconciledThrough(connectionId: string, throughMs: number): Promise<void>;
  /**
   * Counts a pass that found what no webhook told of; one that found only what was told begins the count anew. null: it has
   * begun anew, or there is no such connection.
   */
  countMissed(connectionId: string, heard: Partial<Heard>): Promise<Missed | null>;
  /** Tickets with a customer message that the AI has had to deal with for longer than that, the longest first. */
  waiting(connectionId: string, which: { longerThanMs: number; limit: number }): Promise<number[]>;
  /** Tickets with a customer message that count by the settings of now, or that the gate is to be asked about again. */
  countingNow(connectionId: string): Promise<number[]>;
};

/** What webhooks have missed lately: in how many passes one after the other, and of how many tickets. */
type Missed = { passes: number; tickets: number; lastWebhookAt: Date | null };

export function createLooks(db: Db): Looks {
  return {
    async of(connectionId, ticketIds) {
      const rows = await db.session.findMany({
        where: { connectionId, ticketId: { in: ticketIds.map(BigInt) } },
        select: { ticketId: true, ticketUpdatedAt: true, lookedAt: true, status: true, erasedAt: true },
      });
      return new Map(
        rows.map((row) => [
          Number(row.ticketId),
          {
            ticketUpdatedAtMs: row.ticketUpdatedAt.getTime(),
            lookedAtMs: row.lookedAt.getTime(),
            gone: row.status === 'closed_unresolved',
            erased: row.erasedAt !== null,
          },
        ]),
      );
    },

    async reconciledThrough(connectionId) {
      const row = await db.connection.findUnique({ where: { id: connectionId }, select: { reconciledThrough: true } });
      return row?.reconciledThrough?.getTime() ?? null;
    },

    async setReconciledThrough(connectionId, throughMs) {
      const reconciledThrough = new Date(throughMs);
      await db.connection.updateMany({
        where: {
          id: connectionId,
          OR: [{ reconciledThrough: null }, { reconciledThrough: { lt: reconciledThrough } }],
        },
        data: { reconciledThrough },
      });
    },

    async countMissed(connectionId, { told = 0, untold = 0 }) {
      const data =
        untold > 0
          ? { missedPasses: { increment: 1 }, missedTickets: { increment: untold } }
          : told > 0
            ? { missedPasses: 0, missedTickets: 0 }
            : {};
      const [row] = await db.connection.updateManyAndReturn({
        where: { id: connectionId },
        data,
        select: { missedPasses: true, missedTickets: true, lastWebhookAt: true },
      });
      if (row === undefined || row.missedPasses === 0) return null;
      return { passes: row.missedPasses, tickets: row.missedTickets, lastWebhookAt: row.lastWebhookAt };
    },

    async waiting(connectionId, which) {
      const connection = await db.connection.findUnique({ where: { id: connectionId } });
      return connection === null ? [] : waitingLongerThan(db, connection, which);
    },

    async countingNow(connectionId) {
      const connection = await db.connection.findUnique({ where: { id: connectionId } });
      return connection === null ? [] : countingNow(db, connection);
    },
  };
}
