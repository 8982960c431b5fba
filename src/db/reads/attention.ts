import type { AttentionItem } from '../../domain/attention.ts';
import { EARNED } from '../../domain/earned.ts';
import { detailInWords, type PlanDetail } from '../../domain/plan-detail.ts';
import type { OutboundKind } from '../../domain/outbound.ts';
import { type Conditions, createConditions } from '../background/conditions.ts';
import type { Db } from '../client.ts';
import { parseStoredSettings } from '../connections/settings.ts';
import { createEarnedThresholds, type EarnedThresholds } from '../turns/earned.ts';

export type Attention = {
  /** What the database knows of that needs a person, newest first; at most `limit` items. */
  list(limit: number): Promise<AttentionItem[]>;
  /** The same, with up to `limit` of each kind, so that many of one do not hide another. */
  everyKind(limit: number): Promise<AttentionItem[]>;
};

const WRITES: Record<OutboundKind, string> = {
  reply: 'A reply to the customer',
  draft: 'A draft',
  handoff_note: 'The note of a handoff',
  handoff_message: 'The message to the customer about a handoff',
  resolution_note: 'The note of a resolution',
  left_open_note: 'The note about a question left open',
  unreadable_note: 'The note that the ticket cannot be read',
};

export function createAttention(
  db: Db,
  conditions: Pick<Conditions, 'list'> = createConditions(db),
  earned: Pick<EarnedThresholds, 'lost'> = createEarnedThresholds(db, { engine: 'embedded' }),
): Attention {
  async function everyKind(limit: number): Promise<AttentionItem[]> {
    const lists = await Promise.all([
      unknownOutbounds(db, limit),
      brokenConnections(db, limit),
      refusingModels(db, limit),
      refusedResolves(db, limit),
      refusedHandoffs(db, limit),
      failedCopies(db, limit),
      lostAutopilot(db, earned, limit),
      conditions.list(),
    ]);
    // Nobody can do anything about a connection that was removed; its mirror is only read.
    const removed = await db.connection.findMany({ where: { removedAt: { not: null } }, select: { id: true } });
    const gone = new Set<string | null>(removed.map(({ id }) => id));
    const items = lists.flat().filter(({ connection }) => !gone.has(connection));
    return items.toSorted((one, other) => other.since.getTime() - one.since.getTime());
  }

  return {
    async list(limit) {
      return (await everyKind(limit)).slice(0, limit);
    },

    everyKind,
  };
}

async function unknownOutbounds(db: Db, take: number): Promise<AttentionItem[]> {
  // The state as a word: PostgreSQL takes a parameter for any state, and then reads the whole table.
  const rows = await db.$queryRaw<
    { connectionId: string; ticketId: bigint; kind: string; tries: number; updatedAt: Date }[]
  >`
    SELECT "connectionId", "ticketId", "kind", "tries", "updatedAt" FROM "Outbound"
    WHERE "state" = 'unknown' ORDER BY "updatedAt" DESC LIMIT ${take}`;
  return rows.map((row) => ({
    kind: 'unknown_outbound',
    connection: row.connectionId,
    ticketId: Number(row.ticketId),
    since: row.updatedAt,
    what: `${WRITES[row.kind as OutboundKind]} was sent ${row.tries} times without an answer from Freshdesk and is not in the thread. Nothing more is sent on this ticket.`,
    whatToDo: `Look at the ticket in Freshdesk and answer it if nobody has. A person's answer settles it. Assigning it to the AI agent lets the AI write again, and so does "ticket retry ${row.ticketId}" where the AI has it still.`,
  }));
}

async function brokenConnections(db: Db, take: number): Promise<AttentionItem[]> {
  const rows = await db.connection.findMany({ where: { state: 'broken' }, orderBy: { updatedAt: 'desc' }, take });
  return rows.map((row) => ({
    kind: 'broken_connection',
    connection: row.id,
    ticketId: null,
    since: row.brokenSince ?? row.updatedAt,
    what:
      row.stateReason === 'key_unreadable'
        ? 'No key in ENCRYPTION_KEY opens the API key of this connection. Its tickets wait.'
        : `Freshdesk refuses this connection (${row.stateReason ?? 'no reason known'}). Its tickets wait.`,
    whatToDo: `${mendConnection(row.id, row.stateReason)} What waits is then worked.`,
  }));
}

/** C8: by what Freshdesk has said of the key. */
function mendConnection(id: string, reason: string | null): string {
  const newKey = `"connections rotate-key ${id}"${id === 'default' ? ', or FRESHDESK_API_KEY and a restart where the environment makes this connection' : ''}`;
  switch (reason) {
    case 'not_admin':
      return `Make the key's agent an administrator in Freshdesk (Admin → Team → Agents); that is noticed within five minutes. Or give the key of one who is: ${newKey}.`;
    case 'agent_deactivated':
      return `Activate the key's agent in Freshdesk (Admin → Team → Agents); that is noticed within five minutes. Or give another one's key: ${newKey}.`;
    case 'key_unreadable':
      return `Put the old key back into ENCRYPTION_KEY, beside the new one, and start the service again; or give the API key anew: ${newKey}.`;
    case 'account_suspended':
      return 'Freshdesk has suspended the account: look at its billing (Admin → Account). That it is back is noticed within five minutes.';
    case null:
    default:
      return `Copy the API key of the agent anew from Freshdesk (Profile settings → View API key) and give it: ${newKey}.`;
  }
}

/** N6: one item per connection, until the model answers again, or a day has passed without a ticket for it. */
async function refusingModels(db: Db, take: number): Promise<AttentionItem[]> {
  const rows = await db.$queryRaw<{ connectionId: string; since: Date; tickets: bigint; detail: PlanDetail }[]>`
    SELECT k."id" AS "connectionId", min(c."startedAt") AS "since", count(DISTINCT c."sessionId") AS "tickets",
           (array_agg(t."detail" ORDER BY c."startedAt" DESC))[1] AS "detail"
      FROM "Connection" k
      JOIN "ModelCall" c ON c."connectionId" = k."id" AND c."startedAt" > now() - interval '1 day' AND c."endedAt" IS NULL
      JOIN "Turn" t ON t."id" = c."turnId" AND t."detail" IN ('model_key_refused', 'model_refused')
     WHERE NOT EXISTS (SELECT 1 FROM "ModelCall" later WHERE later."connectionId" = k."id"
                          AND later."startedAt" > c."startedAt" AND later."endedAt" IS NOT NULL)
     GROUP BY k."id" ORDER BY "since" DESC LIMIT ${take}`;
  return rows.map(({ connectionId, since, tickets, detail }) => ({
    kind: 'model_refused',
    connection: connectionId,
    ticketId: null,
    since,
    what: `${detailInWords(detail)} ${tickets === 1n ? 'A ticket has' : `${tickets} tickets have`} gone to people for it.`,
    whatToDo: 'Correct the AI_* variables and restart; "doctor" asks the model and says what it answers.',
  }));
}

/** Since when: the last turn that was refused. */
async function refusedResolves(db: Db, take: number): Promise<AttentionItem[]> {
  const rows = await db.session.findMany({
    where: { resolveRefused: { not: null }, status: 'open' },
    orderBy: { updatedAt: 'desc' },
    take,
    include: { turns: { where: { outcome: 'resolve_refused' }, orderBy: { at: 'desc' }, take: 1 } },
  });
  return rows.map((row) => ({
    kind: 'refused_resolve',
    connection: row.connectionId,
    ticketId: Number(row.ticketId),
    since: row.turns[0]?.at ?? row.updatedAt,
    what: `The ticket is done, and Freshdesk refused to resolve it: ${row.resolveRefused ?? ''}.`,
    whatToDo: `Fill in these fields and resolve the ticket, or no longer require them in Freshdesk and run "ticket retry ${row.ticketId}".`,
  }));
}

/** H4: the AI is silent on it, and nobody has it. */
async function refusedHandoffs(db: Db, take: number): Promise<AttentionItem[]> {
  const rows = await db.session.findMany({
    where: { handoffRefused: { not: null }, status: 'open' },
    orderBy: { handoffRefusedAt: 'desc' },
    take,
  });
  return rows.map((row) => ({
    kind: 'refused_handoff',
    connection: row.connectionId,
    ticketId: Number(row.ticketId),
    since: row.handoffRefusedAt ?? row.updatedAt,
    what: `The ticket is for people, and Freshdesk refused to take the AI agent off it: ${row.handoffRefused ?? ''}.`,
    whatToDo:
      'Assign the ticket to a person or answer it. So that the next one is not refused: these fields must not be required for an update that only takes the AI agent off a ticket.',
  }));
}

/** F2: one item per ticket, whatever the number of its files. What a cap has refused needs nobody. */
async function failedCopies(db: Db, take: number): Promise<AttentionItem[]> {
  const rows = await db.$queryRaw<
    { connectionId: string; ticketId: bigint; since: Date; files: bigint; reasons: string[] }[]
  >`
    SELECT s."connectionId", s."ticketId", max(a."updatedAt") AS "since", count(*) AS "files",
           array_agg(DISTINCT coalesce(a."reason", 'unexpected')) AS "reasons"
      FROM "Attachment" a JOIN "Message" m ON m."id" = a."messageId" JOIN "Session" s ON s."id" = m."sessionId"
     WHERE a."status" = 'failed'
     GROUP BY s."connectionId", s."ticketId" ORDER BY "since" DESC LIMIT ${take}`;
  return rows.map(({ connectionId, ticketId, since, files, reasons }) => ({
    kind: 'failed_copy',
    connection: connectionId,
    ticketId: Number(ticketId),
    since,
    what: `${files === 1n ? 'A file' : `${files} files`} of the ticket could not be copied (${reasons.join(', ')}).`,
    whatToDo: `${reasons.includes('storage_unusable') ? 'Correct STORAGE_URL or give the store room ("doctor" tries to write there). Then run' : 'Run'} "ticket sync ${ticketId}${connectionId === 'default' ? '' : ` --connection ${connectionId}`}", which tries again now; by itself that happens with the first reading of the ticket a day later.`,
  }));
}

/** N11: as long as the threshold is to be earned and something would go out in public. */
async function lostAutopilot(db: Db, earned: Pick<EarnedThresholds, 'lost'>, limit: number): Promise<AttentionItem[]> {
  const lost = await earned.lost(limit);
  if (lost.length === 0) return [];
  const rows = await db.connection.findMany({
    where: { id: { in: lost.map(({ connectionId }) => connectionId) } },
    select: { id: true, settings: true },
  });
  const settingsOf = new Map(rows.map(({ id, settings }) => [id, parseStoredSettings(settings)]));
  return lost.flatMap(({ connectionId, since }): AttentionItem[] => {
    const settings = settingsOf.get(connectionId);
    const concerned =
      settings?.handoff.confidenceThreshold === 'earned' &&
      Object.values(settings.channels).some(({ mode }) => mode === 'autopilot');
    if (!concerned) return [];
    const of = connectionId === 'default' ? '' : ` --connection ${connectionId}`;
    return [
      {
        kind: 'autopilot_closed',
        connection: connectionId,
        ticketId: null,
        since,
        what: 'Too many of the answers that people have graded were wrong: autopilot no longer replies in public and leaves drafts.',
        whatToDo: `Look at the ignored drafts ("drafts${of}") and at the answers graded as poor: an article is missing, wrong, or like another one. Public answers are earned anew by ${EARNED.graded} graded drafts; "settings get handoff.confidenceThreshold${of}" says how far that is.`,
      },
    ];
  });
}
