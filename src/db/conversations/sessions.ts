import { randomUUID } from 'node:crypto';
import { newSession, type SessionState } from '../../domain/session.ts';
import { NOTHING, type SeenMessage } from '../../domain/thread.ts';
import type { Author, Visibility, TicketRef } from '../../domain/ticket.ts';
import { Prisma, type Session as Row } from '../../generated/prisma/client.ts';
import { mirrorFiles, type Missing } from './attachments.ts';
import type { Db } from '../client.ts';
import { clearAfterLook, dealtWithThrough, promiseNote } from '../turns/outbounds.ts';
import { seenAfterLook, seenMessages, upsertMessages, type MirroredMessage } from './messages.ts';
import { bigOrNull, columns, numberOrNull, stateColumns, toSession, type Look, type Session } from './session-row.ts';

/** A message with its clean text. */
type ThreadEntry = {
  seq: number;
  author: Author;
  visibility: Visibility;
  text: string;
  at: Date;
  answerable: boolean;
  /** It looks like an automatic mail's, and may be a person's (N8). */
  suspected: boolean;
};

/** What the mirror holds after a look; pending files are still to be copied, failed ones were given up (F1, F2). */
export type Recorded = Missing & { session: Session; messages: SeenMessage[] };

export type Sessions = {
  find(connectionId: string, ticketId: number, aiAgentId: number): Promise<Session | null>;
  /** Whether the mirror shows something of the customer's that nothing has dealt with; null: no session yet. */
  waits(connectionId: string, ticketId: number): Promise<boolean | null>;
  /** The mirrored thread as decisions need it, oldest first; nothing in it is fresh. */
  messages(sessionId: string): Promise<SeenMessage[]>;
  /**
   * Makes the mirror equal to what the look saw, and lets `next` say what the session is now, in one transaction. A look
   * that is older than the one recorded last, or than the erasure of the requester, changes nothing and throws StaleLook.
   */
  record(look: Look, next: (previous: SessionState, messages: SeenMessage[]) => SessionState): Promise<Recorded>;
  /** The texts of the thread, oldest first. */
  thread(sessionId: string): Promise<ThreadEntry[]>;
  /** What a write of ours has changed on the ticket, so that the next look does not take it for somebody else's doing. */
  wroteTicket(
    sessionId: string,
    change: { responderId?: number | null; takenFromId?: number | null; ticketStatus?: number; ownTags?: string[] },
  ): Promise<void>;
  /** The ticket shows what was written. */
  owesNothing(sessionId: string): Promise<void>;
  /** Mirrors what we have just written, before Freshdesk tells us about it; not where the requester was erased meanwhile. */
  addOwn(session: Pick<Session, 'id' | 'connectionId' | 'ticketId'>, message: MirroredMessage): Promise<void>;
  /** The AI has closed the conversation (R1–R3). */
  resolved(sessionId: string, closure: 'resolved' | 'assumed_resolved', closedThrough: number): Promise<void>;
  /** Freshdesk refused to resolve the ticket; `fields` is what it asked for (R2). */
  resolveRefused(sessionId: string, fields: string): Promise<void>;
  /** Freshdesk refused every routing of a handoff; `fields` is what it named (H4). Repeated, it keeps its time. */
  handoffRefused(sessionId: string, fields: string, at: Date): Promise<void>;
  /** The handoff is no longer wanted. */
  forgetRefusedHandoff(sessionId: string): Promise<void>;
  /** An operator has had the ticket put right: resolving it may be tried again (R2). False when it was not refused. */
  forgetRefusedResolve(ticket: TicketRef): Promise<boolean>;
  /** Notes whether a pause or a broken key keeps the AI from what is to be done here (E12, C8). */
  setHeld(session: Pick<Session, 'id' | 'held'>, held: boolean): Promise<void>;
  /**
   * Some that are held up and need not be any more: active connections without a pause, the longest first. Each is given to
   * one caller, until a look clears it or has it wait again; one that no look has answered, after five minutes anew.
   */
  claimHeld(limit: number): Promise<(TicketRef & { id: string })[]>;
  /** They were claimed and could not be woken: the next claim may have them. */
  notWoken(sessionIds: readonly string[]): Promise<void>;
  /** The ticket no longer exists in Freshdesk (S3). */
  gone(sessionId: string, atMs: number): Promise<void>;
};

/** An attempt that Temporal had given up on ended after a newer one: what it saw no longer counts. */
export class StaleLook extends Error {
  constructor(ticketId: number) {
    super(`Ticket ${ticketId} was read again while this read was under way; the newer one counts.`);
    this.name = 'StaleLook';
  }
}

/** Who asked was erased while a turn was under way: nothing of it is kept. */
export class RequesterErased extends Error {
  constructor(sessionId: string) {
    super(`The requester of session ${sessionId} was erased; the turn is not recorded.`);
    this.name = 'RequesterErased';
  }
}

export function createSessions(db: Db): Sessions {
  return {
    async find(connectionId, ticketId, aiAgentId) {
      const row = await db.session.findUnique({
        where: { connectionId_ticketId: { connectionId, ticketId: BigInt(ticketId) } },
      });
      return row === null ? null : toSession(row, aiAgentId);
    },

    async waits(connectionId, ticketId) {
      const [found] = await db.$queryRaw<{ waits: boolean }[]>`
        SELECT EXISTS (
          SELECT 1 FROM "Message" m WHERE m."sessionId" = s."id" AND m."seq" > s."coveredThrough"
            AND m."author" = 'customer' AND m."ignoredBy" IS NULL) AS waits
        FROM "Session" s WHERE s."connectionId" = ${connectionId} AND s."ticketId" = ${ticketId}::bigint`;
      return found?.waits ?? null;
    },

    async messages(sessionId) {
      const session = await db.session.findUnique({
        where: { id: sessionId },
        select: { ticketId: true, requesterId: true },
      });
      if (session === null) return [];
      const [ticketId, requesterId] = [Number(session.ticketId), numberOrNull(session.requesterId)];
      return seenMessages(db, sessionId, { ticketId, requesterId });
    },

    async record(look, next) {
      return db.$transaction(
        async (tx) => {
          const previous = await lockSession(tx, look);
          if (previous !== null && (previous.erased || previous.lookedAtMs > look.atMs))
            throw new StaleLook(look.ticketId);
          const sessionId = previous?.id ?? (await insertSession(tx, look));
          const fresh = await upsertMessages(tx, sessionId, look);
          const messages = await seenAfterLook(tx, sessionId, look, fresh);
          const missing = await mirrorFiles(tx, sessionId, look.messages);
          const state = next(previous ?? (await newcomer(tx, look)), messages);
          await clearAfterLook(tx, look, previous, state, messages);
          await promiseNote(tx, look, previous, state, messages);
          const row = await tx.session.update({
            where: { id: sessionId },
            data: { ...columns(look), ...stateColumns(state), ...(needsNoHandoff(previous, state) ? HANDED_OVER : {}) },
          });
          return { session: toSession(row, look.aiAgentId), messages, ...missing };
        },
        { timeout: 30_000, maxWait: 10_000 },
      );
    },

    async thread(sessionId) {
      const rows = await db.message.findMany({ where: { sessionId }, orderBy: { seq: 'asc' } });
      return rows.map((row) => ({
        seq: Number(row.seq),
        author: row.author,
        visibility: row.visibility,
        text: row.text,
        at: row.createdAt,
        answerable: row.author === 'customer' && row.ignoredBy === null,
        suspected: row.suspected !== null,
      }));
    },

    async wroteTicket(sessionId, { responderId, takenFromId, ticketStatus, ownTags }) {
      await db.session.update({
        where: { id: sessionId },
        data: {
          ...(responderId === undefined ? {} : { responderId: bigOrNull(responderId) }),
          ...(takenFromId === undefined ? {} : { takenFromId: bigOrNull(takenFromId) }),
          ...(ticketStatus === undefined ? {} : { ticketStatus }),
          ...(ownTags === undefined ? {} : { ownTags }),
        },
        select: { id: true },
      });
    },

    async owesNothing(sessionId) {
      await db.session.update({ where: { id: sessionId }, data: { owes: null }, select: { id: true } });
    },

    async addOwn({ id, connectionId, ticketId }, message) {
      await upsertMessages(db, id, { connectionId, ticketId, messages: [message] });
    },

    async resolved(sessionId, closure, closedThrough) {
      await db.session.update({
        where: { id: sessionId },
        data: {
          status: 'closed_resolved',
          closure,
          closedBy: 'ai',
          closedThrough: BigInt(closedThrough),
          ...HANDED_OVER,
        },
      });
    },

    async resolveRefused(sessionId, fields) {
      await db.session.update({ where: { id: sessionId }, data: { resolveRefused: fields } });
    },

    async handoffRefused(sessionId, fields, at) {
      await db.$transaction([
        db.session.updateMany({
          where: { id: sessionId, handoffRefused: null },
          data: { handoffRefusedAt: at },
        }),
        db.session.update({ where: { id: sessionId }, data: { handoffRefused: fields } }),
      ]);
    },

    async forgetRefusedHandoff(sessionId) {
      await db.session.updateMany({
        where: { id: sessionId, handoffRefused: { not: null } },
        data: HANDED_OVER,
      });
    },

    async forgetRefusedResolve({ connectionId, ticketId }) {
      const { count } = await db.session.updateMany({
        where: { connectionId, ticketId: BigInt(ticketId), resolveRefused: { not: null } },
        data: { resolveRefused: null },
      });
      return count === 1;
    },

    async setHeld({ id: sessionId, held: heldBefore }, held) {
      if (held) {
        await db.$executeRaw`
          UPDATE "Session" SET "heldSince" = COALESCE("heldSince", clock_timestamp()), "wokenAt" = NULL
          WHERE "id" = ${sessionId}::uuid AND ("heldSince" IS NULL OR "wokenAt" IS NOT NULL)`;
      } else if (heldBefore) {
        const where = { id: sessionId, heldSince: { not: null } };
        await db.session.updateMany({ where, data: { heldSince: null, wokenAt: null } });
      }
    },

    async claimHeld(limit) {
      const rows = await db.$queryRaw<{ id: string; connectionId: string; ticketId: bigint }[]>`
        UPDATE "Session" SET "wokenAt" = clock_timestamp() WHERE "id" IN (
          SELECT s."id" FROM "Session" s JOIN "Connection" k ON k."id" = s."connectionId"
          WHERE s."heldSince" IS NOT NULL AND (s."wokenAt" IS NULL OR s."wokenAt" < clock_timestamp() - interval '5 minutes')
            AND k."removedAt" IS NULL AND k."state" = 'active' AND k."settings"->'paused' IS DISTINCT FROM 'true'::jsonb
          ORDER BY s."heldSince" LIMIT ${limit} FOR UPDATE OF s SKIP LOCKED)
        RETURNING "id", "connectionId", "ticketId"`;
      return rows.map(({ ticketId, ...row }) => ({ ...row, ticketId: Number(ticketId) }));
    },

    async notWoken(sessionIds) {
      if (sessionIds.length === 0) return;
      await db.session.updateMany({ where: { id: { in: [...sessionIds] } }, data: { wokenAt: null } });
    },

    async gone(sessionId, atMs) {
      await db.session.update({
        where: { id: sessionId },
        data: {
          status: 'closed_unresolved',
          closure: 'deleted',
          closedBy: 'freshdesk',
          lookedAt: new Date(atMs),
          ...HANDED_OVER,
        },
      });
    },
  };
}

/** What a refused handoff has left behind, once people have the ticket or nobody needs it any more. */
export const HANDED_OVER = { handoffRefused: null, handoffRefusedAt: null };

/** People have the ticket, or have answered what was to be handed over to them. */
function needsNoHandoff(before: SessionState | null, after: SessionState): boolean {
  if (after.status !== 'open' || after.responder === 'person') return true;
  return before !== null && after.coveredThrough > before.coveredThrough;
}

/** Whether the requester was erased; if not, they are not until the transaction ends. */
export async function isErased(tx: Prisma.TransactionClient, sessionId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ erasedAt: Date | null }[]>`
    SELECT "erasedAt" FROM "Session" WHERE "id" = ${sessionId}::uuid FOR UPDATE`;
  return rows[0]?.erasedAt != null;
}

const COLUMNS = Prisma.raw(
  Object.values(Prisma.SessionScalarFieldEnum)
    .map((column) => `"${column}"`)
    .join(', '),
);

/** The lock makes two looks at one ticket take turns. */
async function lockSession(tx: Prisma.TransactionClient, look: Look): Promise<Session | null> {
  const [row] = await tx.$queryRaw<Row[]>`
    SELECT ${COLUMNS} FROM "Session"
    WHERE "connectionId" = ${look.connectionId} AND "ticketId" = ${BigInt(look.ticketId)} FOR UPDATE`;
  return row === undefined ? null : toSession(row, look.aiAgentId);
}

/**
 * What is known of a ticket without a session: a write of ours says that there was one before, which was removed when it had
 * been closed for long. What it had dealt with is not asked again (A5).
 */
async function newcomer(tx: Prisma.TransactionClient, look: Look): Promise<SessionState> {
  return { ...newSession(look.admittedBy), coveredThrough: (await dealtWithThrough(tx, look)) ?? NOTHING };
}

async function insertSession(tx: Prisma.TransactionClient, look: Look): Promise<string> {
  const row = await tx.session.create({
    data: {
      id: randomUUID(),
      connectionId: look.connectionId,
      ticketId: BigInt(look.ticketId),
      backfilled: look.backfilled,
      ...columns(look),
      ...stateColumns(newSession(look.admittedBy)),
    },
    select: { id: true },
  });
  return row.id;
}
