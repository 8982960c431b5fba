import type { Logger } from 'pino';
import type { Connections } from '../db/connections/connections.ts';
import { breaksConnection, ConnectError } from '../freshdesk/errors.ts';
import type { Accounts } from './accounts.ts';
import { checkRules, type CheckRulesDeps } from './check-rules.ts';
import { readAccount } from './read-account.ts';

export type CheckDeps = CheckRulesDeps & { connections: Connections; account: Accounts; log: Logger };

/** One check: breaks the connection, or heals it and keeps what was read; then its automation rules are looked at (C4). */
export async function checkAccount(deps: CheckDeps, id: string): Promise<void> {
  const { connections, account, log } = deps;
  const { connection, freshdesk } = await account(id);
  try {
    const { connectedAt: _now, ...read } = await readAccount(freshdesk, connection, id, log);
    await connections.refresh(id, read);
    if (connection.state === 'broken') log.info({ connection: id }, 'Freshdesk accepts the API key again');
    await checkRules(deps, id, freshdesk);
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
