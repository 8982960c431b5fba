import type { OutboundKind, OutboundState, OutboundTarget } from '../domain/outbound.ts';
import { outboundKey } from '../domain/outbound.ts';
import type { Brake, ReplyCounts } from '../domain/limits.ts';
import type { Prisma, Outbound as Row } from '../generated/prisma/client.ts';
import type { Db } from './client.ts';
import { lock } from './locks.ts';
import { storable } from './storable.ts';

const HOUR_MS = 3_600_000;

/** E11: judged on the replies sent lately, and those being sent right now. */
export type ReplyBrake = {
  target: Pick<OutboundTarget, 'connectionId' | 'ticketId'>;
  judge: (counts: ReplyCounts) => Brake | null;
};

/** One write to Freshdesk that must not happen twice (A5). */
export type Outbound = {
  key: string;
  kind: OutboundKind;
  state: OutboundState;
  remoteId: number | null;
  /** The AI agent's entries of this kind that were there before the attempt: another one is ours. */
  seenIds: number[];
  tries: number;
  /** Our clock. */
  attemptedAt: Date | null;
  refusal: string | null;
};

export type Outbounds = {
  /** The row of this write, made when there is none. */
  open(kind: OutboundKind, target: OutboundTarget, bodyHash: string): Promise<Outbound>;
  /** Attempts at such writes on the ticket whose answer never came, the oldest first. */
  unanswered(
    target: Pick<OutboundTarget, 'connectionId' | 'ticketId'>,
    kinds: readonly OutboundKind[],
  ): Promise<Outbound[]>;
  /** Another reply or draft of the ticket is under way or undecided: no second one may start. */
  othersInFlight(target: Pick<OutboundTarget, 'connectionId' | 'ticketId'>, key: string): Promise<boolean>;
  /**
   * Commits `sending` before the request. `lost` when another attempt has changed the row since it was read: then this one
   * must not send. With a `brake`, replies of the connection are claimed one after the other, and what is being sent at
   * this moment counts as sent, so that no two slip through together (E11); its verdict is returned instead.
   */
  claim(
    read: Pick<Outbound, 'key' | 'tries' | 'state'>,
    seenIds: readonly number[],
    now: Date,
    brake?: ReplyBrake,
  ): Promise<'claimed' | 'lost' | Brake>;
  /** The claimed attempt sent nothing, and does not count as a try. */
  release(key: string): Promise<void>;
  /** An attempt whose reply never appeared, and which is not repeated: the row no longer stands in the way of others. */
  withdraw(key: string): Promise<void>;
  sent(key: string, remoteId: number): Promise<void>;
  rejected(key: string, refusal: string): Promise<void>;
  /** Nobody can tell whether it was sent; nothing more is sent until a person clears it. */
  undecided(key: string): Promise<void>;
  /** A person has given the ticket back, or asked for a retry: undecided writes may be looked at again; returns how many. */
  clearUndecided(target: Pick<OutboundTarget, 'connectionId' | 'ticketId'>): Promise<number>;
  /** What Freshdesk answered to the reply or draft for this message, if it refused it. */
  refusal(target: OutboundTarget): Promise<string | null>;
  /** The public replies sent lately: on the ticket, to its requester, on the connection (E11). */
  replyCounts(target: Pick<OutboundTarget, 'connectionId' | 'ticketId'>, now: Date): Promise<ReplyCounts>;
  /** Freshdesk ids already known to be a write of ours. */
  linkedIds(target: Pick<OutboundTarget, 'connectionId' | 'ticketId'>): Promise<Set<number>>;
};

export function createOutbounds(db: Db): Outbounds {
  return {
    async open(kind, target, bodyHash) {
      const key = outboundKey(kind, target);
      await db.outbound.createMany({
        data: { key, kind, connectionId: target.connectionId, ticketId: BigInt(target.ticketId), bodyHash },
        skipDuplicates: true,
      });
      return toOutbound(await db.outbound.findUniqueOrThrow({ where: { key } }));
    },

    async unanswered({ connectionId, ticketId }, kinds) {
      const rows = await db.outbound.findMany({
        where: { connectionId, ticketId: BigInt(ticketId), kind: { in: [...kinds] }, state: 'sending' },
        orderBy: { attemptedAt: 'asc' },
      });
      return rows.map(toOutbound);
    },

    async othersInFlight({ connectionId, ticketId }, key) {
      const others = await db.outbound.count({
        where: {
          connectionId,
          ticketId: BigInt(ticketId),
          kind: { in: ['reply', 'draft'] },
          state: { in: ['sending', 'unknown'] },
          key: { not: key },
        },
      });
      return others > 0;
    },

    claim: ({ key, tries, state }, seenIds, now, brake) =>
      db.$transaction(async (tx) => {
        if (brake !== undefined) {
          const { connectionId } = brake.target;
          await lock(tx, 'claim', connectionId);
          const tripped = brake.judge(await replyCounts(tx, brake.target, now, { besides: key }));
          if (tripped !== null) return tripped;
        }
        const { count } = await tx.outbound.updateMany({
          where: { key, tries, state },
          data: { state: 'sending', tries: tries + 1, seenIds: seenIds.map(BigInt), attemptedAt: now },
        });
        return count === 1 ? 'claimed' : 'lost';
      }),

    async release(key) {
      await db.outbound.updateMany({
        where: { key, state: 'sending' },
        data: { state: 'pending', tries: { decrement: 1 }, attemptedAt: null },
      });
    },

    async withdraw(key) {
      await db.outbound.updateMany({ where: { key, state: 'sending' }, data: { state: 'pending' } });
    },

    async sent(key, remoteId) {
      await db.outbound.update({ where: { key }, data: { state: 'sent', remoteId: BigInt(remoteId) } });
    },

    async rejected(key, refusal) {
      await db.outbound.update({ where: { key }, data: { state: 'rejected', refusal: storable(refusal) } });
    },

    async undecided(key) {
      await db.outbound.updateMany({ where: { key, state: 'sending' }, data: { state: 'unknown' } });
    },

    async clearUndecided({ connectionId, ticketId }) {
      const { count } = await db.outbound.updateMany({
        where: { connectionId, ticketId: BigInt(ticketId), state: 'unknown' },
        data: { state: 'pending', tries: 1 },
      });
      return count;
    },

    async refusal(target) {
      const row = await db.outbound.findFirst({
        where: { state: 'rejected', key: { in: [outboundKey('reply', target), outboundKey('draft', target)] } },
        orderBy: { updatedAt: 'desc' },
      });
      return row?.refusal ?? null;
    },

    replyCounts: (target, now) => replyCounts(db, target, now, null),

    async linkedIds({ connectionId, ticketId }) {
      const rows = await db.outbound.findMany({
        where: { connectionId, ticketId: BigInt(ticketId), remoteId: { not: null } },
        select: { remoteId: true },
      });
      return new Set(rows.map((row) => Number(row.remoteId)));
    },
  };
}

/** `inFlight`: replies whose answer is not there yet count as well, besides the one with this key. */
async function replyCounts(
  db: Pick<Prisma.TransactionClient, '$queryRaw'>,
  { connectionId, ticketId }: Pick<OutboundTarget, 'connectionId' | 'ticketId'>,
  now: Date,
  inFlight: { besides: string } | null,
): Promise<ReplyCounts> {
  const [hourAgo, dayAgo] = [HOUR_MS, 24 * HOUR_MS].map((ms) => new Date(now.getTime() - ms).toISOString());
  const id = BigInt(ticketId);
  const states = inFlight === null ? ['sent'] : ['sent', 'sending', 'unknown'];
  const [row] = await db.$queryRaw<[Record<keyof ReplyCounts, bigint>]>`
    SELECT count(*) FILTER (WHERE o."ticketId" = ${id} AND o."attemptedAt" > ${hourAgo}::timestamptz) AS "onTicketLastHour",
      count(*) FILTER (WHERE o."ticketId" = ${id}) AS "onTicketLastDay",
      count(*) FILTER (WHERE s."requesterId" = own."requesterId") AS "toRequesterLastDay",
      count(*) FILTER (WHERE o."attemptedAt" > ${hourAgo}::timestamptz) AS "onConnectionLastHour"
    FROM "Outbound" o
    LEFT JOIN "Session" s ON s."connectionId" = o."connectionId" AND s."ticketId" = o."ticketId"
    LEFT JOIN "Session" own ON own."connectionId" = o."connectionId" AND own."ticketId" = ${id}
    WHERE o."connectionId" = ${connectionId} AND o."kind" = 'reply' AND o."state"::text = ANY(${states})
      AND o."key" IS DISTINCT FROM ${inFlight?.besides ?? null} AND o."attemptedAt" > ${dayAgo}::timestamptz`;
  return {
    onTicketLastHour: Number(row.onTicketLastHour),
    onTicketLastDay: Number(row.onTicketLastDay),
    toRequesterLastDay: Number(row.toRequesterLastDay),
    onConnectionLastHour: Number(row.onConnectionLastHour),
  };
}

function toOutbound(row: Row): Outbound {
  return {
    key: row.key,
    kind: row.kind as OutboundKind,
    state: row.state,
    remoteId: row.remoteId === null ? null : Number(row.remoteId),
    seenIds: row.seenIds.map(Number),
    tries: row.tries,
    attemptedAt: row.attemptedAt,
    refusal: row.refusal,
  };
}
