import { normalEmail } from '../../domain/contact.ts';
import { Prisma } from '../../generated/prisma/client.ts';
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
 * the next sweep, unless another row needs them.
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

export function createRemoval(db: Db, { now = () => new Date() }: { now?: () => Date } = {}): Removal {
  return {
    async eraseContact(connectionId, who, { dryRun = false } = {}) {
      return db.$transaction(
        async (tx) => {
          const contact = await tx.contact.findFirst({ where: { connectionId, ...contactWhere(who) } });
          const tickets = await ticketsOf(tx, connectionId, contact?.id ?? null, isUuid(who) ? contact?.email : who);
          if (contact === null && tickets.length === 0) return null;
          const ids = tickets.map(({ id }) => id);
          const erased = {
            tickets: tickets.map(({ ticketId }) => Number(ticketId)),
            removed: await contentsOf(tx, ids),
          };
          if (dryRun) return erased;
          await empty(tx, ids, now());
          await forgetWrites(tx, connectionId, tickets);
          if (contact !== null) await tx.contact.delete({ where: { id: contact.id } });
          await forgetInSettings(tx, connectionId, isUuid(who) ? contact?.email : who);
          const { removed } = erased;
          await tx.audit.create({
            data: { at: now(), connectionId, what: 'contact_erased', by: 'cli', counts: removed },
          });
          return erased;
        },
        { timeout: 120_000, maxWait: 10_000 },
      );
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
      let total = NOTHING;
      let last: Removed;
      do {
        last = await db.$transaction((tx) => removeSome(tx, connectionId, before), { timeout: 120_000 });
        total = sum(total, last);
      } while (last.sessions === AT_ONCE);
      await db.contact.deleteMany({ where: { connectionId, createdAt: { lt: before }, sessions: { none: {} } } });
      if (total.sessions > 0) {
        await db.audit.create({
          data: { at: now(), connectionId, what: 'sessions_expired', by: 'retention', counts: total },
        });
      }
      return total;
    },
  };
}

type TicketRow = { id: string; ticketId: bigint };

/** Locked, so that a look at one of them ends before or begins after. Who was erased before has nothing left. */
async function ticketsOf(
  tx: Tx,
  connectionId: string,
  contactId: string | null,
  email: string | null | undefined,
): Promise<TicketRow[]> {
  return tx.$queryRaw<TicketRow[]>`
    SELECT "id", "ticketId" FROM "Session"
    WHERE "connectionId" = ${connectionId}
      AND ("contactId" = ${contactId}::uuid OR lower("requesterEmail") = ${normalEmail(email)})
    ORDER BY "id" FOR UPDATE`;
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
async function removeSome(tx: Tx, connectionId: string, before: Date): Promise<Removed> {
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
