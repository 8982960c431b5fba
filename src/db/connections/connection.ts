import { z } from 'zod';
import type { Mailbox } from '../../domain/mailboxes.ts';
import type { Db } from '../client.ts';
import type { Connection as Row } from '../../generated/prisma/client.ts';

export type ConnectionState = 'active' | 'broken';

/** One linked Freshdesk account, without its secrets. */
export type Connection = {
  id: string;
  domain: string;
  /** Without `/api/v2`. */
  baseUrl: string;
  agent: { id: number; name: string; email: string };
  state: ConnectionState;
  /** Why it is broken, for operators; null while active. */
  stateReason: string | null;
  statuses: { id: number; label: string }[];
  /** The account's own addresses, in lower case (E8). */
  supportEmails: string[];
  /** What the account's replies leave from (A8). */
  mailboxes: Mailbox[];
  /** The account's groups, as far as they were read (T1). */
  groups: { id: number; name: string }[];
  /** Our clock; null when they never were. */
  groupsReadAt: Date | null;
  /** Freshdesk's clock. */
  connectedAt: Date;
  /** When `intake.autoHandleAll` was last switched on, Freshdesk's clock; null while it is off (E1). */
  autoHandleSince: Date | null;
  /** When Freshdesk last told us of something, to the minute; null before the first time. */
  lastWebhookAt: Date | null;
  /** The first backfill was asked for and has not been started yet (C5). */
  backfillWanted: boolean;
  /** When who is answered was last changed, or a broken key healed (C8); null when every ticket has been told since. */
  reachChangedAt: Date | null;
};

/** What may change in Freshdesk while an account is connected, as it was read. */
export type AccountRead = Pick<Connection, 'agent' | 'statuses' | 'supportEmails' | 'mailboxes'>;

export class ConnectionNotFound extends Error {
  constructor(id: string) {
    super(
      `There is no connection "${id}". "connections list" shows those that there are; "connect" makes one, and so do FRESHDESK_DOMAIN, FRESHDESK_API_KEY and WEBHOOK_SECRET at start.`,
    );
    this.name = 'ConnectionNotFound';
  }
}

/** A connection is removed, and Temporal could not be told to end what runs for it. */
export class RemovalUnfinished extends Error {
  constructor(id: string, cause: unknown) {
    super(
      `Connection "${id}" takes in and writes nothing any more, but Temporal could not be reached to end what runs for it, and nothing was erased. Start Temporal and remove it once more.`,
      { cause },
    );
    this.name = 'RemovalUnfinished';
  }
}

/** Ticket ids are unique per account only: two accounts in one connection would mix their customers. */
export class OtherAccount extends Error {
  constructor(id: string, stored: string, given: string) {
    super(
      `Connection "${id}" holds the tickets of ${stored} and cannot become ${given}. Choose another id, go back to ${stored}, or erase it first (connections remove ${id} --erase).`,
    );
    this.name = 'OtherAccount';
  }
}

/** Two connections to one account would both answer its customers. */
export class DomainTaken extends Error {
  constructor(domain: string, id: string) {
    super(`${domain} is connected already, as "${id}": use that one, or remove it first (connections remove ${id}).`);
    this.name = 'DomainTaken';
  }
}

export class ConnectionExists extends Error {
  constructor(id: string) {
    super(
      `There is a connection "${id}" already. A new key is given to it with "connections rotate-key ${id}", or PATCH /api/connections/${id}.`,
    );
    this.name = 'ConnectionExists';
  }
}

export const storedGroups = z.array(z.object({ id: z.number(), name: z.string() }));
const storedMailboxes = z.array(
  z.object({ id: z.number(), toEmail: z.string().nullable(), replyEmail: z.string().nullable() }),
);
const storedStatuses = z.array(z.object({ id: z.number(), label: z.string() }));

export function toConnection(row: Row): Connection {
  return {
    id: row.id,
    domain: row.domain,
    baseUrl: row.baseUrl,
    agent: { id: Number(row.agentId), name: row.agentName, email: row.agentEmail },
    state: row.state,
    stateReason: row.stateReason,
    statuses: storedStatuses.parse(row.statuses),
    supportEmails: row.supportEmails,
    mailboxes: storedMailboxes.parse(row.mailboxes),
    groups: storedGroups.parse(row.groups),
    groupsReadAt: row.groupsReadAt,
    connectedAt: row.connectedAt,
    autoHandleSince: row.autoHandleSince,
    lastWebhookAt: row.lastWebhookAt,
    backfillWanted: row.backfillWanted,
    reachChangedAt: row.reachChangedAt,
  };
}

/** C8: a key that was verified heals. */
export const ACTIVE = { state: 'active', stateReason: null, brokenSince: null } as const;
/** Notes that a broken connection heals, so that its tickets are told; call it before what sets it active. */
export async function healing(db: Pick<Db, 'connection'>, id: string, at: Date): Promise<void> {
  await db.connection.updateMany({ where: { id, state: 'broken' }, data: { reachChangedAt: at } });
}
/** What does not survive a removal. Nor do the settings: a connection starts in assist (C7). */
export const FIRST_DAY = { removedAt: null, lastWebhookAt: null } as const;

export function agentColumns({ id, name, email }: Connection['agent']) {
  return { agentId: BigInt(id), agentName: name, agentEmail: email };
}

/** What was read of the account with a key that works, at that time of our clock. */
export function accountColumns({ agent, statuses, supportEmails, mailboxes }: AccountRead, accountReadAt: Date) {
  return { ...agentColumns(agent), statuses, supportEmails, mailboxes, accountReadAt, ...ACTIVE };
}
