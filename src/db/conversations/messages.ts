import { randomUUID } from 'node:crypto';
import type { IgnoredWhy, Suspicion } from '../../domain/ignored.ts';
import { kindOfKey, replyOfKey } from '../../domain/outbound.ts';
import { NOTHING, type SeenMessage } from '../../domain/thread.ts';
import type { Author, MessageKind, Visibility } from '../../domain/ticket.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { MessageFile } from './attachments.ts';
import { storable } from '../storable.ts';

/** One entry of a thread as it is mirrored. */
export type MirroredMessage = {
  /** 0 for the description, else the conversation id. */
  seq: number;
  author: Author;
  visibility: Visibility;
  kind: MessageKind;
  userId: number | null;
  /** Sanitised for display. */
  html: string;
  /** Without quoted history and signature. */
  text: string;
  /** Why it is never answered; null when it may be. */
  ignored: { rule: 'E8'; why: IgnoredWhy } | null;
  /** Of a customer's message that may be answered: what about it looks like an automatic mail's (N8). */
  suspected: Suspicion | null;
  /** As Freshdesk lists them. */
  attachments: { id: number; name: string; contentType: string; size: number }[];
  /** What is to be copied: these and the images inside the HTML (F1). */
  files: MessageFile[];
  createdAtMs: number;
  updatedAtMs: number;
};

/** The part of a thread that one look has read. */
export type ThreadPart = {
  connectionId: string;
  ticketId: number;
  messages: readonly MirroredMessage[];
  /** Everything mirrored from this sequence number up to `readUpTo` that the look did not show is gone from Freshdesk. */
  readFrom: number;
  readUpTo: number;
};

type Tx = Prisma.TransactionClient;

/** `ticket:<id>` for the description, `conversation:<id>` for the rest: unique within a connection (I3). */
export function freshdeskIdOf(ticketId: number, seq: number): string {
  return seq === 0 ? `ticket:${ticketId}` : `conversation:${seq}`;
}

/**
 * Inserts what is new and updates what was edited; returns the sequence numbers of the new ones. That a turn found a message
 * to be mere thanks (E9) stays known: Freshdesk does not tell. I4: our own messages belong to the write that made them, as far
 * as it is known by now. Where the requester was erased nothing is written.
 */
export async function upsertMessages(
  tx: Tx,
  sessionId: string,
  look: Pick<ThreadPart, 'connectionId' | 'ticketId' | 'messages'>,
): Promise<Set<number>> {
  const rows = look.messages.map((message) => ({
    id: randomUUID(),
    freshdeskId: freshdeskIdOf(look.ticketId, message.seq),
    seq: message.seq,
    author: message.author,
    visibility: message.visibility,
    kind: message.kind,
    userId: message.userId,
    html: storable(message.html),
    text: storable(message.text),
    ignoredBy: message.ignored?.rule ?? null,
    ignoredWhy: message.ignored?.why ?? null,
    suspected: message.suspected,
    attachments: message.attachments.map((file) => ({
      ...file,
      name: storable(file.name),
      contentType: storable(file.contentType),
    })),
    createdAt: new Date(message.createdAtMs).toISOString(),
    updatedAt: new Date(message.updatedAtMs).toISOString(),
  }));
  const written = await tx.$queryRaw<{ seq: bigint; inserted: boolean }[]>`
    WITH session AS (SELECT "id" FROM "Session" WHERE "id" = ${sessionId}::uuid AND "erasedAt" IS NULL FOR UPDATE)
    INSERT INTO "Message" AS m ("id", "connectionId", "sessionId", "freshdeskId", "seq", "author", "visibility", "kind",
      "userId", "html", "text", "ignoredBy", "ignoredWhy", "suspected", "attachments", "createdAt", "updatedAt", "outboundKey")
    SELECT r."id", ${look.connectionId}, session."id", r."freshdeskId", r."seq", r."author"::"Author",
      r."visibility"::"Visibility", r."kind", r."userId", r."html", r."text", r."ignoredBy", r."ignoredWhy",
      r."suspected", r."attachments", r."createdAt", r."updatedAt",
      (SELECT o."key" FROM "Outbound" o WHERE o."connectionId" = ${look.connectionId} AND o."remoteId" = r."seq" AND r."author" = 'ai'
        LIMIT 1)
    FROM session, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("id" uuid, "freshdeskId" text, "seq" bigint, "author" text,
      "visibility" text, "kind" text, "userId" bigint, "html" text, "text" text, "ignoredBy" text, "ignoredWhy" text,
      "suspected" text, "attachments" jsonb, "createdAt" timestamptz, "updatedAt" timestamptz)
    ON CONFLICT ("connectionId", "freshdeskId") DO UPDATE SET
      "sessionId" = excluded."sessionId", "author" = excluded."author", "visibility" = excluded."visibility",
      "kind" = excluded."kind", "userId" = excluded."userId", "html" = excluded."html", "text" = excluded."text",
      "ignoredBy" = CASE WHEN m."ignoredBy" = 'E9' THEN m."ignoredBy" ELSE excluded."ignoredBy" END,
      "ignoredWhy" = CASE WHEN m."ignoredBy" = 'E9' THEN m."ignoredWhy" ELSE excluded."ignoredWhy" END,
      "suspected" = excluded."suspected", "attachments" = excluded."attachments", "updatedAt" = excluded."updatedAt",
      "outboundKey" = COALESCE(m."outboundKey", excluded."outboundKey")
    WHERE (m."sessionId", m."author", m."visibility", m."kind", m."userId", m."html", m."text", m."suspected", m."attachments")
      IS DISTINCT FROM (excluded."sessionId", excluded."author", excluded."visibility", excluded."kind", excluded."userId",
           excluded."html", excluded."text", excluded."suspected", excluded."attachments")
      OR (m."ignoredBy" IS DISTINCT FROM 'E9'
        AND (m."ignoredBy", m."ignoredWhy") IS DISTINCT FROM (excluded."ignoredBy", excluded."ignoredWhy"))
      OR (m."outboundKey" IS NULL AND excluded."outboundKey" IS NOT NULL)
    RETURNING m."seq", (m.xmax = 0) AS "inserted"`;
  return new Set(written.filter((row) => row.inserted).map((row) => Number(row.seq)));
}

/** I4: our own messages, coming back, belong to the write that made them. Says how many were found to. */
async function linkOutbounds(tx: Tx, sessionId: string): Promise<number> {
  return tx.$executeRaw`
    UPDATE "Message" AS m SET "outboundKey" = o."key" FROM "Outbound" AS o
    WHERE m."sessionId" = ${sessionId}::uuid AND m."outboundKey" IS NULL AND m."author" = 'ai'
      AND o."connectionId" = m."connectionId" AND o."remoteId" = m."seq"`;
}

type MirroredRow = Awaited<ReturnType<typeof mirroredRows>>[number];

function mirroredRows(db: Tx, sessionId: string) {
  return db.message.findMany({
    where: { sessionId },
    orderBy: { seq: 'asc' },
    select: {
      seq: true,
      userId: true,
      author: true,
      visibility: true,
      kind: true,
      createdAt: true,
      ignoredBy: true,
      outboundKey: true,
    },
  });
}

/** The mirrored thread as decisions need it, oldest first; nothing in it is fresh. */
export async function seenMessages(db: Tx, sessionId: string, ticket: Asked): Promise<SeenMessage[]> {
  return seen(await mirroredRows(db, sessionId), ticket, new Set());
}

/**
 * The same after a look has been mirrored. I2: what lies within the part of the thread that was read, and was not there, was
 * deleted in Freshdesk.
 */
export async function seenAfterLook(
  tx: Tx,
  sessionId: string,
  {
    ticketId,
    fields: { requesterId },
    messages,
    readFrom,
    readUpTo,
  }: ThreadPart & { fields: Pick<Asked, 'requesterId'> },
  fresh: ReadonlySet<number>,
): Promise<SeenMessage[]> {
  const shown = new Set(messages.map(({ seq }) => BigInt(seq)));
  const isVanished = ({ seq }: MirroredRow) => seq >= readFrom && seq <= readUpTo && !shown.has(seq);
  let rows = await mirroredRows(tx, sessionId);
  const vanished = rows.filter(isVanished).map(({ seq }) => seq);
  if (vanished.length > 0) {
    await tx.message.deleteMany({ where: { sessionId, seq: { in: vanished } } });
    rows = rows.filter((row) => !isVanished(row));
  }
  const isUnlinked = rows.some(({ author, outboundKey }) => author === 'ai' && outboundKey === null);
  if (isUnlinked && (await linkOutbounds(tx, sessionId)) > 0) rows = await mirroredRows(tx, sessionId);
  return seen(rows, { ticketId, requesterId }, fresh);
}

/** `requesterId`: the ticket's, as it is now; who has been made its requester since is the one who wrote (E10). */
type Asked = { ticketId: number; requesterId: number | null };

/**
 * What our replies in it answer wants no answer any more, also where the run that replied ended before it could say so (A5),
 * or the reply came here with a ticket that was merged into this one (S3).
 */
function seen(
  rows: readonly MirroredRow[],
  { ticketId, requesterId }: Asked,
  fresh: ReadonlySet<number>,
): SeenMessage[] {
  const isAnswered = answeredBy(rows, ticketId);
  return rows.map((row) => ({
    seq: Number(row.seq),
    author: row.author,
    visibility: row.visibility,
    kind: row.kind as MessageKind,
    createdAtMs: row.createdAt.getTime(),
    answerable: row.author === 'customer' && row.ignoredBy === null && !isAnswered(Number(row.seq)),
    byRequester: writtenByRequester({ ...row, seq: Number(row.seq) }, requesterId),
    writtenAs: row.outboundKey === null ? null : kindOfKey(row.outboundKey),
    fresh: fresh.has(Number(row.seq)),
  }));
}

/** A reply answers all that had been written on its ticket up to a message; of another ticket's only that one is known here. */
function answeredBy(rows: readonly { outboundKey: string | null }[], ticketId: number): (seq: number) => boolean {
  const replies = rows.flatMap(({ outboundKey }) => (outboundKey === null ? [] : (replyOfKey(outboundKey) ?? [])));
  const through = Math.max(NOTHING, ...replies.filter((r) => r.ticketId === ticketId).map((r) => r.throughSeq));
  const elsewhere = new Set(replies.filter((r) => r.ticketId !== ticketId).map((r) => r.throughSeq));
  return (seq) => seq <= through || elsewhere.has(seq);
}

/** The description is the requester's own by definition, whatever has become of the contact. */
function writtenByRequester(
  { seq, author, userId }: { seq: number; author: Author; userId: bigint | number | null },
  requesterId: number | null,
): boolean {
  return author !== 'customer' || seq === 0 || (userId !== null && Number(userId) === requesterId);
}
