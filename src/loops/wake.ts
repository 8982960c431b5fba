import type { Log } from '../activities/deps.ts';
import type { Connection } from '../db/connections/connection.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { Looks } from '../db/conversations/looks.ts';
import type { Sessions } from '../db/conversations/sessions.ts';
import { nameOf } from '../domain/errors.ts';
import { forEach, repeat, type Repeating } from './repeat.ts';
import type { RetryNow } from '../temporal/retry-now.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';

export type WakeDeps = {
  connections: Pick<Connections, 'list' | 'settings' | 'reachFollowed'>;
  sessions: Pick<Sessions, 'claimHeld' | 'notWoken'>;
  looks: Pick<Looks, 'countingNow'>;
  signalTicket: SignalTicket;
  retryNow: RetryNow;
  log: Pick<Log, 'info' | 'warn'>;
  /** How often is looked for tickets to wake; two seconds when left out. */
  everyMs?: number;
  /** How many of those held up are woken at a time: after a long pause thousands wait, and an account bears a few a second. */
  atOnce?: number;
};

/**
 * Wakes what had to wait: a ticket that a pause or a broken key has held up gets a hint as soon as neither does (E12, C8), and
 * one that counts since mode, intake or rollout were changed as soon as they are (E2, E7); what was tried in vain while the key
 * was broken is tried again. It goes by what the database says, so that it does not matter who changed the settings or the
 * key, where, or while we were away.
 */
export function wakeTickets(deps: WakeDeps): Repeating {
  const { connections, log, everyMs = 2_000 } = deps;

  const failed = (ids: readonly string[], error: unknown) =>
    log.warn({ connections: ids, reason: nameOf(error) }, 'could not wake waiting tickets; trying again');

  async function look(stopping: AbortSignal): Promise<void> {
    await wakeHeld(deps);
    const wake = async ({ id, state, reachChangedAt }: Connection): Promise<void> => {
      if (state !== 'active' || reachChangedAt === null || (await connections.settings(id)).paused) return;
      await wakeChanged(deps, id, reachChangedAt, stopping);
    };
    await forEach(await connections.list(), stopping, wake, failed);
  }

  return repeat(everyMs, look, (error) => failed([], error));
}

async function wakeHeld({ sessions, signalTicket, log, atOnce = 50 }: WakeDeps): Promise<void> {
  const held = await sessions.claimHeld(atOnce);
  if (held.length === 0) return;
  const outcomes = await Promise.allSettled(
    held.map(({ connectionId, ticketId }) => signalTicket(connectionId, ticketId, { kind: 'reconcile' })),
  );
  const failed = held.filter((_, nth) => outcomes[nth]?.status === 'rejected');
  await sessions.notWoken(failed.map(({ id }) => id));
  if (failed.length < held.length) log.info({ tickets: held.length - failed.length }, 'woke tickets that had to wait');
  if (failed.length > 0)
    log.warn({ tickets: failed.length }, 'could not tell Temporal of tickets that had to wait; trying again');
}

/** A change counts as followed only after all have been told of it. */
async function wakeChanged(deps: WakeDeps, connection: string, changedAt: Date, stopping: AbortSignal): Promise<void> {
  const { connections, looks, signalTicket, retryNow, log } = deps;
  const tickets = await looks.countingNow(connection);
  for (const ticketId of tickets) {
    if (stopping.aborted) return;
    await signalTicket(connection, ticketId, { kind: 'reconcile' });
  }
  await connections.reachFollowed(connection, changedAt);
  if (tickets.length > 0)
    log.info({ connection, tickets: tickets.length }, 'woke the tickets that count since the settings were changed');
  // It asks about each ticket that runs, and what it does not get to is tried again within the minute: nobody waits for it.
  const retried = await retryNow(connection).catch((error: unknown) => {
    log.warn(
      { connection, reason: nameOf(error) },
      'Temporal was not asked about every ticket; its next attempt comes by itself',
    );
    return 0;
  });
  if (retried > 0) log.info({ connection, retried }, 'the key works again: what was tried in vain is tried now');
}
