import type { Settings } from '../../domain/settings.ts';
import type { Connection as Row, Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import {
  accountColumns,
  ACTIVE,
  agentColumns,
  FIRST_DAY,
  healing,
  toConnection,
  type AccountRead,
  type Connection,
  type ConnectionState,
  ConnectionExists,
  ConnectionNotFound,
  DomainTaken,
  OtherAccount,
} from './connection.ts';
import { lock } from '../locks.ts';
import { CannotDecrypt, type Keyring, type Sealed } from './secrets.ts';
import { eraseConnection } from './erase-connection.ts';
import { storePatch } from './patch-settings.ts';
import { mergeSettings, parseStoredSettings } from './settings.ts';
import { storable } from '../storable.ts';
import { createSecretCheck, hashSecret } from './webhook-secrets.ts';

/** What is left of a connection that was removed and whose data was kept. */
type RemovedConnection = { id: string; domain: string; removedAt: Date };

export type NewConnection = AccountRead &
  Pick<Connection, 'id' | 'domain' | 'baseUrl' | 'connectedAt'> & {
    apiKey: string;
    webhookSecret: string;
  };

type SaveOptions = {
  onlyNew?: boolean;
  /** Of a new connection: a patch on the defaults, in force from its first moment on. */
  settings?: unknown;
  /** Of a new connection: whether its first backfill is to be started (C5). */
  backfill?: boolean;
};

/** The linked accounts; those that were removed are not among them. Everything but the webhook check is read afresh each time, because settings count before every write (E12). */
export type Connections = {
  get(id: string): Promise<Connection | null>;
  list(): Promise<Connection[]>;
  /**
   * Creates or updates. An update keeps `connectedAt` and the settings, and heals a broken connection (C8), so verify the
   * key first. One that was removed begins anew with the mirror it left behind: what came meanwhile is never answered (E1).
   * Throws OtherAccount when the id holds another Freshdesk account, DomainTaken when another connection has this account,
   * InvalidSettings, and ConnectionExists when it was to be new.
   */
  save(connection: NewConnection, options?: SaveOptions): Promise<Connection>;
  /** What was read of the account with a key that works: heals a broken connection (C8). Throws ConnectionNotFound. */
  refresh(id: string, account: AccountRead): Promise<void>;
  /** Its first backfill runs: it is wanted no more. */
  backfillStarted(id: string): Promise<void>;
  /** A new key of the same account, and the agent it belongs to: verify it first. Heals (C8). Throws ConnectionNotFound. */
  changeKey(id: string, key: { apiKey: string; agent: Connection['agent'] }): Promise<Connection>;
  /** From now on webhooks need this secret. Throws ConnectionNotFound. */
  changeSecret(id: string, webhookSecret: string): Promise<void>;
  /** Seals again what an older ENCRYPTION_KEY has sealed (C3); says which ones no key opens. */
  reseal(): Promise<{ resealed: string[]; unreadable: string[] }>;
  /**
   * The connection is no more: its key and its secret are forgotten, and whoever looks it up finds nothing. Removing it
   * again changes nothing. Throws ConnectionNotFound.
   */
  remove(id: string): Promise<void>;
  /** What was removed and not erased. */
  removed(): Promise<RemovedConnection[]>;
  /** Erases everything that is stored of a connection, whether removed before or not; what breaks off goes on with the next call. */
  erase(id: string): Promise<void>;
  /** A webhook came; call it at most once a minute. */
  sawWebhook(id: string, at: Date): Promise<void>;
  /** With the defaults filled in. Throws ConnectionNotFound, InvalidSettings. */
  settings(id: string): Promise<Settings>;
  /**
   * Returns the settings in force afterwards; what is different then has a line in the audit. `by`: who changes them, the
   * command line when left out; `expected`: whether the settings are still those that they were thought to be. Throws
   * ConnectionNotFound, InvalidSettings, SettingsChanged (then nothing is stored).
   */
  patchSettings(id: string, patch: unknown, by?: string, expected?: (now: Settings) => boolean): Promise<Settings>;
  /** The tickets that count since the change at that time were woken; one made meanwhile stands. */
  reachFollowed(id: string, changedAt: Date): Promise<void>;
  /** Decrypted; hand it to the Freshdesk client and to nothing else (C3). Throws ConnectionNotFound, CannotDecrypt. */
  apiKey(id: string): Promise<string>;
  /** All three in one query, as every look needs them. Throws ConnectionNotFound, InvalidSettings, CannotDecrypt. */
  whole(id: string): Promise<{ connection: Connection; settings: Settings; apiKey: string }>;
  /** Constant time; a wrong secret and an unknown connection cost the same (W2). Up to 5 s behind other processes. */
  checkWebhookSecret(id: string, secret: string): Promise<boolean>;
  /** Whether this caller is the one to read the groups now: true for one at most within `everyMs`, for all processes. */
  claimGroups(id: string, everyMs: number): Promise<boolean>;
  /** The same for key, statuses and mailboxes. */
  claimAccount(id: string, everyMs: number): Promise<boolean>;
  setGroups(id: string, groups: readonly { id: number; name: string }[]): Promise<void>;
  setState(id: string, state: ConnectionState, reason: string | null): Promise<void>;
};

/** An account's own clock; null where it does not answer. */
export type FreshdeskClock = (account: { baseUrl: string; apiKey: string }) => Promise<Date | null>;

/** `now` dates a break and readings of the account, and the switch of auto-handle where Freshdesk's clock cannot be asked (E1). */
export function createConnections(
  db: Db,
  keys: Keyring,
  { now = () => new Date(), freshdeskClock }: { now?: () => Date; freshdeskClock?: FreshdeskClock } = {},
): Connections {
  const secrets = createSecretCheck(
    () => db.connection.findMany({ where: { removedAt: null }, select: { id: true, webhookSecretHash: true } }),
    now,
  );

  async function row(id: string): Promise<Row> {
    const found = await db.connection.findUnique({ where: { id, removedAt: null } });
    if (found === null) throw new ConnectionNotFound(id);
    return found;
  }

  /** Throws ConnectionNotFound; gives the row back as it is afterwards. */
  async function change(id: string, data: Prisma.ConnectionUpdateManyArgs['data']): Promise<Connection> {
    const [changed] = await db.connection.updateManyAndReturn({ where: { id, removedAt: null }, data });
    if (changed === undefined) throw new ConnectionNotFound(id);
    return toConnection(changed);
  }

  function opened({ id, apiKeyCiphertext, apiKeyKeyId }: Row): string {
    return keys.open({ ciphertext: apiKeyCiphertext, keyId: apiKeyKeyId }, id);
  }

  function sealed(apiKey: string, id: string) {
    const { ciphertext, keyId } = keys.seal(apiKey, id);
    return { apiKeyCiphertext: ciphertext, apiKeyKeyId: keyId };
  }

  async function claim(id: string, read: 'groupsReadAt' | 'accountReadAt', everyMs: number): Promise<boolean> {
    const before = new Date(now().getTime() - everyMs);
    const { count } = await db.connection.updateMany({
      where: { id, OR: [{ [read]: null }, { [read]: { lte: before } }] },
      data: { [read]: now() },
    });
    return count === 1;
  }

  /** E1: the messages of customers are dated by Freshdesk's clock, and so is the switch that they are compared with. */
  async function switchedOnAt(id: string, patch: unknown): Promise<Date> {
    const found = await row(id);
    const { settings } = mergeSettings(found.settings, patch);
    const isSwitchedOn = settings.intake.autoHandleAll && found.autoHandleSince === null;
    const apiKey = isSwitchedOn
      ? openOrNull(keys, { ciphertext: found.apiKeyCiphertext, keyId: found.apiKeyKeyId }, id)
      : null;
    return (apiKey === null ? null : await freshdeskClock?.({ baseUrl: found.baseUrl, apiKey })) ?? now();
  }

  return {
    async get(id) {
      const found = await db.connection.findUnique({ where: { id, removedAt: null } });
      return found === null ? null : toConnection(found);
    },

    async list() {
      return (await db.connection.findMany({ where: { removedAt: null }, orderBy: { id: 'asc' } })).map(toConnection);
    },

    async save(
      { id, domain, baseUrl, connectedAt, apiKey, webhookSecret, ...account },
      { onlyNew = false, settings: patch = {}, backfill = false } = {},
    ) {
      const { stored: ownSettings, settings } = mergeSettings({}, patch);
      const fresh = {
        settings: ownSettings as Prisma.InputJsonObject,
        autoHandleSince: settings.intake.autoHandleAll ? connectedAt : null,
        backfillWanted: backfill,
        connectedAt,
      };
      const data = {
        baseUrl,
        ...sealed(apiKey, id),
        webhookSecretHash: hashSecret(webhookSecret),
        ...accountColumns(account, now()),
      };
      const saved = await db.$transaction(async (tx) => {
        // Two that connect one account at the same time must not both succeed.
        await lock(tx, 'connect', domain);
        const stored = await tx.connection.findUnique({ where: { id }, select: { domain: true, removedAt: true } });
        if (stored !== null && stored.domain !== domain) throw new OtherAccount(id, stored.domain, domain);
        const isNew = stored === null || stored.removedAt !== null;
        if (!isNew && onlyNew) throw new ConnectionExists(id);
        const other = await tx.connection.findFirst({ where: { domain, removedAt: null, NOT: { id } } });
        if (other !== null) throw new DomainTaken(domain, other.id);
        await healing(tx, id, now());
        const update = isNew ? { ...data, ...FIRST_DAY, ...fresh } : data;
        return tx.connection.upsert({ where: { id }, create: { id, domain, ...fresh, ...data }, update });
      });
      secrets.forget();
      return toConnection(saved);
    },

    async changeKey(id, { apiKey, agent }) {
      await healing(db, id, now());
      return change(id, { ...sealed(apiKey, id), ...agentColumns(agent), ...ACTIVE });
    },

    async refresh(id, account) {
      await healing(db, id, now());
      await change(id, accountColumns(account, now()));
    },

    async backfillStarted(id) {
      await db.connection.updateMany({ where: { id }, data: { backfillWanted: false } });
    },

    async changeSecret(id, webhookSecret) {
      await change(id, { webhookSecretHash: hashSecret(webhookSecret) });
      secrets.forget();
    },

    async reseal() {
      const old = await db.connection.findMany({
        where: { removedAt: null, apiKeyKeyId: { not: keys.currentKeyId } },
        orderBy: { id: 'asc' },
      });
      const result: { resealed: string[]; unreadable: string[] } = { resealed: [], unreadable: [] };
      for (const { id, apiKeyCiphertext, apiKeyKeyId } of old) {
        const apiKey = openOrNull(keys, { ciphertext: apiKeyCiphertext, keyId: apiKeyKeyId }, id);
        if (apiKey === null) {
          result.unreadable.push(id);
          continue;
        }
        // Only over what was read: a key that is given meanwhile stays.
        const { count } = await db.connection.updateMany({ where: { id, apiKeyCiphertext }, data: sealed(apiKey, id) });
        if (count > 0) result.resealed.push(id);
      }
      return result;
    },

    async remove(id) {
      const gone = { removedAt: now(), apiKeyCiphertext: '', apiKeyKeyId: '', webhookSecretHash: '', ...ACTIVE };
      const { count } = await db.connection.updateMany({ where: { id, removedAt: null }, data: gone });
      secrets.forget();
      if (count === 0 && (await db.connection.count({ where: { id } })) === 0) throw new ConnectionNotFound(id);
    },

    async removed() {
      const rows = await db.connection.findMany({ where: { removedAt: { not: null } }, orderBy: { id: 'asc' } });
      return rows.flatMap(({ id, domain, removedAt }) => (removedAt === null ? [] : [{ id, domain, removedAt }]));
    },

    async erase(id) {
      await eraseConnection(db, id);
      secrets.forget();
    },

    async sawWebhook(id, at) {
      await db.$executeRaw`UPDATE "Connection" SET "lastWebhookAt" = ${at} WHERE "id" = ${id}`;
    },

    async settings(id) {
      return parseStoredSettings((await row(id)).settings);
    },

    async patchSettings(id, patch, by = 'cli', expected = () => true) {
      const switchedOn = await switchedOnAt(id, patch);
      return storePatch(db, id, patch, { by, expected, switchedOn, now: now() });
    },

    async reachFollowed(id, changedAt) {
      await db.connection.updateMany({ where: { id, reachChangedAt: changedAt }, data: { reachChangedAt: null } });
    },

    async apiKey(id) {
      return opened(await row(id));
    },

    async whole(id) {
      const found = await row(id);
      return { connection: toConnection(found), settings: parseStoredSettings(found.settings), apiKey: opened(found) };
    },

    checkWebhookSecret: (id, secret) => secrets.check(id, secret),

    claimGroups: (id, everyMs) => claim(id, 'groupsReadAt', everyMs),

    claimAccount: (id, everyMs) => claim(id, 'accountReadAt', everyMs),

    async setGroups(id, groups) {
      await db.connection.updateMany({
        where: { id },
        data: { groups: groups.map((group) => ({ id: group.id, name: storable(group.name) })) },
      });
    },

    async setState(id, state, reason) {
      if (state === 'active') await healing(db, id, now());
      const data = { state, stateReason: reason };
      const first = { id, removedAt: null, ...(state === 'broken' ? { state: { not: state } } : {}) };
      const turned = await db.connection.updateMany({
        where: first,
        data: { ...data, brokenSince: state === 'broken' ? now() : null },
      });
      if (turned.count > 0) return;
      // Broken before: since when stays.
      const { count } = await db.connection.updateMany({ where: { id, removedAt: null }, data });
      if (count === 0) throw new ConnectionNotFound(id);
    },
  };
}

function openOrNull(keys: Keyring, sealed: Sealed, owner: string): string | null {
  try {
    return keys.open(sealed, owner);
  } catch (error) {
    if (error instanceof CannotDecrypt) return null;
    throw error;
  }
}
