import type { TicketRef } from '../../domain/ticket.ts';
import { isGivenBack, leavesUndecidedBehind, leftOpen } from '../../domain/given-back.ts';
import {
  outboundKey,
  throughSeqOf,
  type OutboundKind,
  type OutboundState,
  type OutboundTarget,
} from '../../domain/outbound.ts';
import { type SessionState } from '../../domain/session.ts';
import { answeredByPerson, type SeenMessage } from '../../domain/thread.ts';
import type { Brake, ReplyCounts } from '../../domain/limits.ts';
import type { Prisma, Outbound as Row } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { lock } from '../locks.ts';
import { storable } from '../storable.ts';

const HOUR_MS = 3_600_000;

/** E11: judged on the replies sent lately, and those being sent right now. */
export type ReplyBrake = {
  target: TicketRef;
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
  /** The message it answers. */
  throughSeq: number;
};

/** How many writes were cleared: undecided ones, and ones that Freshdesk had refused. */
type Cleared = { undecided: number; refused: number };

type Clearing = {
  /** Attempts begun before this that have no answer yet count as undecided. */
  settledBefore: Date;
  /** Refused replies and drafts as well. */
  refused: boolean;
};

export type Outbounds = {
  /** The row of this write, made when there is none. */
  open(kind: OutboundKind, target: OutboundTarget, bodyHash: string): Promise<Outbound>;
  /**
   * Such writes of the ticket that were attempted and have no answer: under way, undecided, or given up (`pending`), which
   * may turn up all the same. The newest attempt first: what turns up is its, for those before it had their time.
   */
  unanswered(target: TicketRef, kinds: readonly OutboundKind[]): Promise<Outbound[]>;
  /** Such writes of the ticket's present conversation that are to be made and have no outcome yet. */
  promised(target: TicketRef, kind: OutboundKind, episode: number): Promise<Outbound[]>;
  /** A write that nobody has begun is not to be made any more. */
  forget(kind: OutboundKind, target: OutboundTarget): Promise<void>;
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
  /**
   * An attempt whose reply never appeared, and which is not repeated: the row no longer stands in the way of others. Nothing
   * happens where a later attempt has begun since it was read.
   */
  withdraw(read: Pick<Outbound, 'key' | 'tries'>): Promise<void>;
  sent(key: string, remoteId: number): Promise<void>;
  rejected(key: string, refusal: string): Promise<void>;
  /** Nobody can tell whether it was sent; nothing more is sent until a person clears it. */
  undecided(key: string): Promise<void>;
  /** A person wants the AI to try again: what is undecided may be sent once more, unless the thread shows it by then. */
  clear(target: TicketRef, clearing: Clearing): Promise<Cleared>;
  /** What Freshdesk answered to the reply or draft for this message, if it refused it. */
  refusal(target: OutboundTarget): Promise<string | null>;
  /** The public replies sent lately: on the ticket, to its requester, on the connection (E11). */
  replyCounts(target: TicketRef, now: Date): Promise<ReplyCounts>;
  /** Freshdesk ids already known to be a write of ours. */
  linkedIds(target: TicketRef): Promise<Set<number>>;
};

export function createOutbounds(db: Db): Outbounds {
  return {
    async open(kind, target, bodyHash) {
      const key = outboundKey(kind, target);
      const [made] = await db.outbound.createManyAndReturn({
        data: { key, kind, connectionId: target.connectionId, ticketId: BigInt(target.ticketId), bodyHash },
        skipDuplicates: true,
      });
      return toOutbound(made ?? (await db.outbound.findUniqueOrThrow({ where: { key } })));
    },

    async unanswered({ connectionId, ticketId }, kinds) {
      const rows = await db.outbound.findMany({
        where: {
          connectionId,
          ticketId: BigInt(ticketId),
          kind: { in: [...kinds] },
          OR: [{ state: { in: ['sending', 'unknown'] } }, { state: 'pending', tries: { gt: 0 } }],
        },
        orderBy: { attemptedAt: { sort: 'desc', nulls: 'last' } },
      });
      return rows.map(toOutbound);
    },

    async promised({ connectionId, ticketId }, kind, episode) {
      const rows = await db.outbound.findMany({
        where: { connectionId, ticketId: BigInt(ticketId), kind, state: { in: ['pending', 'sending'] } },
      });
      const found = rows.map(toOutbound);
      return found.filter(
        ({ key, throughSeq }) => key === outboundKey(kind, { connectionId, ticketId, throughSeq, episode }),
      );
    },

    async forget(kind, target) {
      await db.outbound.deleteMany({ where: { key: outboundKey(kind, target), state: 'pending', tries: 0 } });
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

    async withdraw({ key, tries }) {
      await db.outbound.updateMany({ where: { key, tries, state: 'sending' }, data: { state: 'pending' } });
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

    clear: (target, clearing) => clear(db, target, clearing),

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

/** What a look at the ticket clears, in the transaction that records it: what it has found is not found a second time. */
export async function clearAfterLook(
  tx: Pick<Db, 'outbound'>,
  { connectionId, ticketId, settledBefore, retryRefused }: TicketRef & { settledBefore: Date; retryRefused: boolean },
  before: SessionState | null,
  after: SessionState,
  messages: readonly SeenMessage[],
): Promise<void> {
  const refused = retryRefused && isGivenBack(before, after);
  const over = leavesUndecidedBehind(before, after);
  // What a person has answered since is answered, whatever became of the AI's words.
  await clear(tx, { connectionId, ticketId }, { settledBefore, refused }, (throughSeq) =>
    over ? true : answeredByPerson(messages, throughSeq),
  );
}

/** E4: the note about what a give-back leaves open, to be written once, also where this process ends before it is. */
export async function promiseNote(
  tx: Pick<Db, 'outbound'>,
  { connectionId, ticketId, tellsLeftOpenFromMs }: TicketRef & { tellsLeftOpenFromMs: number | null },
  before: SessionState | null,
  after: SessionState,
  messages: readonly SeenMessage[],
): Promise<void> {
  if (tellsLeftOpenFromMs === null || !isGivenBack(before, after)) return;
  const last = leftOpen(after, messages, tellsLeftOpenFromMs).at(-1);
  if (last === undefined) return;
  const kind: OutboundKind = 'left_open_note';
  const key = outboundKey(kind, { connectionId, ticketId, throughSeq: last.seq, episode: after.episode });
  await tx.outbound.createMany({
    data: { key, kind, connectionId, ticketId: BigInt(ticketId), bodyHash: '' },
    skipDuplicates: true,
  });
}

/** With a try on record, so that whoever tries again reads the thread first (A5). */
async function clear(
  db: Pick<Db, 'outbound'>,
  { connectionId, ticketId }: TicketRef,
  { settledBefore, refused }: Clearing,
  concerns: (throughSeq: number) => boolean = () => true,
): Promise<Cleared> {
  const on = { connectionId, ticketId: BigInt(ticketId) };
  const undecided: Prisma.OutboundWhereInput = {
    ...on,
    OR: [{ state: 'unknown' }, { state: 'sending', attemptedAt: { lt: settledBefore } }],
  };
  const rejected: Prisma.OutboundWhereInput = { ...on, state: 'rejected', kind: { in: ['reply', 'draft'] } };
  const clearOf = async (where: Prisma.OutboundWhereInput): Promise<number> => {
    const rows = await db.outbound.findMany({
      where,
      select: { key: true, kind: true, connectionId: true, ticketId: true },
    });
    const keys = rows.filter((row) => concerns(throughSeqOf(row))).map(({ key }) => key);
    if (keys.length === 0) return 0;
    const data = { state: 'pending', tries: 1, refusal: null } as const;
    return (await db.outbound.updateMany({ where: { AND: [where, { key: { in: keys } }] }, data })).count;
  };
  return { undecided: await clearOf(undecided), refused: refused ? await clearOf(rejected) : 0 };
}

/**
 * The newest message of the ticket that was dealt with, told by the writes that stay when a session is removed: what was
 * answered or handed off, or may have been. null when there are none.
 */
export async function dealtWithThrough(
  tx: Pick<Db, 'outbound'>,
  { connectionId, ticketId }: TicketRef,
): Promise<number | null> {
  const rows = await tx.outbound.findMany({
    where: { connectionId, ticketId: BigInt(ticketId), state: { not: 'pending' } },
    select: { key: true, kind: true, connectionId: true, ticketId: true },
  });
  return rows.length === 0 ? null : Math.max(...rows.map((row) => throughSeqOf(row)));
}

/** `inFlight`: replies whose answer is not there yet count as well, besides the one with this key. */
async function replyCounts(
  db: Pick<Prisma.TransactionClient, '$queryRaw'>,
  { connectionId, ticketId }: TicketRef,
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
    throughSeq: throughSeqOf(row),
  };
}
