import { z } from 'zod';
import type { Settings } from '../domain/settings.ts';
import { type Connection as Row, Prisma } from '../generated/prisma/client.ts';
import type { Db } from './client.ts';
import type { Keyring } from './secrets.ts';
import { mergeSettings, parseStoredSettings } from './settings.ts';
import { storable } from './storable.ts';
import { createSecretCheck, hashSecret } from './webhook-secrets.ts';

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
  /** The account's groups, as far as they were read (T1). */
  groups: { id: number; name: string }[];
  /** Our clock; null when they never were. */
  groupsReadAt: Date | null;
  /** Freshdesk's clock. */
  connectedAt: Date;
  /** When `intake.autoHandleAll` was last switched on; null while it is off (E1). */
  autoHandleSince: Date | null;
};

export type NewConnection = Pick<
  Connection,
  'id' | 'domain' | 'baseUrl' | 'agent' | 'connectedAt' | 'statuses' | 'supportEmails'
> & {
  apiKey: string;
  webhookSecret: string;
};

/** The linked accounts. Everything but the webhook check is read afresh each time, because settings count before every write (E12). */
export type Connections = {
  get(id: string): Promise<Connection | null>;
  list(): Promise<Connection[]>;
  /**
   * Creates or updates. An update keeps `connectedAt` and the settings, and heals a broken connection (C8), so verify the
   * key first. Throws OtherAccount when the connection already mirrors another Freshdesk account.
   */
  save(connection: NewConnection): Promise<Connection>;
  /** With the defaults filled in. Throws ConnectionNotFound, InvalidSettings. */
  settings(id: string): Promise<Settings>;
  /** Returns the settings in force afterwards. Throws ConnectionNotFound, InvalidSettings (then nothing is stored). */
  patchSettings(id: string, patch: unknown): Promise<Settings>;
  /** Decrypted; hand it to the Freshdesk client and to nothing else (C3). Throws ConnectionNotFound, CannotDecrypt. */
  apiKey(id: string): Promise<string>;
  /** Constant time; a wrong secret and an unknown connection cost the same (W2). Up to 5 s behind other processes. */
  checkWebhookSecret(id: string, secret: string): Promise<boolean>;
  /** Whether this caller is the one to read the groups now: true for one at most within `everyMs`, for all processes. */
  claimGroups(id: string, everyMs: number): Promise<boolean>;
  setGroups(id: string, groups: readonly { id: number; name: string }[]): Promise<void>;
  setState(id: string, state: ConnectionState, reason: string | null): Promise<void>;
};

export class ConnectionNotFound extends Error {
  constructor(id: string) {
    super(
      `There is no connection "${id}". Connections are made at start from FRESHDESK_DOMAIN, FRESHDESK_API_KEY and WEBHOOK_SECRET.`,
    );
    this.name = 'ConnectionNotFound';
  }
}

/** Ticket ids are unique per account only: two accounts in one connection would mix their customers. */
export class OtherAccount extends Error {
  constructor(id: string, stored: string, given: string) {
    super(
      `Connection "${id}" holds the tickets of ${stored} and cannot become ${given}. Set FRESHDESK_DOMAIN back to ${stored}, or use an empty database.`,
    );
    this.name = 'OtherAccount';
  }
}

const storedGroups = z.array(z.object({ id: z.number(), name: z.string() }));
const storedStatuses = z.array(z.object({ id: z.number(), label: z.string() }));

/** `now` dates the switch of auto-handle, a break, and a reading of the groups. */
export function createConnections(
  db: Db,
  keys: Keyring,
  { now = () => new Date() }: { now?: () => Date } = {},
): Connections {
  const secrets = createSecretCheck(
    () => db.connection.findMany({ select: { id: true, webhookSecretHash: true } }),
    now,
  );

  async function row(id: string): Promise<Row> {
    const found = await db.connection.findUnique({ where: { id } });
    if (found === null) throw new ConnectionNotFound(id);
    return found;
  }

  return {
    async get(id) {
      const found = await db.connection.findUnique({ where: { id } });
      return found === null ? null : toConnection(found);
    },

    async list() {
      return (await db.connection.findMany({ orderBy: { id: 'asc' } })).map(toConnection);
    },

    async save({ id, domain, baseUrl, agent, connectedAt, statuses, supportEmails, apiKey, webhookSecret }) {
      const sealed = keys.seal(apiKey, id);
      const data = {
        baseUrl,
        apiKeyCiphertext: sealed.ciphertext,
        apiKeyKeyId: sealed.keyId,
        webhookSecretHash: hashSecret(webhookSecret),
        agentId: BigInt(agent.id),
        agentName: agent.name,
        agentEmail: agent.email,
        statuses,
        supportEmails,
        state: 'active',
        stateReason: null,
        brokenSince: null,
      } as const;
      const saved = await db.$transaction(async (tx) => {
        const stored = await tx.connection.findUnique({ where: { id }, select: { domain: true } });
        if (stored !== null && stored.domain !== domain) throw new OtherAccount(id, stored.domain, domain);
        return tx.connection.upsert({ where: { id }, create: { id, domain, connectedAt, ...data }, update: data });
      });
      secrets.forget();
      return toConnection(saved);
    },

    async settings(id) {
      return parseStoredSettings((await row(id)).settings);
    },

    async patchSettings(id, patch) {
      return db.$transaction(async (tx) => {
        // Two patches at once must both survive: the second reads what the first has written.
        await tx.$queryRaw(Prisma.sql`SELECT 1 FROM "Connection" WHERE "id" = ${id} FOR UPDATE`);
        const current = await tx.connection.findUnique({ where: { id } });
        if (current === null) throw new ConnectionNotFound(id);
        const { stored, settings } = mergeSettings(current.settings, patch);
        const autoHandleSince = settings.intake.autoHandleAll ? (current.autoHandleSince ?? now()) : null;
        await tx.connection.update({
          where: { id },
          data: { settings: stored as Prisma.InputJsonObject, autoHandleSince },
        });
        return settings;
      });
    },

    async apiKey(id) {
      const { apiKeyCiphertext, apiKeyKeyId } = await row(id);
      return keys.open({ ciphertext: apiKeyCiphertext, keyId: apiKeyKeyId }, id);
    },

    checkWebhookSecret: (id, secret) => secrets.check(id, secret),

    async claimGroups(id, everyMs) {
      const before = new Date(now().getTime() - everyMs);
      const { count } = await db.connection.updateMany({
        where: { id, OR: [{ groupsReadAt: null }, { groupsReadAt: { lte: before } }] },
        data: { groupsReadAt: now() },
      });
      return count === 1;
    },

    async setGroups(id, groups) {
      await db.connection.updateMany({
        where: { id },
        data: { groups: groups.map((group) => ({ id: group.id, name: storable(group.name) })) },
      });
    },

    async setState(id, state, reason) {
      const data = { state, stateReason: reason };
      const first = state === 'broken' ? { id, state: { not: state } } : { id };
      const turned = await db.connection.updateMany({
        where: first,
        data: { ...data, brokenSince: state === 'broken' ? now() : null },
      });
      if (turned.count > 0) return;
      // Broken before: since when stays.
      const { count } = await db.connection.updateMany({ where: { id }, data });
      if (count === 0) throw new ConnectionNotFound(id);
    },
  };
}

function toConnection(row: Row): Connection {
  return {
    id: row.id,
    domain: row.domain,
    baseUrl: row.baseUrl,
    agent: { id: Number(row.agentId), name: row.agentName, email: row.agentEmail },
    state: row.state,
    stateReason: row.stateReason,
    statuses: storedStatuses.parse(row.statuses),
    supportEmails: row.supportEmails,
    groups: storedGroups.parse(row.groups),
    groupsReadAt: row.groupsReadAt,
    connectedAt: row.connectedAt,
    autoHandleSince: row.autoHandleSince,
  };
}
