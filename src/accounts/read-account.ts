import type { Logger } from 'pino';
import type { AccountRead, Connection } from '../db/connections/connection.ts';
import { nameOf } from '../domain/errors.ts';
import { ownAddresses } from '../domain/mailboxes.ts';
import type { Freshdesk } from '../freshdesk/client.ts';

/** C1: who the key belongs to, verified; and what else a connection knows of its account. Throws ConnectError. */
export async function readAccount(
  freshdesk: Freshdesk,
  known: Connection | null,
  id: string,
  log: Logger,
): Promise<AccountRead & Pick<Connection, 'connectedAt'>> {
  const { agent, atMs } = await freshdesk.verify();
  const statuses = await freshdesk.statuses().catch((error: unknown) => {
    if (known === null) throw error;
    return known.statuses;
  });
  const mailboxes = await freshdesk.mailboxes().catch((error: unknown) => {
    // E8: without them the connection works all the same: a ticket names the address it came to.
    log.warn(
      { connection: id, reason: nameOf(error) },
      "the account's support addresses could not be read; those known so far count, and the next check reads them again",
    );
    return null;
  });
  return {
    agent,
    connectedAt: new Date(atMs),
    statuses,
    mailboxes: mailboxes ?? known?.mailboxes ?? [],
    supportEmails: mailboxes === null ? (known?.supportEmails ?? []) : ownAddresses(mailboxes),
  };
}
