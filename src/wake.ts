import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Connections } from './db/connections.ts';
import type { Sessions } from './db/sessions.ts';
import type { SignalTicket } from './temporal/signal-ticket.ts';

export type WakeDeps = {
  connections: Pick<Connections, 'list' | 'settings'>;
  sessions: Pick<Sessions, 'waiting'>;
  signalTicket: SignalTicket;
  log: Logger;
  /** How often the connections are looked at; two seconds when left out. */
  everyMs?: number;
};

/**
 * Wakes what had to wait (E12, C8): when a connection's pause ends or its key works again, and once at the start, the
 * tickets with an unanswered customer message get a hint. It reads the database, so that it does not matter who changed the
 * settings, or where.
 */
export function wakeHeldTickets({ connections, sessions, signalTicket, log, everyMs = 2_000 }: WakeDeps): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  /** Connections whose tickets may be waiting for us; unknown ones are. */
  const free = new Set<string>();

  async function look(): Promise<void> {
    for (const connection of await connections.list()) {
      const held = connection.state !== 'active' || (await connections.settings(connection.id)).paused;
      if (held) free.delete(connection.id);
      else if (!free.has(connection.id)) {
        await wake(connection.id);
        free.add(connection.id);
      }
    }
  }

  async function wake(connection: string): Promise<void> {
    const ticketIds = await sessions.waiting(connection);
    for (const ticketId of ticketIds) {
      if (stopping.signal.aborted) return;
      await signalTicket(connection, ticketId, { kind: 'reconcile' });
    }
    if (ticketIds.length > 0) log.info({ connection, tickets: ticketIds.length }, 'woke the tickets that had to wait');
  }

  const done = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => {
        log.warn(
          { reason: error instanceof Error ? error.name : 'unknown' },
          'could not wake waiting tickets; trying again',
        );
      });
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
