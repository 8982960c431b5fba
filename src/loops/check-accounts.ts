import type { Logger } from 'pino';
import type { Accounts } from '../accounts/accounts.ts';
import { readAccount } from '../accounts/connector.ts';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import type { Connections } from '../db/connections/connections.ts';
import { nameOf } from '../domain/errors.ts';
import { breaksConnection, ConnectError } from '../freshdesk/errors.ts';
import { repeat, type Repeating } from './repeat.ts';

/** Four requests each. One that is broken is asked sooner, so that rights given back are noticed. */
const ACTIVE_EVERY_MS = 15 * 60_000;
const BROKEN_EVERY_MS = 5 * 60_000;

export type CheckAccountsDeps = {
  connections: Connections;
  account: Accounts;
  log: Logger;
  /** How often is looked whose time has come; a minute when left out. */
  lookMs?: number;
};

/**
 * C8: a key that works as an agent's and no longer as an admin's is not noticed by working tickets, so it is asked for from
 * time to time; and with it for what else may have changed in the account: statuses (S1) and mailboxes (A8, E8). Whose turn it
 * is stands in the database, so that several processes share the work.
 */
export function checkAccounts({ lookMs = 60_000, ...deps }: CheckAccountsDeps): Repeating {
  const { connections, log } = deps;
  const look = async (stopping: AbortSignal): Promise<void> => {
    for (const { id, state } of await connections.list()) {
      if (stopping.aborted) return;
      const everyMs = state === 'active' ? ACTIVE_EVERY_MS : BROKEN_EVERY_MS;
      if (!(await connections.claimAccount(id, everyMs))) continue;
      await checkAccount(deps, id).catch((error: unknown) => {
        if (error instanceof ConnectionNotFound) return; // removed meanwhile
        log.warn({ connection: id, reason: nameOf(error) }, 'the account could not be checked; trying again later');
      });
    }
  };
  return repeat(lookMs, look, (error) =>
    log.warn({ reason: nameOf(error) }, 'could not look for accounts to check; trying again'),
  );
}

/** One check: breaks the connection, or heals it and keeps what was read. */
export async function checkAccount(
  { connections, account, log }: Omit<CheckAccountsDeps, 'lookMs'>,
  id: string,
): Promise<void> {
  const { connection, freshdesk } = await account(id);
  try {
    const { connectedAt: _now, ...read } = await readAccount(freshdesk, connection, id, log);
    await connections.refresh(id, read);
    if (connection.state === 'broken') log.info({ connection: id }, 'Freshdesk accepts the API key again');
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const { reason } = error;
    if (!breaksConnection(error) || (connection.state === 'broken' && connection.stateReason === reason)) return;
    await connections.setState(id, 'broken', reason);
    log.error(
      { connection: id, reason },
      'the API key may not do its work: nothing is written until it can, or is replaced',
    );
  }
}
