import type { Logger } from 'pino';
import type { FreshdeskConfig } from './config.ts';
import type { Connections } from './db/connections.ts';
import type { Freshdesk } from './freshdesk/client.ts';
import { ConnectError } from './freshdesk/errors.ts';

export const DEFAULT_CONNECTION = 'default';

type ConnectDeps = {
  connections: Connections;
  /** A client for this account, with a budget of its own. */
  freshdesk: Freshdesk;
  log: Logger;
  say: (line: string) => void;
};

/**
 * The environment's account becomes, or goes on being, the connection `default` (C1, C2). A key that is refused breaks a
 * connection that exists, and its tickets wait for a better one (C8); nothing is made of an account that was never verified.
 * @throws ConnectError when there is no such connection yet
 */
export async function connectDefault(account: FreshdeskConfig, deps: ConnectDeps): Promise<void> {
  const { connections, freshdesk, log, say } = deps;
  const { domain, baseUrl, apiKey, webhookSecret } = account;
  try {
    const { agent, atMs } = await freshdesk.verify();
    const statuses = await freshdesk.statuses().catch(async (error: unknown) => {
      const known = await connections.get(DEFAULT_CONNECTION);
      if (known === null) throw error;
      return known.statuses;
    });
    const supportEmails = await supportEmailsOf(deps);
    const connectedAt = new Date(atMs);
    await connections.save({
      id: DEFAULT_CONNECTION,
      domain,
      baseUrl,
      apiKey,
      webhookSecret,
      agent,
      connectedAt,
      statuses,
      supportEmails,
    });
    say(`Connected to ${domain} as agent ${agent.id}`);
  } catch (error) {
    if (!(error instanceof ConnectError) || (await connections.get(DEFAULT_CONNECTION)) === null) throw error;
    if (error.reason !== 'unreachable') await connections.setState(DEFAULT_CONNECTION, 'broken', error.reason);
    log.error(
      { connection: DEFAULT_CONNECTION, reason: error.reason },
      'the connection could not be verified; it stays as it was and its tickets wait',
    );
    say(`Could not verify the connection: ${error.message}`);
  }
}

/** E8: our own addresses. Without them the connection works all the same: a ticket names the address it came to. */
async function supportEmailsOf({ connections, freshdesk, log }: ConnectDeps): Promise<string[]> {
  try {
    return await freshdesk.supportEmails();
  } catch (error) {
    log.warn(
      { connection: DEFAULT_CONNECTION, reason: error instanceof Error ? error.name : 'unknown' },
      "the account's support addresses could not be read; those known so far count, and the next start reads them again",
    );
    return (await connections.get(DEFAULT_CONNECTION))?.supportEmails ?? [];
  }
}
