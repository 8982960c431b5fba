import type { Logger } from 'pino';
import type { Connections } from '../db/connections/connections.ts';
import type { Looks } from '../db/conversations/looks.ts';
import type { Sessions } from '../db/conversations/sessions.ts';
import { nameOf } from '../domain/errors.ts';
import { repeat, type Repeating } from './repeat.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';

export type WakeDeps = {
  connections: Pick<Connections, 'list' | 'settings' | 'reachChanged' | 'reachFollowed'>;
  sessions: Pick<Sessions, 'held' | 'setHeld'>;
  looks: Pick<Looks, 'countingNow'>;
  signalTicket: SignalTicket;
  log: Logger;
  /** How often the connections are looked at; two seconds when left out. */
  everyMs?: number;
};

/**
 * Wakes what had to wait: a ticket that a pause or a broken key has held up gets a hint as soon as neither does (E12, C8), and
 * one that counts since mode, intake or rollout were changed as soon as they are (E2, E7). It goes by what the database says,
 * so that it does not matter who changed the settings, where, or while we were away.
 */
export function wakeTickets(deps: WakeDeps): Repeating {
  const { connections, log, everyMs = 2_000 } = deps;

  async function look(stopping: AbortSignal): Promise<void> {
    for (const { id, state } of await connections.list()) {
      const work = [await heldOf(deps, id), await changedOf(deps, id)].filter((wake) => wake !== null);
      if (work.length === 0 || state !== 'active' || (await connections.settings(id)).paused) continue;
      for (const wake of work) await wake(stopping);
    }
  }

  return repeat(everyMs, look, (error) =>
    log.warn({ reason: nameOf(error) }, 'could not wake waiting tickets; trying again'),
  );
}

type Wake = (stopping: AbortSignal) => Promise<void>;

async function heldOf({ sessions, signalTicket, log }: WakeDeps, connection: string): Promise<Wake | null> {
  const held = await sessions.held(connection);
  if (held.length === 0) return null;
  return async (stopping) => {
    for (const session of held) {
      if (stopping.aborted) return;
      await signalTicket(connection, session.ticketId, { kind: 'reconcile' });
      await sessions.setHeld(session.id, false);
    }
    log.info({ connection, tickets: held.length }, 'woke the tickets that had to wait');
  };
}

/** A change counts as followed only after all have been told of it. */
async function changedOf(deps: WakeDeps, connection: string): Promise<Wake | null> {
  const { connections, looks, signalTicket, log } = deps;
  const changedAt = await connections.reachChanged(connection);
  if (changedAt === null) return null;
  return async (stopping) => {
    const tickets = await looks.countingNow(connection);
    for (const ticketId of tickets) {
      if (stopping.aborted) return;
      await signalTicket(connection, ticketId, { kind: 'reconcile' });
    }
    await connections.reachFollowed(connection, changedAt);
    if (tickets.length > 0)
      log.info({ connection, tickets: tickets.length }, 'woke the tickets that count since the settings were changed');
  };
}
