import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { parseStoredSettings } from '../connections/settings.ts';

/** Tickets of one connection that wait, and for how long the oldest has. */
export type Backlog = { tickets: number; oldestSeconds: number };

/** The row of a connection, as far as it matters here. */
export type WaitingAt = {
  id: string;
  settings: unknown;
  agentId: bigint;
  connectedAt: Date;
  autoHandleSince: Date | null;
};

/** The tickets with a customer message that the AI has to deal with: how many, and how long the first has waited. */
export async function backlogOf(db: Db, connection: WaitingAt): Promise<Backlog> {
  const [found] = await db.$queryRaw<{ tickets: number; oldestSeconds: number | null }[]>`
    SELECT count(*)::int AS tickets, EXTRACT(EPOCH FROM clock_timestamp() - min(since))::float8 AS "oldestSeconds"
    FROM (${waitingOn(connection)}) w`;
  return { tickets: found?.tickets ?? 0, oldestSeconds: found?.oldestSeconds ?? 0 };
}

/** Of them, those that have waited for longer than that, the longest first. */
export async function waitingLongerThan(
  db: Db,
  connection: WaitingAt,
  { longerThanMs, limit }: { longerThanMs: number; limit: number },
): Promise<number[]> {
  const rows = await db.$queryRaw<{ ticketId: bigint }[]>`
    SELECT "ticketId" FROM (${waitingOn(connection)}) w
    WHERE since < clock_timestamp() - make_interval(secs => ${longerThanMs / 1_000}::float8)
    ORDER BY since LIMIT ${limit}`;
  return rows.map(({ ticketId }) => Number(ticketId));
}

/** Those with a customer message that the AI deals with, or may if the gate is asked again (B2), the oldest tickets first. */
export async function countingNow(db: Db, connection: WaitingAt): Promise<number[]> {
  const rows = await db.$queryRaw<{ ticketId: bigint }[]>`
    SELECT "ticketId" FROM (${waitingOn(connection)}) w
    UNION
    SELECT s."ticketId" FROM "Session" s
    WHERE s."connectionId" = ${connection.id} AND s."status" = 'open' AND s."admittedBy" = 'backfill' AND NOT s."aiWrote"
      AND EXISTS (SELECT 1 FROM "Message" m WHERE m."sessionId" = s."id" AND m."author" = 'customer'
        AND m."ignoredBy" IS NULL AND m."seq" > s."coveredThrough" AND m."createdAt" >= ${connection.connectedAt})
    ORDER BY "ticketId"`;
  return rows.map(({ ticketId }) => Number(ticketId));
}

/**
 * What `decide` would have the AI answer or draft, and since when we have known of it: let in (B2), engaged (E4–E7), on a
 * channel that is not off, above E1's floor. Left out is what only its author makes a draft of: an autopilot ticket that nobody has asked
 * the AI to handle, with a message by somebody in copy (E10) or taken down by an agent on the phone (E7).
 */
export function waitingOn({ id, settings, agentId, connectedAt, autoHandleSince }: WaitingAt): Prisma.Sql {
  const { channels, intake, assist } = parseStoredSettings(settings);
  const inMode = (...modes: string[]) =>
    Object.entries(channels).flatMap(([name, { mode }]) => (modes.includes(mode) ? [name] : []));
  const on = inMode('assist', 'autopilot');
  const assisted = inMode('assist');
  const group = intake.defaultGroupId === null ? null : BigInt(intake.defaultGroupId);
  // The whole second that the switch fell into counts as after it, as Freshdesk tells no less.
  const switchedOn = autoHandleSince === null ? null : new Date(Math.floor(autoHandleSince.getTime() / 1_000) * 1_000);
  return Prisma.sql`
    SELECT s."id", s."ticketId", found.since FROM "Session" s CROSS JOIN LATERAL (
      SELECT min(m."mirroredAt") AS since FROM "Message" m
      WHERE m."sessionId" = s."id" AND m."author" = 'customer' AND m."ignoredBy" IS NULL
        AND m."seq" > s."coveredThrough" AND m."createdAt" >= ${connectedAt}
        AND (s."responderId" = ${agentId} OR s."groupId" = ${group}
          OR ${switchedOn}::timestamptz IS NULL OR m."createdAt" >= ${switchedOn})
    ) found
    WHERE s."connectionId" = ${id} AND s."status" IN ('open', 'handed_off') AND s."channel"::text = ANY(${on})
      AND s."uncoveredSince" IS NOT NULL AND found.since IS NOT NULL AND (s."admittedBy" <> 'backfill' OR s."aiWrote")
      AND (
        (s."status" = 'open' AND (
          s."responderId" = ${agentId}
          OR (s."responderId" IS NULL
            AND (s."channel"::text = ANY(${assisted}) OR s."groupId" = ${group} OR ${intake.autoHandleAll}))
          OR (s."responderId" <> ${agentId} AND s."admittedBy" IN ('auto_handle', 'default_group')
            AND NOT s."aiWrote" AND NOT s."personStepped")))
        OR (${assist.whenHumanOwned} AND s."channel"::text = ANY(${assisted})
          AND (s."status" = 'handed_off' OR s."responderId" <> ${agentId})))`;
}
