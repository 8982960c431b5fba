import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { type Connection, ConnectionNotFound, RemovalUnfinished } from '../db/connections/connection.ts';
import type { Connections } from '../db/connections/connections.ts';
import { mergeSettings } from '../db/connections/settings.ts';
import { nameOf } from '../domain/errors.ts';
import { type AutomationSetup, automationSetup, webhookUrlOf } from '../freshdesk/automation-rules.ts';
import type { Freshdesk } from '../freshdesk/client.ts';
import { freshdeskAddress } from '../freshdesk/domain-name.ts';
import { type RulesOutcome, setUpRules } from '../freshdesk/set-up-rules.ts';
import { readAccount } from './read-account.ts';

export type ConnectorDeps = {
  connections: Connections;
  /** A client for an account that is not connected yet, with a budget of its own. */
  clientOf(account: { baseUrl: string; apiKey: string }): Freshdesk;
  /** The operator's FRESHDESK_URL; null for the real one (C2). */
  freshdeskUrl: string | null;
  /** Where Freshdesk reaches us, without a trailing slash. */
  publicUrl: string;
  /** Starts what runs beside the tickets: the reconcile schedule, and the backfill where it is wanted (C5). */
  onConnected(connectionId: string): Promise<void>;
  /** Ends schedule, backfill and every ticket's workflow; rejects when Temporal does not answer. */
  onRemoved(connectionId: string): Promise<void>;
  log: Logger;
};

export type NewAccount = {
  id: string;
  domain: string;
  apiKey: string;
  /** A patch on the defaults, which draft and never reply (C7). */
  settings?: unknown;
  backfill: boolean;
};

export type Connected = {
  connection: Connection;
  /** Shown this once: only its hash is kept. */
  webhookSecret: string;
  /** False where Temporal did not answer: the connection stands, and the service starts schedule and backfill when both run. */
  started: boolean;
};

export type Verified = { domain: string; agent: Connection['agent']; admin: true };

/** Everything that makes, changes and ends connections: the one way of API, command line and start. */
export type Connector = {
  webhookUrl(connectionId: string): string;
  /** C1, and stores nothing. Throws ConnectError. */
  verify(account: { domain: string; apiKey: string }): Promise<Verified>;
  /** Verifies, then saves. Throws ConnectError, InvalidSettings, ConnectionExists, DomainTaken, OtherAccount. */
  connect(account: NewAccount): Promise<Connected>;
  /** Verifies a new key of the same account, then saves it (C8). Throws ConnectError, ConnectionNotFound. */
  changeKey(connectionId: string, apiKey: string): Promise<Connection>;
  /** The new secret, shown once; the old one counts no more. Throws ConnectionNotFound. */
  rotateSecret(connectionId: string): Promise<string>;
  /**
   * Ends a connection, and with `erase` everything stored of it. It is safe to repeat: a removal that Temporal interrupted
   * is finished by the next one. Throws ConnectionNotFound, RemovalUnfinished.
   */
  remove(connectionId: string, options: { erase: boolean }): Promise<void>;
  /** What to paste into Freshdesk (C4). */
  automationSetup(connectionId: string, webhookSecret: string): AutomationSetup;
  /** Makes those rules by the API where the account allows it. Throws ConnectionNotFound. */
  setUpRules(connectionId: string, webhookSecret: string): Promise<RulesOutcome>;
};

export function createConnector(deps: ConnectorDeps): Connector {
  const { connections, clientOf, freshdeskUrl, publicUrl, onConnected, onRemoved, log } = deps;
  const addressOf = (domain: string) => freshdeskAddress(domain, freshdeskUrl ?? undefined);

  async function existing(id: string): Promise<Connection> {
    const connection = await connections.get(id);
    if (connection === null) throw new ConnectionNotFound(id);
    return connection;
  }

  function setupOf(id: string, secret: string): AutomationSetup {
    return automationSetup({ webhookUrl: webhookUrlOf(publicUrl, id), secret });
  }

  return {
    webhookUrl: (id) => webhookUrlOf(publicUrl, id),

    async verify({ domain, apiKey }) {
      const address = addressOf(domain);
      const { agent, admin } = await clientOf({ baseUrl: address.baseUrl, apiKey }).verify();
      return { domain: address.domain, agent, admin };
    },

    async connect({ id, domain, apiKey, settings = {}, backfill }) {
      mergeSettings({}, settings); // throws before anything is asked or stored
      const address = addressOf(domain);
      const account = await readAccount(clientOf({ baseUrl: address.baseUrl, apiKey }), null, id, log);
      const webhookSecret = newSecret();
      const saved = { id, ...address, apiKey, webhookSecret, ...account };
      const connection = await connections.save(saved, { onlyNew: true, settings, backfill });
      const started = await onConnected(id).then(
        () => true,
        (error: unknown) => {
          log.error({ connection: id, reason: nameOf(error) }, NOT_STARTED);
          return false;
        },
      );
      return { connection, webhookSecret, started };
    },

    async changeKey(id, apiKey) {
      const { baseUrl } = await existing(id);
      const { agent } = await clientOf({ baseUrl, apiKey }).verify();
      return connections.changeKey(id, { apiKey, agent });
    },

    async rotateSecret(id) {
      const webhookSecret = newSecret();
      await connections.changeSecret(id, webhookSecret);
      return webhookSecret;
    },

    async remove(id, { erase }) {
      await connections.remove(id); // first: from here on nothing is taken in and nothing is written
      await onRemoved(id).catch((error: unknown) => {
        log.error({ connection: id, reason: nameOf(error) }, 'what runs for a removed connection could not be ended');
        throw new RemovalUnfinished(id, error);
      });
      if (erase) await connections.erase(id);
      log.info({ connection: id, erased: erase }, 'connection removed');
    },

    automationSetup: setupOf,

    async setUpRules(id, webhookSecret) {
      const { baseUrl } = await existing(id);
      if (isThisMachine(publicUrl) && !isThisMachine(baseUrl)) return { done: false, why: UNREACHABLE };
      const freshdesk = clientOf({ baseUrl, apiKey: await connections.apiKey(id) });
      return setUpRules(freshdesk, setupOf(id, webhookSecret));
    },
  };
}

export const NOT_STARTED = 'connected, but schedule and backfill could not be started; the service tries again';

const UNREACHABLE =
  'Freshdesk cannot reach this address, which is this machine to itself: set PUBLIC_URL to the one it is reached under from outside, start the service again, and run "connections rotate-secret".';

/** Freshdesk is elsewhere: rules that send to such an address would never be heard. */
function isThisMachine(url: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}

/** 256 bits, as hex: it travels in a header. */
function newSecret(): string {
  return randomBytes(32).toString('hex');
}
