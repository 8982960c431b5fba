import type { Freshdesk } from '../freshdesk/client.ts';
import { DomainTaken } from '../db/connections/connection.ts';
import { nameOf } from '../domain/errors.ts';
import { breaksConnection, ConnectError } from '../freshdesk/errors.ts';
import { type ConnectorDeps, NOT_STARTED } from './connector.ts';
import { readAccount } from './read-account.ts';

const DEFAULT_CONNECTION = 'default';

/** The environment's account, as it was given. */
export type DefaultAccount = { domain: string; baseUrl: string; apiKey: string; webhookSecret: string };

type EnvironmentDeps = Pick<ConnectorDeps, 'connections' | 'clientOf' | 'onConnected' | 'log'> & {
  /** Whether a connection that is made here is backfilled (C5). */
  backfill: boolean;
  /** Looks whether the account's automation rules send here; they are never changed by a start. */
  checkRules(connectionId: string, freshdesk: Freshdesk): Promise<void>;
  say: (line: string) => void;
};

/**
 * The environment's account becomes, or goes on being, the connection `default` (C1, C2). A key that is refused breaks a
 * connection that exists, and its tickets wait for a better one (C8); nothing is made of an account that was never verified.
 * @throws ConnectError when there is no such connection yet
 */
export async function connectDefault(account: DefaultAccount, deps: EnvironmentDeps): Promise<void> {
  const { connections, clientOf, onConnected, backfill, checkRules, log, say } = deps;
  const id = DEFAULT_CONNECTION;
  const { domain, baseUrl, apiKey, webhookSecret } = account;
  const known = await connections.get(id);
  try {
    const freshdesk = clientOf({ baseUrl, apiKey });
    const read = await readAccount(freshdesk, known, id, log);
    await connections.save({ id, domain, baseUrl, apiKey, webhookSecret, ...read }, { backfill });
    await checkRules(id, freshdesk);
    say(`Connected to ${domain} as agent ${read.agent.id}`);
  } catch (error) {
    if (error instanceof DomainTaken) {
      throw new Error(
        `${error.message} Remove FRESHDESK_DOMAIN, FRESHDESK_API_KEY and WEBHOOK_SECRET: that connection needs none of them.`,
        { cause: error },
      );
    }
    if (!(error instanceof ConnectError)) throw error;
    if (known === null) throw firstTime(error);
    if (breaksConnection(error)) await connections.setState(id, 'broken', error.reason);
    log.error(
      { connection: id, reason: error.reason },
      'the connection could not be verified; it stays as it was and its tickets wait',
    );
    say(`Could not verify the connection: ${error.message}`);
  }
  await onConnected(id).catch((error: unknown) => {
    log.error({ connection: id, reason: nameOf(error) }, NOT_STARTED);
  });
}

/** Nothing was ever connected, so that there is nothing to go on with: what is in the environment has to be put right. */
function firstTime(error: ConnectError): ConnectError {
  const where = 'FRESHDESK_DOMAIN, FRESHDESK_API_KEY and FRESHDESK_URL come from .env or the environment.';
  return new ConnectError(error.reason, `The first connection could not be made. ${error.message}`, where);
}
