import type { Logger } from 'pino';
import type { Connections } from '../db/connections/connections.ts';
import type { Sessions } from '../db/conversations/sessions.ts';
import { nameOf } from '../domain/errors.ts';
import { repeat, type Repeating } from './repeat.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';

export type WakeDeps = {
  connections: Pick<Connections, 'list' | 'settings'>;
  sessions: Pick<Sessions, 'held' | 'setHeld'>;
  signalTicket: SignalTicket;
  log: Logger;
  /** How often the connections are looked at; two seconds when left out. */
  everyMs?: number;
};

/**
 * Wakes what had to wait (E12, C8): a ticket that a pause or a broken key has held up gets a hint as soon as neither does.
 * It goes by what the database says, so that it does not matter who changed the settings, where, or while we were away.
 */
export function wakeHeldTickets({ connections, sessions, signalTicket, log, everyMs = 2_000 }: WakeDeps): Repeating {
  async function look(stopping: AbortSignal): Promise<void> {
    for (const { id, state } of await connections.list()) {
      const held = await sessions.held(id);
      if (held.length === 0 || state !== 'active' || (await connections.settings(id)).paused) continue;
      for (const session of held) {
        if (stopping.aborted) return;
        await signalTicket(id, session.ticketId, { kind: 'reconcile' });
        await sessions.setHeld(session.id, false);
      }
      log.info({ connection: id, tickets: held.length }, 'woke the tickets that had to wait');
    }
  }

  return repeat(everyMs, look, (error) =>
    log.warn({ reason: nameOf(error) }, 'could not wake waiting tickets; trying again'),
  );
}
