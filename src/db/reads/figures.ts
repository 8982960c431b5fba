import type { Db } from '../client.ts';
import { type Backlog, backlogOf } from '../conversations/waiting.ts';

type ConnectionFigures = {
  connection: string;
  active: boolean;
  /** Tickets with a customer message that the AI has to deal with. */
  waiting: Backlog;
  /** Something is to be done, and a pause or a broken key is in the way (E12, C8). */
  held: Backlog;
  unknownOutbounds: number;
  /** Tickets that cannot be read, or have entries that cannot. */
  unreadable: number;
  /** Credits left in this minute, and how many a minute has; null before the first call. */
  rate: { left: number; total: number } | null;
};

export type TallyName = 'turns' | 'handoffs' | 'tokens' | 'money_micros';
type Tallied = { connection: string; metric: TallyName; label: string; value: number };

/** What the database knows of how things go, for /metrics: ids, states and numbers. */
export type Figures = { connections: ConnectionFigures[]; tallies: Tallied[] };

export function createFigures(db: Db): () => Promise<Figures> {
  return async () => {
    const [connections, rows] = await Promise.all([
      db.connection.findMany({ where: { removedAt: null }, orderBy: { id: 'asc' } }),
      db.tally.findMany({ orderBy: [{ metric: 'asc' }, { connectionId: 'asc' }, { label: 'asc' }] }),
    ]);
    const ids = connections.map(({ id }) => id);
    const [unknown, unreadable, held, rates] = await Promise.all([
      unknownOutbounds(db),
      unreadableTickets(db),
      heldTickets(db),
      rateBudgets(db),
    ]);
    const tallies = rows
      .filter((row) => ids.includes(row.connectionId))
      .map(({ metric, connectionId, label, value }) => ({
        metric: metric as TallyName,
        connection: connectionId,
        label,
        value: Number(value),
      }));
    return {
      tallies,
      connections: await Promise.all(
        connections.map(async (row) => ({
          connection: row.id,
          active: row.state === 'active',
          waiting: await backlogOf(db, row),
          held: held.get(row.id) ?? NOTHING,
          unknownOutbounds: unknown.get(row.id) ?? 0,
          unreadable: unreadable.get(row.id) ?? 0,
          rate: rates.get(row.id) ?? null,
        })),
      ),
    };
  };
}

const NOTHING: Backlog = { tickets: 0, oldestSeconds: 0 };

async function unknownOutbounds(db: Db): Promise<Map<string, number>> {
  // The state as a word: see the attention list.
  const rows = await db.$queryRaw<{ connection: string; count: number }[]>`
    SELECT "connectionId" AS connection, count(*)::int AS count FROM "Outbound" WHERE "state" = 'unknown' GROUP BY 1`;
  return new Map(rows.map(({ connection, count }) => [connection, count]));
}

async function unreadableTickets(db: Db): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ connection: string; tickets: number }[]>`
    SELECT "connectionId" AS connection, count(DISTINCT "place")::int AS tickets FROM "Condition"
    WHERE "kind" IN ('unreadable_ticket', 'unreadable_entries') AND "goodUntil" > clock_timestamp() GROUP BY 1`;
  return new Map(rows.map(({ connection, tickets }) => [connection, tickets]));
}

async function heldTickets(db: Db): Promise<Map<string, Backlog>> {
  const rows = await db.$queryRaw<(Backlog & { connection: string })[]>`
    SELECT "connectionId" AS connection, count(*)::int AS tickets,
      EXTRACT(EPOCH FROM clock_timestamp() - min("heldSince"))::float8 AS "oldestSeconds"
    FROM "Session" WHERE "heldSince" IS NOT NULL GROUP BY 1`;
  return new Map(rows.map(({ connection, ...backlog }) => [connection, backlog]));
}

async function rateBudgets(db: Db): Promise<Map<string, { left: number; total: number }>> {
  const rows = await db.$queryRaw<{ connection: string; left: number; total: number }[]>`
    SELECT "connectionId" AS connection, total::float8 AS total,
      CASE WHEN "closedUntil" > clock_timestamp() THEN 0 ELSE GREATEST(0, LEAST(total,
        tokens + GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - "refilledAt")) * total / 60)) END::float8 AS left
    FROM rate_buckets`;
  return new Map(rows.map(({ connection, left, total }) => [connection, { left, total }]));
}
