import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import {
  type Connection,
  ConnectionExists,
  ConnectionNotFound,
  RemovalUnfinished,
} from '../db/connections/connection.ts';
import type { Conditions } from '../db/background/conditions.ts';
import type { Connections } from '../db/connections/connections.ts';
import { mergeSettings } from '../db/connections/settings.ts';
import { nameOf } from '../domain/errors.ts';
import { isLoopback } from '../domain/machine.ts';
import type { Installation } from '../db/installation.ts';
import { type AutomationSetup, automationSetup, webhookUrlOf } from '../freshdesk/automation-rules.ts';
import type { Freshdesk } from '../freshdesk/client.ts';
import { freshdeskAddress } from '../freshdesk/domain-name.ts';
import { readRules } from '../freshdesk/rule-check.ts';
import { type OtherRule, othersInWords, rulesOfOthers } from '../freshdesk/rules-of-others.ts';
import { type RulesOutcome, setUpRules } from '../freshdesk/set-up-rules.ts';
import { readAccount } from './read-account.ts';

export type ConnectorDeps = {
  connections: Connections;
  conditions: Pick<Conditions, 'note'>;
  installation: Pick<Installation, 'mark'>;
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

type NewAccount = {
  id: string;
  domain: string;
  apiKey: string;
  /** A patch on the defaults, which draft and never reply (C7). */
  settings?: unknown;
  backfill: boolean;
  /** What becomes of the automation rules; left out, they are neither made nor looked at. */
  rules?: RulesWish;
};

/** C4: whether the rules are to be made by Freshdesk's API, and what is to be done with those of another installation. */
export type RulesWish = {
  make: boolean;
  /** Asked before anything is stored or changed, where rules are to be made and such are there. */
  takeOver(others: readonly OtherRule[]): Promise<boolean>;
};

/** What became of the rules, and what is to be pasted where they were not made. */
export type RulesMade = {
  /** null: nobody wanted them made. */
  outcome: RulesOutcome | null;
  /** Those of another installation that are there still. */
  others: readonly OtherRule[];
  setup: AutomationSetup;
};

/** The rules that tell another installation of tickets would tell this one instead. Nothing was changed. */
class RulesTaken extends Error {
  constructor(rules: readonly OtherRule[]) {
    super(
      `${othersInWords(rules)}\nNothing was changed. With --take-over-rules they are made to send here, and the other installation hears of no ticket any more; with --no-create-rules they stay as they are.`,
    );
    this.name = 'RulesTaken';
  }
}

type Connected = {
  connection: Connection;
  /** Shown this once: only its hash is kept. */
  webhookSecret: string;
  /** False where Temporal did not answer: the connection stands, and the service starts schedule and backfill when both run. */
  started: boolean;
  /** null where no wish was given. */
  rules: RulesMade | null;
};

type Verified = { domain: string; agent: Connection['agent']; admin: true };

/** Everything that makes, changes and ends connections: the one way of API, command line and start. */
export type Connector = {
  webhookUrl(connectionId: string): string;
  /** C1, and stores nothing. Throws ConnectError. */
  verify(account: { domain: string; apiKey: string }): Promise<Verified>;
  /** Verifies, then saves. Throws ConnectError, InvalidSettings, ConnectionExists, DomainTaken, OtherAccount, RulesTaken. */
  connect(account: NewAccount): Promise<Connected>;
  /** Verifies a new key of the same account, then saves it (C8). Throws ConnectError, ConnectionNotFound. */
  changeKey(connectionId: string, apiKey: string): Promise<Connection>;
  /** The new secret, shown once; the old one counts no more. Throws ConnectionNotFound, RulesTaken. */
  rotateSecret(connectionId: string, rules?: RulesWish): Promise<Pick<Connected, 'webhookSecret' | 'rules'>>;
  /**
   * Ends a connection, and with `erase` everything stored of it. It is safe to repeat: a removal that Temporal interrupted
   * is finished by the next one. Throws ConnectionNotFound, RemovalUnfinished.
   */
  remove(connectionId: string, options: { erase: boolean }): Promise<void>;
};

export function createConnector(deps: ConnectorDeps): Connector {
  const { connections, conditions, installation, clientOf, freshdeskUrl, publicUrl, onConnected, onRemoved, log } =
    deps;
  const addressOf = (domain: string) => freshdeskAddress(domain, freshdeskUrl ?? undefined);

  async function existing(id: string): Promise<Connection> {
    const connection = await connections.get(id);
    if (connection === null) throw new ConnectionNotFound(id);
    return connection;
  }

  async function setupOf(id: string, secret: string): Promise<AutomationSetup> {
    return automationSetup({ webhookUrl: webhookUrlOf(publicUrl, id), secret, mark: await installation.mark() });
  }

  type RulesTarget = { id: string; baseUrl: string; freshdesk: Freshdesk; secret: string };

  /**
   * C4: how the rules are made once the connection is there; throws RulesTaken before that where they are another
   * installation's. What cannot be read cannot be made either, and the outcome says why.
   */
  async function rulesMaker({ id, baseUrl, freshdesk, secret }: RulesTarget, wish: RulesWish) {
    const setup = await setupOf(id, secret);
    const rules = await readRules(freshdesk).catch(() => []);
    const others = rulesOfOthers(
      rules.flatMap((tab) => tab.rules),
      setup,
    );
    const make = wish.make && !(isThisMachine(publicUrl) && !isThisMachine(baseUrl));
    const takeOver = make && others.length > 0 && (await wish.takeOver(others));
    if (make && others.length > 0 && !takeOver) throw new RulesTaken(others);
    return async (): Promise<RulesMade> => {
      if (!make) return { outcome: wish.make ? { done: false, why: UNREACHABLE } : null, others, setup };
      const outcome = await setUpRules(freshdesk, setup, { takeOver });
      if (outcome.done) await conditions.note({ kind: 'webhook_rules', place: id, connection: id }, null);
      return { outcome, others: [], setup };
    };
  }

  return {
    webhookUrl: (id) => webhookUrlOf(publicUrl, id),

    async verify({ domain, apiKey }) {
      const address = addressOf(domain);
      const { agent, admin } = await clientOf({ baseUrl: address.baseUrl, apiKey }).verify();
      return { domain: address.domain, agent, admin };
    },

    async connect({ id, domain, apiKey, settings = {}, backfill, rules: wish }) {
      mergeSettings({}, settings); // throws before anything is asked or stored
      if ((await connections.get(id)) !== null) throw new ConnectionExists(id);
      const address = addressOf(domain);
      const freshdesk = clientOf({ baseUrl: address.baseUrl, apiKey });
      const account = await readAccount(freshdesk, null, id, log);
      const webhookSecret = newSecret();
      const target = { id, baseUrl: address.baseUrl, freshdesk, secret: webhookSecret };
      const makeRules = wish === undefined ? null : await rulesMaker(target, wish);
      const saved = { id, ...address, apiKey, webhookSecret, ...account };
      const connection = await connections.save(saved, { onlyNew: true, settings, backfill });
      const started = await onConnected(id).then(
        () => true,
        (error: unknown) => {
          log.error({ connection: id, reason: nameOf(error) }, NOT_STARTED);
          return false;
        },
      );
      return { connection, webhookSecret, started, rules: makeRules === null ? null : await makeRules() };
    },

    async changeKey(id, apiKey) {
      const { baseUrl } = await existing(id);
      const { agent } = await clientOf({ baseUrl, apiKey }).verify();
      return connections.changeKey(id, { apiKey, agent });
    },

    async rotateSecret(id, wish) {
      const { baseUrl } = await existing(id);
      const webhookSecret = newSecret();
      if (wish === undefined) {
        await connections.changeSecret(id, webhookSecret);
        return { webhookSecret, rules: null };
      }
      const freshdesk = clientOf({ baseUrl, apiKey: await connections.apiKey(id) });
      const makeRules = await rulesMaker({ id, baseUrl, freshdesk, secret: webhookSecret }, wish);
      await connections.changeSecret(id, webhookSecret);
      return { webhookSecret, rules: await makeRules() };
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
  };
}

export const NOT_STARTED = 'connected, but schedule and backfill could not be started; the service tries again';

const UNREACHABLE =
  'Freshdesk cannot reach this address, which is this machine to itself: set PUBLIC_URL to the one it is reached under from outside, start the service again, and run "connections rotate-secret".';

/** Freshdesk is elsewhere: rules that send to such an address would never be heard. */
function isThisMachine(url: string): boolean {
  return isLoopback(new URL(url).hostname);
}

/** 256 bits, as hex: it travels in a header. */
function newSecret(): string {
  return randomBytes(32).toString('hex');
}
