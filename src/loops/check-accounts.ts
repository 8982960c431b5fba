import { checkAccount, type CheckDeps } from '../accounts/check-account.ts';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import { nameOf } from '../domain/errors.ts';
import { repeat, type Repeating } from './repeat.ts';

/** Four requests each. One that is broken is asked sooner, so that rights given back are noticed. */
const ACTIVE_EVERY_MS = 15 * 60_000;
const BROKEN_EVERY_MS = 5 * 60_000;

export type CheckAccountsDeps = CheckDeps & {
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
