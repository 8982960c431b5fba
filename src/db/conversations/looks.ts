import type { MirroredTicket } from '../../domain/backfill.ts';
import type { Db } from '../client.ts';
import { waitingLongerThan } from './waiting.ts';

/** What the mirror knows of many tickets at once, for whoever compares it with a list. */
export type Looks = {
  /** By ticket id; tickets that are not tracked are missing. */
  of(connectionId: string, ticketIds: readonly number[]): Promise<Map<number, MirroredTicket>>;
  /** Freshdesk's clock, ms: the changes up to here have been looked at (X1); null before the first pass. */
  reconciledThrough(connectionId: string): Promise<number | null>;
  /** Later only: of two passes at once the one that got further counts. */
  setReconciledThrough(connectionId: string, throughMs: number): Promise<void>;
  /** Tickets with a customer message that the AI has had to deal with for longer than that, the longest first. */
  waiting(connectionId: string, which: { longerThanMs: number; limit: number }): Promise<number[]>;
};

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

    async waiting(connectionId, which) {
      const connection = await db.connection.findUnique({ where: { id: connectionId } });
      return connection === null ? [] : waitingLongerThan(db, connection, which);
    },
  };
}
