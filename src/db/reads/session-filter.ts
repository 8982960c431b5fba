import type { SessionFilter } from '../../contract/sessions.ts';
import { normalEmail } from '../../domain/contact.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { type WaitingAt, waitingOn } from '../conversations/waiting.ts';
import { presently } from './episode-classes.ts';
import { isUuid } from '../paging.ts';

/** A connection as far as lists need it: also one that was removed, whose mirror is still read. */
export const LISTED_CONNECTION = {
  id: true,
  settings: true,
  groups: true,
  agentId: true,
  connectedAt: true,
  autoHandleSince: true,
  removedAt: true,
  baseUrl: true,
  state: true,
} as const satisfies Prisma.ConnectionSelect;
export type ListedConnection = Prisma.ConnectionGetPayload<{ select: typeof LISTED_CONNECTION }>;

/**
 * The sessions that a filter lets through, as conditions on `"Session" s`, joined to its `"Connection" k` where they ask for an
 * owner. What waits is told by each connection's own settings, so all of them are needed.
 */
export function matching(filter: SessionFilter, connections: readonly ListedConnection[]): Prisma.Sql {
  const { connection, status, owner, channel, tag, group, contact, ticketId, reason, outcome, draft, waiting, held } =
    filter;
  const { q, from, to, updatedSince } = filter;
  const conditions = [
    connection === undefined ? null : Prisma.sql`s."connectionId" = ${connection}`,
    status === undefined ? null : Prisma.sql`s."status" = ${status}::"SessionStatus"`,
    owner === undefined ? null : OWNED[owner],
    channel === undefined ? null : Prisma.sql`s."channel" = ${channel}::"Channel"`,
    tag === undefined ? null : Prisma.sql`s."tags" @> ARRAY[${tag}]`,
    group === undefined ? null : Prisma.sql`s."groupId" = ${BigInt(group)}`,
    contact === undefined
      ? null
      : Prisma.sql`s."contactId" IN (SELECT c."id" FROM "Contact" c WHERE ${isContact(contact)})`,
    ticketId === undefined ? null : Prisma.sql`s."ticketId" = ${BigInt(ticketId)}`,
    reason === undefined ? null : handedOffFor(reason),
    outcome === undefined ? null : presently(outcome),
    draft === undefined ? null : withDraft(draft),
    waiting === undefined
      ? null
      : whether(waiting, Prisma.sql`s."id" IN (SELECT w."id" FROM (${waitingOnAny(connections, connection)}) w)`),
    held === undefined ? null : whether(held, Prisma.sql`s."heldSince" IS NOT NULL`),
    q === undefined ? null : mentioning(q),
    from === undefined ? null : Prisma.sql`s."ticketCreatedAt" >= ${from}`,
    to === undefined ? null : Prisma.sql`s."ticketCreatedAt" < ${to}`,
    updatedSince === undefined ? null : Prisma.sql`s."updatedAt" >= ${updatedSince}`,
  ].filter((condition) => condition !== null);
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
}

/** Who owns a ticket depends on who the AI is, and that differs by connection. */
export const OWNED = {
  none: Prisma.sql`s."responderId" IS NULL`,
  ai: Prisma.sql`s."responderId" = k."agentId"`,
  human: Prisma.sql`s."responderId" <> k."agentId"`,
} as const;

/** What waits for the AI on any connection that is not removed, or on this one: id, ticketId, since. */
export function waitingOnAny(
  connections: readonly (WaitingAt & { removedAt: Date | null })[],
  only?: string,
): Prisma.Sql {
  const asked = connections.filter(({ id, removedAt }) => removedAt === null && (only === undefined || id === only));
  if (asked.length === 0)
    return Prisma.sql`SELECT NULL::uuid AS "id", NULL::bigint AS "ticketId", NULL::timestamptz AS since WHERE false`;
  return Prisma.join(asked.map(waitingOn), ' UNION ALL ');
}

export const ONGOING = Prisma.sql`s."status" IN ('open', 'handed_off')`;

/** By a person's public reply it is closed; by whatever has closed the conversation nobody needs it any more. */
export const OPEN_DRAFT = Prisma.sql`d."fate" IS NULL AND t."outcome" = 'drafted' AND ${ONGOING}`;

function withDraft(fate: string): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM "Draft" d JOIN "Turn" t ON t."id" = d."turnId"
    WHERE d."sessionId" = s."id" AND t."episode" = s."episode" AND ${fate === 'open' ? OPEN_DRAFT : Prisma.sql`d."fate" = ${fate}`})`;
}

function handedOffFor(reason: string): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM "Handoff" h
    WHERE h."sessionId" = s."id" AND h."episode" = s."episode" AND h."reasons" @> ARRAY[${reason}])`;
}

function isContact(who: string): Prisma.Sql {
  return isUuid(who) ? Prisma.sql`c."id" = ${who}::uuid` : Prisma.sql`c."email" = ${normalEmail(who) ?? who}`;
}

function whether(wanted: boolean, condition: Prisma.Sql): Prisma.Sql {
  return wanted ? condition : Prisma.sql`NOT (${condition})`;
}

/** Every word, or the beginning of one, in the subject or in one message; a number is a ticket's, an address a contact's. */
function mentioning(q: string): Prisma.Sql {
  const words = Prisma.sql`"words_sought"(${q})`;
  const ticketId = /^\s*#?([1-9]\d{0,15})\s*$/.exec(q)?.[1];
  const email = normalEmail(q);
  return Prisma.sql`s."id" IN (
    SELECT sought."id" FROM "Session" sought WHERE "words_in"(sought."subject") @@ ${words}
    UNION SELECT m."sessionId" FROM "Message" m WHERE "words_in"(m."text") @@ ${words}
    ${ticketId === undefined ? Prisma.empty : Prisma.sql`UNION SELECT n."id" FROM "Session" n WHERE n."ticketId" = ${BigInt(ticketId)}`}
    ${email === null ? Prisma.empty : Prisma.sql`UNION SELECT p."id" FROM "Session" p JOIN "Contact" c ON c."id" = p."contactId" WHERE c."email" = ${email}`})`;
}
