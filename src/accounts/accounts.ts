import type { Logger } from 'pino';
import type { Connection } from '../db/connections/connection.ts';
import type { Connections } from '../db/connections/connections.ts';
import { CannotDecrypt } from '../db/connections/secrets.ts';
import type { CallLimit, Lane, RateLimit } from '../domain/rate-limit.ts';
import { backgroundShare } from '../domain/backfill.ts';
import type { Settings } from '../domain/settings.ts';
import { breakOff, createBreaker, type Breaker } from '../freshdesk/breaker.ts';
import { createFreshdesk, type Freshdesk, type ObservedCall } from '../freshdesk/client.ts';
import { watchKey, type KeyWatch } from '../freshdesk/watch-key.ts';
import { callByCall, unlimited } from './credits.ts';
import { KEY_UNREADABLE, keyReadable, keyUnreadable } from './unreadable-key.ts';

const VERIFY_DEADLINE_MS = 20_000;

/** A linked account as it is at this moment: settings and state count afresh before every write (E12). */
export type Account = { connection: Connection; settings: Settings; freshdesk: Freshdesk };

/**
 * How its calls are paid for: each by itself, for live work when left out, or from what an attempt has taken together. Who has
 * a `name` keeps the place in line while away.
 */
export type Paying = { lane: Lane; name?: string } | { limit: CallLimit };

/** The linked accounts as they are at this moment, with a client for each. */
export type Accounts = (connectionId: string, paying?: Paying) => Promise<Account>;

export type AccountParts = {
  connections: Connections;
  /** The budget of API calls that every process shares (L1). */
  limitOf(connectionId: string): RateLimit;
  requestDeadlineMs: number;
  log: Logger;
  /** Told of every request to Freshdesk, for the figures. */
  observe?: (connectionId: string, call: ObservedCall) => void;
};

/**
 * Looks a connection up afresh each time, because settings and state count before every write (E12). Throws
 * ConnectionNotFound, CannotDecrypt.
 */
export function createAccounts({
  connections,
  limitOf,
  requestDeadlineMs,
  log,
  observe = () => undefined,
}: AccountParts): Accounts {
  const breakerOf = breakers(log);
  const opened = openingKeys(connections, log);

  return async (connectionId, paying = { lane: 'live' }) => {
    const { connection, settings, apiKey } = await opened(connectionId);
    const { baseUrl } = connection;
    const limit =
      'limit' in paying
        ? paying.limit
        : callByCall(limitOf(connectionId), { name: null, ...paying, share: backgroundShare(settings) });
    const client = createFreshdesk({
      baseUrl,
      apiKey,
      limit,
      deadlineMs: requestDeadlineMs,
      observe: (call) => observe(connectionId, call),
    });
    const freshdesk = breakOff(client, breakerOf(connectionId, baseUrl));
    return { connection, settings, freshdesk: watchKey(freshdesk, keyWatch(connections, connection, log)) };
  };
}

/** C8: a key that no ENCRYPTION_KEY opens breaks the connection, and one that is opened again heals it. */
function openingKeys(connections: Connections, log: Logger): Connections['whole'] {
  return async (id) => {
    const whole = await connections.whole(id).catch(async (error: unknown) => {
      if (error instanceof CannotDecrypt) await keyUnreadable(connections, id, log);
      throw error;
    });
    if (whole.connection.stateReason !== KEY_UNREADABLE) return whole;
    await keyReadable(connections, id, log);
    return { ...whole, connection: { ...whole.connection, state: 'active', stateReason: null } };
  };
}

/** One for each account. */
function breakers(log: Logger): (connectionId: string, baseUrl: string) => Breaker {
  const known = new Map<string, Breaker>();
  return (connectionId, baseUrl) => {
    const key = `${connectionId} ${baseUrl}`;
    const breaker =
      known.get(key) ??
      createBreaker({
        shut: () =>
          log.warn({ connection: connectionId }, 'Freshdesk does not answer: the account is left alone for a while'),
        opened: () => log.info({ connection: connectionId }, 'Freshdesk answers again'),
      });
    known.set(key, breaker);
    return breaker;
  };
}

/** C8: a key that is refused breaks the connection, and one that works again heals it. */
function keyWatch(connections: Connections, { id, state, stateReason }: Connection, log: Logger): KeyWatch {
  return {
    async refused(reason) {
      if (state === 'broken' && stateReason === reason) return;
      await connections.setState(id, 'broken', reason);
      log.error(
        { connection: id, reason },
        'Freshdesk refuses the API key: nothing is written until it works or is replaced',
      );
    },
    async accepted() {
      if (state === 'active' || stateReason === 'not_admin') return;
      await connections.setState(id, 'active', null);
      log.info({ connection: id }, 'Freshdesk accepts the API key again');
    },
  };
}

/** How long a switch waits for Freshdesk's clock. */
const CLOCK_DEADLINE_MS = 3_000;

/** Freshdesk's clock, whole seconds; null where it does not answer in time. */
export async function freshdeskClock(account: { baseUrl: string; apiKey: string }): Promise<Date | null> {
  return clientOf(account, CLOCK_DEADLINE_MS)
    .me()
    .then(
      ({ atMs }) => new Date(atMs),
      () => null,
    );
}

/** A client for an account that is not connected yet. */
export function clientOf(
  { baseUrl, apiKey }: { baseUrl: string; apiKey: string },
  deadlineMs = VERIFY_DEADLINE_MS,
): Freshdesk {
  return createFreshdesk({ baseUrl, apiKey, limit: unlimited, deadlineMs });
}
