import type { z } from 'zod';
import type { SessionView } from '../../contract/sessions.ts';
import { decisionLine, type DecisionFacts } from '../../domain/decision-line.ts';
import type { HandoffReason } from '../../domain/handoff.ts';
import { isMirroredOnly } from '../../domain/session.ts';
import type { Settings } from '../../domain/settings.ts';
import { ownerOf, responderOf } from '../../domain/ticket.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { storedGroups } from '../connections/connection.ts';
import { parseStoredSettings } from '../connections/settings.ts';
import { contactView } from '../conversations/contacts.ts';
import { LISTED_CONNECTION, waitingOnAny } from './session-filter.ts';

export const withItsConnection = { connection: { select: LISTED_CONNECTION }, contact: true } as const;
export type SessionRow = Prisma.SessionGetPayload<{ include: typeof withItsConnection }>;

/** The newest of each in a session's present conversation, and since when it has waited for the AI. */
type Lately = { turn: DecisionFacts['turn']; handoff: DecisionFacts['handoff']; waitingSince: Date | null };

/** The sessions as lists show them, in the order given: with four more queries, however many they are. */
export async function viewsOf(db: Db, rows: readonly SessionRow[], now: Date): Promise<SessionView[]> {
  const known = connectionsOf(rows);
  const lately = await latelyOn(db, rows);
  return rows.map((row) => {
    const { settings, groups } = known(row);
    const { turn, handoff, waitingSince } = lately(row.id);
    const mode = settings.channels[row.channel].mode;
    const owner = ownerOf(
      responderOf(row.responderId === null ? null : Number(row.responderId), Number(row.connection.agentId)),
    );
    const circumstances = { owner, mode, paused: settings.paused, mirroredOnly: isMirroredOnly(row) };
    const line = decisionLine({ ...row, ...circumstances, turn, handoff, waitingSince }, now);
    return {
      id: row.id,
      connection: row.connectionId,
      ticketId: Number(row.ticketId),
      status: row.status,
      owner,
      channel: row.channel,
      mode,
      subject: row.subject,
      language: row.language,
      sentiment: row.sentiment,
      tags: row.tags,
      group: row.groupId === null ? null : groupOf(groups, Number(row.groupId)),
      contact: row.contact === null ? null : contactView(row.contact),
      closure: row.closure,
      closedBy: row.closedBy,
      backfilled: row.backfilled,
      coveredThrough: coveredThrough(row),
      decision: line,
      waitingSince,
      heldSince: row.heldSince,
      ticketCreatedAt: row.ticketCreatedAt,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
    };
  });
}

/** Settings and groups are parsed once per connection, not once per session. */
function connectionsOf(rows: readonly SessionRow[]) {
  const seen = new Map<string, { settings: Settings; groups: z.output<typeof storedGroups> }>();
  for (const { connection } of rows) {
    if (seen.has(connection.id)) continue;
    seen.set(connection.id, { settings: parseStoredSettings(connection.settings), groups: groupsOf(connection) });
  }
  return ({ connectionId }: SessionRow) => {
    const found = seen.get(connectionId);
    if (found === undefined) throw new Error(`connection ${connectionId} was not read with its sessions`);
    return found;
  };
}

/** T1: as the account's groups were last read. */
export function groupsOf({ groups }: { groups: unknown }): z.output<typeof storedGroups> {
  return storedGroups.parse(groups);
}

function groupOf(groups: readonly { id: number; name: string }[], id: number): { id: number; name: string | null } {
  return { id, name: groups.find((group) => group.id === id)?.name ?? null };
}

async function latelyOn(db: Db, rows: readonly SessionRow[]): Promise<(sessionId: string) => Lately> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return () => ({ turn: null, handoff: null, waitingSince: null });
  const connections = [...new Map(rows.map(({ connection }) => [connection.id, connection])).values()];
  const [turns, handoffs, waits] = await Promise.all([
    newestTurns(db, ids),
    newestHandoffs(db, ids),
    db.$queryRaw<{ id: string; since: Date }[]>`
      SELECT w."id", w.since FROM (${waitingOnAny(connections)}) w WHERE w."id" = ANY(${ids}::uuid[])`,
  ]);
  const turnOf = new Map(turns.map(({ sessionId, ...turn }) => [sessionId, turn]));
  const handoffOf = new Map(handoffs.map(({ sessionId, ...handoff }) => [sessionId, handoff]));
  const sinceOf = new Map(waits.map(({ id, since }) => [id, since]));
  return (id) => ({
    turn: turnOf.get(id) ?? null,
    handoff: handoffOf.get(id) ?? null,
    waitingSince: sinceOf.get(id) ?? null,
  });
}

/** A turn without an end yet says nothing; of one that was dropped the next says more. */
async function newestTurns(db: Db, sessionIds: readonly string[]) {
  return db.$queryRaw<(NonNullable<DecisionFacts['turn']> & { sessionId: string })[]>`
    SELECT DISTINCT ON (t."sessionId") t."sessionId", t."at", t."outcome", t."confidence", t."reasons", t."detail",
      t."sources" -> 0 ->> 'title' AS "source", d."fate"
    FROM "Turn" t JOIN "Session" s ON s."id" = t."sessionId" LEFT JOIN "Draft" d ON d."turnId" = t."id"
    WHERE t."sessionId" = ANY(${[...sessionIds]}::uuid[]) AND t."episode" = s."episode" AND t."outcome" <> 'planned'
    ORDER BY t."sessionId", t."at" DESC, t."id" DESC`;
}

async function newestHandoffs(db: Db, sessionIds: readonly string[]) {
  return db.$queryRaw<{ sessionId: string; at: Date; reasons: HandoffReason[] }[]>`
    SELECT DISTINCT ON (h."sessionId") h."sessionId", h."at", h."reasons"
    FROM "Handoff" h JOIN "Session" s ON s."id" = h."sessionId"
    WHERE h."sessionId" = ANY(${[...sessionIds]}::uuid[]) AND h."episode" = s."episode"
    ORDER BY h."sessionId", h."at" DESC`;
}

function coveredThrough({
  coveredThrough: seq,
  ticketId,
}: Pick<SessionRow, 'coveredThrough' | 'ticketId'>): string | null {
  if (seq < 0n) return null;
  return seq === 0n ? `ticket:${ticketId}` : `conversation:${seq}`;
}
