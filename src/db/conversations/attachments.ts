import { randomUUID } from 'node:crypto';
import type { FileView } from '../../contract/sessions.ts';
import type { AttachmentStatus, Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { isUuid } from '../paging.ts';
import { lock } from '../locks.ts';
import { storable } from '../storable.ts';

/** A file as a look found it: an attachment, or an image inside the HTML. */
export type MessageFile = {
  /** Freshdesk's. */
  id: number;
  inline: boolean;
  name: string;
  contentType: string;
  size: number;
  /** Good for 5 minutes from the look on; null when Freshdesk gave none. */
  link: string | null;
};

/** A file that is still to be copied. */
export type PendingFile = {
  id: string;
  /** Freshdesk's. */
  remoteId: number;
  /** Which message it belongs to; 0 is the description. */
  seq: number;
  name: string;
  contentType: string;
  size: number;
  link: string | null;
};

/** What its content says that it is (F2), and what the AI reads of it (F3). */
type FileContent = { key: string; size: number; contentType: string; text: string | null };

/** A stored file as a reader gets it. */
type StoredFile = { id: string; name: string; contentType: string; size: number; key: string };

/** A message's file for the AI. */
export type ReadableFile = StoredFile & { seq: number; text: string | null };

/** Our copies of the files in the threads (F1–F3). */
export type Attachments = {
  /** Still to be copied, in the order of the thread. */
  pending(sessionId: string): Promise<PendingFile[]>;
  /** Bytes of the session's files that are stored, each file counted once. */
  storedBytes(sessionId: string): Promise<number>;
  /** Points the row to the content before its bytes are stored, so that nobody clears them away meanwhile. False when there is no row any more. */
  claim(id: string, key: string): Promise<boolean>;
  /** False when there is no row any more: then the next sweep removes the bytes. */
  stored(id: string, content: FileContent): Promise<boolean>;
  /** There is no copy, and no retry brings one: a cap, an unsafe address, gone from Freshdesk. */
  refused(id: string, reason: string): Promise<void>;
  /** What went wrong with a copy; `final` when it is given up. */
  failed(id: string, reason: string, { final, at }: { final: boolean; at: Date }): Promise<void>;
  /** What was given up before `before` is to be copied again; returns how many. */
  retryFailed(sessionId: string, before: Date): Promise<number>;
  /** The stored files of the thread, in its order. */
  readable(sessionId: string): Promise<ReadableFile[]>;
  /** One file by our id; null when there is none. */
  find(id: string): Promise<(FileView & { key: string | null }) | null>;
  /**
   * Removes the bytes that no row points to any more, with `remove`, which has ten minutes for each. Rows may be deleted by
   * anyone, in any way: a trigger takes down what they pointed to. A file that cannot be removed is left for another sweep,
   * and keeps the others only when several in a row cannot. Ends early when `stopping` is aborted.
   */
  sweep(remove: (key: string) => Promise<void>, stopping?: AbortSignal): Promise<Swept>;
};

/** How many files were removed, and for each that could not be, why. */
type Swept = { removed: number; failures: unknown[] };

const SWEEP_AT_ONCE = 500;
/** Longer than any store takes over one request and its repetitions: the lock must not end before the removal. */
const REMOVAL_LIMIT_MS = 600_000;
/** A store that refuses so many files in a row refuses the rest as well. */
const MOST_FAILURES_IN_A_ROW = 5;

export function createAttachments(db: Db): Attachments {
  return {
    async pending(sessionId) {
      const rows = await db.attachment.findMany({
        where: { status: 'pending', message: { sessionId } },
        orderBy: [{ message: { seq: 'asc' } }, { remoteId: 'asc' }],
        include: { message: { select: { seq: true } } },
      });
      return rows.map(({ message, remoteId, size, ...row }) => ({
        ...row,
        remoteId: Number(remoteId),
        size: Number(size),
        seq: Number(message.seq),
      }));
    },

    async storedBytes(sessionId) {
      const [row] = await db.$queryRaw<[{ bytes: bigint | null }]>`
        SELECT sum(f."size")::bigint AS "bytes" FROM (
          SELECT DISTINCT a."key", a."size" FROM "Attachment" a JOIN "Message" m ON m."id" = a."messageId"
           WHERE m."sessionId" = ${sessionId}::uuid AND a."status" = 'stored') f`;
      return Number(row.bytes ?? 0);
    },

    claim: (id, key) =>
      db.$transaction(async (tx) => {
        await lock(tx, 'content', key);
        const { count } = await tx.attachment.updateMany({ where: { id }, data: { key } });
        return count === 1;
      }),

    async stored(id, { key, size, contentType, text }) {
      const { count } = await db.attachment.updateMany({
        where: { id },
        data: {
          status: 'stored',
          key,
          size: BigInt(size),
          contentType,
          text: text === null ? null : storable(text),
          reason: null,
          link: null,
        },
      });
      // A sweep between the claim and the bytes has found nothing to remove.
      if (count === 0) await db.forgottenFile.createMany({ data: { key }, skipDuplicates: true });
      return count === 1;
    },

    async refused(id, reason) {
      await db.attachment.updateMany({ where: { id }, data: { status: 'refused', reason, link: null } });
    },

    async failed(id, reason, { final, at }) {
      const data = final ? { status: 'failed' as const, reason, link: null } : { reason };
      await db.attachment.updateMany({ where: { id }, data: { ...data, updatedAt: at } });
    },

    async retryFailed(sessionId, before) {
      const { count } = await db.attachment.updateMany({
        where: { status: 'failed', updatedAt: { lte: before }, message: { sessionId } },
        data: { status: 'pending' },
      });
      return count;
    },

    async readable(sessionId) {
      const rows = await db.attachment.findMany({
        where: { status: 'stored', message: { sessionId } },
        orderBy: [{ message: { seq: 'asc' } }, { remoteId: 'asc' }],
        include: { message: { select: { seq: true } } },
      });
      return rows.flatMap(({ id, name, contentType, size, key, text, message }) =>
        key === null ? [] : [{ id, name, contentType, size: Number(size), key, text, seq: Number(message.seq) }],
      );
    },

    async find(id) {
      if (!isUuid(id)) return null;
      const row = await db.attachment.findUnique({ where: { id } });
      return row === null ? null : { ...fileView(row), key: row.key };
    },

    async sweep(remove, stopping) {
      const rows = await db.forgottenFile.findMany({ take: SWEEP_AT_ONCE, orderBy: { at: 'asc' } });
      const swept: Swept = { removed: 0, failures: [] };
      let inARow = 0;
      for (const { key } of rows) {
        if (stopping?.aborted === true || inARow >= MOST_FAILURES_IN_A_ROW) break;
        try {
          if (await sweepOne(db, key, remove)) swept.removed += 1;
          inARow = 0;
        } catch (error) {
          swept.failures.push(error);
          inARow += 1;
          // To the end of the line, so that what cannot be removed never fills it.
          await db.forgottenFile.updateMany({ where: { key }, data: { at: new Date() } });
        }
      }
      return swept;
    },
  };
}

/** Whether the bytes were removed: they stay where a row points to them again. */
async function sweepOne(db: Db, key: string, remove: (key: string) => Promise<void>): Promise<boolean> {
  return db.$transaction(
    async (tx) => {
      await lock(tx, 'content', key);
      const used = (await tx.attachment.count({ where: { key } })) + (await tx.articleFile.count({ where: { key } }));
      if (used === 0) await remove(key);
      await tx.forgottenFile.deleteMany({ where: { key } });
      return used === 0;
    },
    { timeout: REMOVAL_LIMIT_MS },
  );
}

/** A file as the API shows it. */
export function fileView(row: {
  id: string;
  name: string;
  contentType: string;
  size: bigint;
  status: AttachmentStatus;
  reason: string | null;
}): FileView {
  const { id, name, contentType, size, status, reason } = row;
  return { id, name, contentType, size: Number(size), status, ...(reason === null ? {} : { reason }) };
}

/** How many of a session's files are still to be copied, and how many were given up. */
export type Missing = { pendingFiles: number; failedFiles: number };

/**
 * Makes the rows of the messages that a look has read equal to their files; what is copied stays as it is. Says what is
 * missing then.
 */
export async function mirrorFiles(
  tx: Prisma.TransactionClient,
  sessionId: string,
  messages: readonly { seq: number; files: readonly MessageFile[] }[],
): Promise<Missing> {
  const rows = messages.flatMap(({ seq, files }) =>
    files.map((file) => ({
      ...file,
      rowId: randomUUID(),
      seq,
      name: storable(file.name),
      contentType: storable(file.contentType),
      link: file.link === null ? null : storable(file.link),
    })),
  );
  if (rows.length === 0) {
    const { files, ...missing } = await countFiles(tx, sessionId);
    if (files === 0) return missing;
  }
  const seqs = messages.map((message) => message.seq);
  await tx.$executeRaw`
    WITH given AS (
      SELECT m."id" AS "messageId", r.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("rowId" uuid, "id" bigint,
        "seq" bigint, "inline" boolean, "name" text, "contentType" text, "size" bigint, "link" text)
      JOIN "Message" m ON m."sessionId" = ${sessionId}::uuid AND m."seq" = r."seq"
    ), gone AS (
      DELETE FROM "Attachment" a USING "Message" m
       WHERE a."messageId" = m."id" AND m."sessionId" = ${sessionId}::uuid AND m."seq" = ANY(${seqs}::bigint[])
         AND NOT EXISTS (SELECT FROM given g WHERE g."messageId" = a."messageId" AND g."id" = a."remoteId")
    )
    INSERT INTO "Attachment" AS a ("id", "messageId", "remoteId", "inline", "name", "contentType", "size", "link")
    SELECT DISTINCT ON ("messageId", "id") "rowId", "messageId", "id", "inline", "name", "contentType", "size", "link" FROM given
    ON CONFLICT ("messageId", "remoteId") DO UPDATE SET "link" = excluded."link" WHERE a."status" = 'pending'`;
  const { files: _, ...missing } = await countFiles(tx, sessionId);
  return missing;
}

async function countFiles(tx: Prisma.TransactionClient, sessionId: string): Promise<Missing & { files: number }> {
  const counts = await tx.attachment.groupBy({ by: ['status'], where: { message: { sessionId } }, _count: true });
  const of = (status: AttachmentStatus) => counts.find((row) => row.status === status)?._count ?? 0;
  const files = counts.reduce((sum, { _count }) => sum + _count, 0);
  return { files, pendingFiles: of('pending'), failedFiles: of('failed') };
}
