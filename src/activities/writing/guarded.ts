import type { Account } from '../../accounts/accounts.ts';
import type { Freshdesk } from '../../freshdesk/client.ts';

/** E12, C8: writing was stopped since the look that decided on it. Nothing was sent; the next look says what is to be done. */
export class WritesHeld extends Error {
  constructor(connectionId: string, why: 'paused' | 'broken') {
    super(`Nothing is written: the connection "${connectionId}" is ${why}`);
    this.name = 'WritesHeld';
  }
}

/**
 * The same account, before each of whose writes settings and state are read again (E12): the one place that all writes on
 * tickets pass, also the second one of an attempt. `newest` gives the account as it is then.
 */
export function guarded(account: Account, newest: () => Promise<Account>): Account {
  const { freshdesk } = account;
  const check = async (): Promise<void> => {
    const { connection, settings } = await newest();
    if (settings.paused) throw new WritesHeld(connection.id, 'paused');
    if (connection.state !== 'active') throw new WritesHeld(connection.id, 'broken');
  };
  const write = <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) => {
    return async (...args: Args): Promise<T> => {
      await check();
      return call(...args);
    };
  };
  const writes = {
    reply: write(freshdesk.reply),
    note: write(freshdesk.note),
    editNote: write(freshdesk.editNote),
    update: write(freshdesk.update),
  } satisfies Partial<Freshdesk>;
  return { ...account, freshdesk: { ...freshdesk, ...writes } };
}
