import { randomUUID } from 'node:crypto';
import { normalEmail } from '../../domain/contact.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { deleteInBatches } from '../batches.ts';
import type { Db } from '../client.ts';
import { contactWhere } from './contacts.ts';
import { isUuid } from '../paging.ts';
import { HANDED_OVER } from './sessions.ts';
import { parseStoredSettings } from '../connections/settings.ts';

/** How much was removed, or would be. Nothing personal: this is what the audit keeps. */
type Removed = {
  sessions: number;
  messages: number;
  turns: number;
  drafts: number;
  handoffs: number;
  files: number;
};

export type Erased = { tickets: number[]; removed: Removed };

/**
 * Removing from our side, for good; Freshdesk is not touched. Each removal leaves a line in the audit. A file's bytes go with
 * the next sweep, unless another row needs them. All of it goes by some tickets at a time: what breaks off in the middle is
 * gone so far, and is ended by the next call.
 */
export type Removal = {
  /**
   * Everything of a person, known by contact id or e-mail: texts, drafts, summaries, files, details. Of their tickets an
   * empty session stays, which is never mirrored into again. null when nobody like that is known. `dryRun` only counts.
   */
  eraseContact(connectionId: string, who: string, options?: { dryRun?: boolean }): Promise<Erased | null>;
  /**
   * The connections whose closed sessions are due to be cleared away, those included that were removed and not erased. Each
   * is given to one caller within `everyMs`, for all processes.
   */
  claimDue(everyMs: number): Promise<{ connectionId: string; closedSessionsDays: number }[]>;
  /** The one who claimed it could not do it: the next one may. */
  release(connectionId: string): Promise<void>;
  /**
   * Sessions closed before that time, and contacts who have none left. Which replies were sent stays known, without their
   * text, so that none is sent twice (A5).
   */
  removeClosed(connectionId: string, before: Date): Promise<Removed>;
};

type Tx = Prisma.TransactionClient;

const NOTHING: Removed = { sessions: 0, messages: 0, turns: 0, drafts: 0, handoffs: 0, files: 0 };
/** Sessions in one transaction. */
const AT_ONCE = 200;
const LONG = { timeout: 120_000, maxWait: 10_000 };

export function createRemoval(db: Db, { now = () => new Date() }: { now?: () => Date } = {}): Removal {
  return {
    async eraseContact(connectionId, who, { dryRun = false } = {}) {
      if (dryRun) return countOf(db, connectionId, who);
      const audit = { id: randomUUID(), connectionId, what: 'contact_erased', by: 'cli' };
      let erased: Erased | null = null;
      let last = false;
      while (!last) {
        const before: Erased = erased ?? { tickets: [], removed: NOTHING };
        const some = await db.$transaction((tx) => eraseSome(tx, who, before, { ...audit, at: now() }), LONG);
        if (some === null) return erased;
        ({ erased, last } = some);
      }
      return erased;
    },

    async claimDue(everyMs) {
      const due = {
        OR: [{ retentionRanAt: null }, { retentionRanAt: { lte: new Date(now().getTime() - everyMs) } }],
      };
      const rows = await db.connection.findMany({ where: due, orderBy: { id: 'asc' } });
      const claimed: { connectionId: string; closedSessionsDays: number }[] = [];
      for (const { id, settings } of rows) {
        const { closedSessionsDays } = parseStoredSettings(settings).retention;
        if (closedSessionsDays === null) continue;
        const { count: won } = await db.connection.updateMany({
          where: { id, ...due },
          data: { retentionRanAt: now() },
        });
        if (won === 1) claimed.push({ connectionId: id, closedSessionsDays });
      }
      return claimed;
    },

    async release(connectionId) {
      await db.connection.updateMany({ where: { id: connectionId }, data: { retentionRanAt: null } });
    },

    async removeClosed(connectionId, before) {
      const audit = { id: randomUUID(), connectionId, what: 'sessions_expired', by: 'retention' };
      let total = NOTHING;
      let last: Removed;
      do {
        const soFar = total;
        last = await db.$transaction((tx) => removeSome(tx, before, soFar, { ...audit, at: now() }), LONG);
        total = sum(total, last);
      } while (last.sessions === AT_ONCE);
      await deleteInBatches(
        (limit) => db.$executeRaw`
          DELETE FROM "Contact" WHERE "id" IN (
            SELECT c."id" FROM "Contact" c
            WHERE c."connectionId" = ${connectionId} AND c."createdAt" < ${before}
              AND NOT EXISTS (SELECT 1 FROM "Session" s WHERE s."contactId" = c."id") LIMIT ${limit})`,
      );
      return total;
    },
  };
}

type Audit = Pick<Prisma.AuditUncheckedCreateInput, 'connectionId' | 'what' | 'by'> & { id: string; at: Date };

/** One line for a removal, true after every part of it. */
async function note(tx: Tx, audit: Audit, counts: Removed): Promise<void> {
  await tx.audit.upsert({ where: { id: audit.id }, create: { ...audit, counts }, update: { counts } });
}

type Who = { contact: { id: string; email: string | null } | null; email: string | null | undefined };

async function personOf(tx: Tx, connectionId: string, who: string): Promise<Who> {
  const contact = await tx.contact.findFirst({ where: { connectionId, ...contactWhere(who) } });
  return { contact, email: isUuid(who) ? contact?.email : who };
}

/** Some of the tickets of a person, and with the last of them the person; null: nothing is known of them any more. */
async function eraseSome(
  tx: Tx,
  who: string,
  before: Erased,
  audit: Audit,
): Promise<{ erased: Erased; last: boolean } | null> {
  const { connectionId, at } = audit;
  const person = await personOf(tx, connectionId, who);
  const tickets = await ticketsOf(tx, connectionId, person);
  if (person.contact === null && tickets.length === 0) return null;
  const ids = tickets.map(({ id }) => id);
  const erased = {
    tickets: [...before.tickets, ...tickets.map(({ ticketId }) => Number(ticketId))],
    removed: sum(before.removed, await contentsOf(tx, ids)),
  };
  await empty(tx, ids, at);
  await forgetWrites(tx, connectionId, tickets);
  await forgetInSettings(tx, connectionId, person.email);
  const last = tickets.length < AT_ONCE;
  if (last && person.contact !== null) await tx.contact.delete({ where: { id: person.contact.id } });
  await note(tx, audit, erased.removed);
  return { erased, last };
}

async function countOf(db: Db, connectionId: string, who: string): Promise<Erased | null> {
  const { contact, email } = await personOf(db, connectionId, who);
  const rows = await db.$queryRaw<TicketRow[]>`
    SELECT "id", "ticketId" FROM "Session" WHERE ${ofPerson(connectionId, contact?.id ?? null, email)} ORDER BY "id"`;
  if (contact === null && rows.length === 0) return null;
  let removed = NOTHING;
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const ids = rows.slice(start, start + AT_ONCE).map(({ id }) => id);
    removed = sum(removed, await contentsOf(db, ids));
  }
  return { tickets: rows.map(({ ticketId }) => Number(ticketId)), removed };
}

function ofPerson(connectionId: string, contactId: string | null, email: string | null | undefined): Prisma.Sql {
  return Prisma.sql`"connectionId" = ${connectionId}
    AND ("contactId" = ${contactId}::uuid OR lower("requesterEmail") = ${normalEmail(email)})`;
}

type TicketRow = { id: string; ticketId: bigint };

/** Locked, so that a look at one of them ends before or begins after. Who was erased before has nothing left. */
async function ticketsOf(tx: Tx, connectionId: string, { contact, email }: Who): Promise<TicketRow[]> {
  return tx.$queryRaw<TicketRow[]>`
    SELECT "id", "ticketId" FROM "Session" WHERE ${ofPerson(connectionId, contact?.id ?? null, email)}
    ORDER BY "id" LIMIT ${AT_ONCE} FOR UPDATE`;
}

async function contentsOf(tx: Tx, sessionIds: readonly string[]): Promise<Removed> {
  const where = { sessionId: { in: [...sessionIds] } };
  return {
    sessions: sessionIds.length,
    messages: await tx.message.count({ where }),
    turns: await tx.turn.count({ where }),
    drafts: await tx.draft.count({ where }),
    handoffs: await tx.handoff.count({ where }),
    files: await tx.attachment.count({ where: { message: where } }),
  };
}

/** What is left: that there was this ticket, when it was answered, by which rule, and at what cost. */
async function empty(tx: Tx, sessionIds: readonly string[], at: Date): Promise<void> {
  const where = { sessionId: { in: [...sessionIds] } };
  await tx.message.deleteMany({ where });
  await tx.draft.deleteMany({ where });
  await tx.review.deleteMany({ where: { turn: where } });
  await tx.modelCall.updateMany({ where, data: { result: Prisma.DbNull } });
  const traits = { sentiment: null, language: null };
  // Sources and files name the articles: what the person asked about.
  await tx.turn.updateMany({ where, data: { summary: null, topic: null, sources: [], files: [], ...traits } });
  await tx.handoff.updateMany({ where, data: { summary: '', ...traits } });
  await tx.session.updateMany({
    where: { id: { in: [...sessionIds] } },
    data: {
      status: 'closed_unresolved',
      closure: 'erased',
      closedBy: null,
      subject: '',
      tags: [],
      language: null,
      sentiment: null,
      requesterId: null,
      requesterEmail: null,
      contactId: null,
      resolveRefused: null,
      ...HANDED_OVER,
      heldSince: null,
      erasedAt: at,
    },
  });
  // On an erased ticket nothing is written any more, so nobody has to decide what became of it.
  const keys = await tx.$queryRaw<{ key: string }[]>`
    SELECT o."key" FROM "Outbound" o JOIN "Session" s ON s."connectionId" = o."connectionId" AND s."ticketId" = o."ticketId"
    WHERE s."id" = ANY(${[...sessionIds]}::uuid[]) AND o."state" = 'unknown'`;
  await tx.outbound.updateMany({ where: { key: { in: keys.map(({ key }) => key) } }, data: { state: 'rejected' } });
}

/** The keys stay: what was answered is never answered again (A5). */
async function forgetWrites(tx: Tx, connectionId: string, tickets: readonly TicketRow[]): Promise<void> {
  await tx.outbound.updateMany({
    where: { connectionId, ticketId: { in: tickets.map(({ ticketId }) => ticketId) } },
    data: { bodyHash: '', refusal: null },
  });
}

/** An address that was once blocked stands in the history of `blocklist.emails`. */
async function forgetInSettings(tx: Tx, connectionId: string, who: string | null | undefined): Promise<void> {
  const email = normalEmail(who);
  if (email === null) return;
  await tx.$executeRaw`
    UPDATE "Audit" SET "changes" = replace("changes"::text, to_json(${email}::text)::text, '"erased"')::jsonb
    WHERE "connectionId" = ${connectionId} AND strpos("changes"::text, to_json(${email}::text)::text) > 0`;
}

/** Sessions of erased people stay: without them, their tickets would be mirrored again. */
async function removeSome(tx: Tx, before: Date, soFar: Removed, audit: Audit): Promise<Removed> {
  const { connectionId } = audit;
  const tickets = await tx.$queryRaw<TicketRow[]>`
    SELECT "id", "ticketId" FROM "Session"
    WHERE "connectionId" = ${connectionId} AND "status" IN ('closed_resolved', 'closed_unresolved')
      AND "closedAt" < ${before.toISOString()}::timestamptz AND "erasedAt" IS NULL
    ORDER BY "closedAt" LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`;
  if (tickets.length === 0) return NOTHING;
  const ids = tickets.map(({ id }) => id);
  const removed = await contentsOf(tx, ids);
  await tx.session.deleteMany({ where: { id: { in: ids } } });
  await forgetWrites(tx, connectionId, tickets);
  await note(tx, audit, sum(soFar, removed));
  return removed;
}

function sum(one: Removed, other: Removed): Removed {
  return {
    sessions: one.sessions + other.sessions,
    messages: one.messages + other.messages,
    turns: one.turns + other.turns,
    drafts: one.drafts + other.drafts,
    handoffs: one.handoffs + other.handoffs,
    files: one.files + other.files,
  };
}
