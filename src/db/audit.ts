import { z } from 'zod';
import { AUDITED, type AuditEntry, type AuditFilter, type Work } from '../contract/audit.ts';
import { Prisma, type Audit as Row } from '../generated/prisma/client.ts';
import type { Db } from './client.ts';
import { decodeTime, type Page, type PageRequest, toPage } from './paging.ts';

/** What was changed or removed, and by whom; whoever does it writes its line in the same transaction. */
export type Audit = {
  /** The newest first. Throws InvalidCursor. */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<AuditEntry>>;
  /** What an operator has had done beside that. */
  note(work: { connectionId: string; ticketId?: number; what: Work; by: string }): Promise<void>;
};

const storedChanges = z.array(z.object({ path: z.string(), old: z.unknown(), new: z.unknown() }));
const storedCounts = z.record(z.string(), z.int());

export function createAudit(db: Db): Audit {
  return {
    async list({ connection, what, setting }, { cursor, limit }) {
      const conditions = [
        Prisma.sql`true`,
        ...(connection === undefined ? [] : [Prisma.sql`a."connectionId" = ${connection}`]),
        ...(what === undefined ? [] : [Prisma.sql`a."what" = ${what}`]),
        ...(setting === undefined ? [] : [changes(setting)]),
        ...(cursor === null ? [] : [before(cursor)]),
      ];
      const rows = await db.$queryRaw<Row[]>`
        SELECT a.* FROM "Audit" a WHERE ${Prisma.join(conditions, ' AND ')}
        ORDER BY a."at" DESC, a."id" DESC LIMIT ${limit + 1}`;
      return toPage(rows, limit, ({ at }) => BigInt(at.getTime()), entryOf);
    },

    async note({ ticketId, ...work }) {
      await db.audit.create({
        data: { ...work, at: new Date(), ticketId: ticketId === undefined ? null : BigInt(ticketId) },
      });
    },
  };
}

function changes(setting: string): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM jsonb_array_elements(a."changes") c
    WHERE c ->> 'path' = ${setting} OR starts_with(c ->> 'path', ${`${setting}.`}))`;
}

function before(cursor: string): Prisma.Sql {
  const { at, id } = decodeTime(cursor);
  return Prisma.sql`(a."at", a."id") < (${at}::timestamptz, ${id}::uuid)`;
}

function entryOf({ id, at, connectionId, ticketId, what, by, changes: stored, counts }: Row): AuditEntry {
  return {
    id,
    at,
    connection: connectionId,
    ticketId: ticketId === null ? null : Number(ticketId),
    what: z.enum(AUDITED).parse(what),
    who: by,
    changes: storedChanges.parse(stored),
    counts: storedCounts.parse(counts),
  };
}
