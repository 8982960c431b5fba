import { randomUUID } from 'node:crypto';
import { newSession, type SeenMessage, type SessionState } from '../domain/session.ts';
import { responderOf, type Admission, type Author, type Channel, type Visibility } from '../domain/ticket.ts';
import type { Prisma, Session as Row } from '../generated/prisma/client.ts';
import { countMissing, upsertFiles } from './attachments.ts';
import type { Db } from './client.ts';
import {
  deleteVanished,
  linkOutbounds,
  seenMessages,
  upsertMessages,
  type MirroredMessage,
  type ThreadPart,
} from './messages.ts';
import { storable } from './storable.ts';

/** Our mirror of one ticket, with what the last look left behind. Times are Freshdesk's clock, ms. */
export type Session = SessionState & {
  id: string;
  connectionId: string;
  ticketId: number;
  channel: Channel;
  subject: string;
  source: number;
  groupId: number | null;
  responderId: number | null;
  /** Who sent the description; null when it is not known (E8). */
  requesterEmail: string | null;
  requesterId: number | null;
  /** null while the requester has neither e-mail nor phone (K1). */
  contactId: string | null;
  /** Its requester was erased: it stays closed and empty. */
  erased: boolean;
  takenFromId: number | null;
  aiReplied: boolean;
  tags: string[];
  ownTags: string[];
  /** Page of 100 on which the last read of the thread ended, and the newest conversation on it (I6). */
  cursorPage: number;
  cursorSeq: number;
  wholeReadAtMs: number | null;
  lookedAtMs: number;
};

/** The ticket's own fields, as one look saw them. */
export type TicketFields = Pick<
  Session,
  | 'channel'
  | 'subject'
  | 'source'
  | 'groupId'
  | 'responderId'
  | 'requesterId'
  | 'requesterEmail'
  | 'contactId'
  | 'tags'
  | 'ownTags'
> & {
  createdAtMs: number;
  updatedAtMs: number;
};

/** A message with its clean text. */
export type ThreadEntry = {
  seq: number;
  author: Author;
  visibility: Visibility;
  text: string;
  at: Date;
  answerable: boolean;
};

/** What one look at a ticket found. */
export type Look = ThreadPart & {
  aiAgentId: number;
  atMs: number;
  admittedBy: Admission;
  backfilled: boolean;
  fields: TicketFields;
  cursor: { page: number; seq: number };
  whole: boolean;
};

/** What the mirror holds after a look; pending files are still to be copied, failed ones were given up (F1, F2). */
export type Recorded = { session: Session; messages: SeenMessage[]; pendingFiles: number; failedFiles: number };

export type Sessions = {
  find(connectionId: string, ticketId: number, aiAgentId: number): Promise<Session | null>;
  /** The mirrored thread as decisions need it, oldest first; nothing in it is fresh. */
  messages(sessionId: string): Promise<SeenMessage[]>;
  /**
   * Makes the mirror equal to what the look saw, and lets `next` say what the session is now, in one transaction. A look
   * that is older than the one recorded last, or than the erasure of the requester, changes nothing and throws StaleLook.
   */
  record(look: Look, next: (previous: SessionState | null, messages: SeenMessage[]) => SessionState): Promise<Recorded>;
  /** The texts of the thread, oldest first. */
  thread(sessionId: string): Promise<ThreadEntry[]>;
  /** What a write of ours has changed on the ticket, so that the next look does not take it for somebody else's doing. */
  wroteTicket(
    sessionId: string,
    change: { responderId?: number | null; takenFromId?: number | null; ticketStatus?: number; ownTags?: string[] },
  ): Promise<void>;
  /** Mirrors what we have just written, before Freshdesk tells us about it; not where the requester was erased meanwhile. */
  addOwn(session: Pick<Session, 'id' | 'connectionId' | 'ticketId'>, message: MirroredMessage): Promise<void>;
  /** The AI has closed the conversation (R1–R3). */
  resolved(sessionId: string, closure: 'resolved' | 'assumed_resolved', closedThrough: number): Promise<void>;
  /** Freshdesk refused to resolve the ticket; `fields` is what it asked for (R2). */
  resolveRefused(sessionId: string, fields: string): Promise<void>;
  /** An operator has had the ticket put right: resolving it may be tried again (R2). False when it was not refused. */
  forgetRefusedResolve(ticket: Pick<Session, 'connectionId' | 'ticketId'>): Promise<boolean>;
  /** Notes whether a pause or a broken key keeps the AI from what is to be done here (E12, C8). */
  setHeld(sessionId: string, held: boolean): Promise<void>;
  /** The sessions held up, the longest first. */
  held(connectionId: string): Promise<{ id: string; ticketId: number }[]>;
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

    async messages(sessionId) {
      const session = await db.session.findUnique({ where: { id: sessionId }, select: { requesterId: true } });
      return seenMessages(db, sessionId, numberOrNull(session?.requesterId ?? null), new Set());
    },

    async record(look, next) {
      return db.$transaction(
        async (tx) => {
          const previous = await lockSession(tx, look);
          if (previous !== null && (previous.erased || previous.lookedAtMs > look.atMs))
            throw new StaleLook(look.ticketId);
          const sessionId = previous?.id ?? (await insertSession(tx, look));
          const fresh = await upsertMessages(tx, sessionId, look);
          await deleteVanished(tx, sessionId, look);
          await upsertFiles(tx, sessionId, look.messages);
          await linkOutbounds(tx, sessionId);
          const messages = await seenMessages(tx, sessionId, look.fields.requesterId, fresh);
          const state = next(previous, messages);
          const row = await tx.session.update({
            where: { id: sessionId },
            data: { ...columns(look), ...stateColumns(state) },
          });
          return { session: toSession(row, look.aiAgentId), messages, ...(await countMissing(tx, sessionId)) };
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
      });
    },

    async addOwn({ id, connectionId, ticketId }, message) {
      await db.$transaction(async (tx) => {
        if (await isErased(tx, id)) return;
        await upsertMessages(tx, id, { connectionId, ticketId, messages: [message] });
        await linkOutbounds(tx, id);
      });
    },

    async resolved(sessionId, closure, closedThrough) {
      await db.session.update({
        where: { id: sessionId },
        data: { status: 'closed_resolved', closure, closedBy: 'ai', closedThrough: BigInt(closedThrough) },
      });
    },

    async resolveRefused(sessionId, fields) {
      await db.session.update({ where: { id: sessionId }, data: { resolveRefused: fields } });
    },

    async forgetRefusedResolve({ connectionId, ticketId }) {
      const { count } = await db.session.updateMany({
        where: { connectionId, ticketId: BigInt(ticketId), resolveRefused: { not: null } },
        data: { resolveRefused: null },
      });
      return count === 1;
    },

    async setHeld(sessionId, held) {
      const where = { id: sessionId, ...(held ? { heldSince: null } : { heldSince: { not: null } }) };
      await db.session.updateMany({ where, data: { heldSince: held ? new Date() : null } });
    },

    async held(connectionId) {
      const rows = await db.session.findMany({
        where: { connectionId, heldSince: { not: null } },
        orderBy: { heldSince: 'asc' },
        select: { id: true, ticketId: true },
      });
      return rows.map((row) => ({ id: row.id, ticketId: Number(row.ticketId) }));
    },

    async gone(sessionId, atMs) {
      await db.session.update({
        where: { id: sessionId },
        data: { status: 'closed_unresolved', closure: 'deleted', closedBy: 'freshdesk', lookedAt: new Date(atMs) },
      });
    },
  };
}

/** Whether the requester was erased; if not, they are not until the transaction ends. */
export async function isErased(tx: Prisma.TransactionClient, sessionId: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ erasedAt: Date | null }[]>`
    SELECT "erasedAt" FROM "Session" WHERE "id" = ${sessionId}::uuid FOR UPDATE`;
  return rows[0]?.erasedAt != null;
}

/** The lock makes two looks at one ticket take turns. */
async function lockSession(tx: Prisma.TransactionClient, look: Look): Promise<Session | null> {
  await tx.$queryRaw`SELECT 1 FROM "Session" WHERE "connectionId" = ${look.connectionId} AND "ticketId" = ${BigInt(look.ticketId)} FOR UPDATE`;
  const key = { connectionId: look.connectionId, ticketId: BigInt(look.ticketId) };
  const row = await tx.session.findUnique({ where: { connectionId_ticketId: key } });
  return row === null ? null : toSession(row, look.aiAgentId);
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
  });
  return row.id;
}

function columns(look: Look) {
  const { fields, cursor, atMs, whole } = look;
  return {
    channel: fields.channel,
    subject: storable(fields.subject),
    source: fields.source,
    groupId: bigOrNull(fields.groupId),
    responderId: bigOrNull(fields.responderId),
    requesterId: bigOrNull(fields.requesterId),
    requesterEmail: fields.requesterEmail === null ? null : storable(fields.requesterEmail),
    contactId: fields.contactId,
    tags: fields.tags.map(storable),
    ownTags: fields.ownTags,
    ticketCreatedAt: new Date(fields.createdAtMs),
    ticketUpdatedAt: new Date(fields.updatedAtMs),
    cursorPage: cursor.page,
    cursorSeq: BigInt(cursor.seq),
    lookedAt: new Date(atMs),
    ...(whole ? { wholeReadAt: new Date(atMs) } : {}),
  };
}

function stateColumns(state: SessionState) {
  return {
    status: state.status,
    admittedBy: state.admittedBy,
    ticketStatus: state.ticketStatus,
    coveredThrough: BigInt(state.coveredThrough),
    closedThrough: bigOrNull(state.closedThrough),
    episode: state.episode,
    aiWrote: state.aiWrote,
    personStepped: state.personStepped,
    aiAssignedAt: state.aiAssignedAtMs === null ? null : new Date(state.aiAssignedAtMs),
    closure: state.closure,
    closedBy: state.closedBy,
    reopenedThrough: bigOrNull(state.reopenedThrough),
    reopenedFrom: state.reopenedFrom,
    episodeAfter: BigInt(state.episodeAfter),
    resolveRefused: state.resolveRefused,
  };
}

function toSession(row: Row, aiAgentId: number): Session {
  const responderId = numberOrNull(row.responderId);
  return {
    id: row.id,
    connectionId: row.connectionId,
    ticketId: Number(row.ticketId),
    status: row.status,
    admittedBy: row.admittedBy as Admission,
    channel: row.channel,
    subject: row.subject,
    source: row.source,
    ticketStatus: row.ticketStatus,
    groupId: numberOrNull(row.groupId),
    responderId,
    responder: responderOf(responderId, aiAgentId),
    requesterEmail: row.requesterEmail,
    requesterId: numberOrNull(row.requesterId),
    contactId: row.contactId,
    erased: row.erasedAt !== null,
    takenFromId: numberOrNull(row.takenFromId),
    coveredThrough: Number(row.coveredThrough),
    closedThrough: numberOrNull(row.closedThrough),
    episode: row.episode,
    aiWrote: row.aiWrote,
    aiReplied: row.aiReplied,
    personStepped: row.personStepped,
    aiAssignedAtMs: row.aiAssignedAt?.getTime() ?? null,
    closure: row.closure as SessionState['closure'],
    closedBy: row.closedBy as SessionState['closedBy'],
    reopenedThrough: numberOrNull(row.reopenedThrough),
    reopenedFrom: row.reopenedFrom as SessionState['reopenedFrom'],
    episodeAfter: Number(row.episodeAfter),
    resolveRefused: row.resolveRefused,
    tags: row.tags,
    ownTags: row.ownTags,
    cursorPage: row.cursorPage,
    cursorSeq: Number(row.cursorSeq),
    wholeReadAtMs: row.wholeReadAt?.getTime() ?? null,
    lookedAtMs: row.lookedAt.getTime(),
  };
}

function bigOrNull(value: number | null): bigint | null {
  return value === null ? null : BigInt(value);
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value);
}
