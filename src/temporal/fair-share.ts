import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { WorkerInterceptors } from '@temporalio/worker';

/**
 * Which of two connections' tasks comes first where both wait: Temporal deals them out by this key, where the server has
 * fairness switched on (`matching.enableFairness`), and ignores it elsewhere. A run hands it on to its activities.
 */
export function fairly(connectionId: string): { fairnessKey: string } {
  return { fairnessKey: connectionId };
}

/** Whoever has not been heard of for so long needs no slot kept free. */
const FORGOTTEN_MS = 10 * 60_000;
/** What is told to come later comes back no sooner, and no more often than so many a second. */
const [SOONEST_MS, A_SECOND] = [1_000, 20];

type Connection = { inFlight: number; seenAtMs: number; nextMs: number };

/**
 * Keeps one slow account from taking all slots of a worker (L4): where few are left, a connection that has its share already
 * is told to come back later, in line and at a pace. Where there is one connection only, it has them all.
 */
export function createFairShare(slots: number, now: () => number = Date.now) {
  const keptFree = Math.ceil(slots / 5);
  const connections = new Map<string, Connection>();
  let inFlight = 0;

  function seen(id: string): Connection {
    const known = connections.get(id) ?? { inFlight: 0, seenAtMs: 0, nextMs: 0 };
    connections.set(id, known);
    known.seenAtMs = now();
    return known;
  }

  /** Those that may want a slot. */
  function present(): number {
    for (const [id, { inFlight: busy, seenAtMs }] of connections)
      if (busy === 0 && now() - seenAtMs > FORGOTTEN_MS) connections.delete(id);
    return connections.size;
  }

  return {
    /** Throws a failure that says when to come back; else `action` has a slot until it ends. */
    async within<T>(connectionId: string, action: () => Promise<T>): Promise<T> {
      const connection = seen(connectionId);
      const few = slots - inFlight <= keptFree;
      if (few && connection.inFlight >= Math.max(1, Math.floor(slots / present()))) {
        connection.nextMs = Math.max(now() + SOONEST_MS, connection.nextMs + 1_000 / A_SECOND);
        throw later(connection.nextMs - now());
      }
      connection.inFlight += 1;
      inFlight += 1;
      try {
        return await action();
      } finally {
        connection.inFlight -= 1;
        inFlight -= 1;
      }
    },
  };
}

/** The same around every activity of a worker. */
export function fairShareOf(slots: number): WorkerInterceptors {
  const share = createFairShare(slots);
  return {
    activity: [
      () => ({
        inbound: {
          execute(input, next) {
            const connectionId = connectionOf(input.args[0]);
            return connectionId === null ? next(input) : share.within(connectionId, () => next(input));
          },
        },
      }),
    ],
  };
}

function connectionOf(argument: unknown): string | null {
  if (typeof argument !== 'object' || argument === null || !('connectionId' in argument)) return null;
  return typeof argument.connectionId === 'string' ? argument.connectionId : null;
}

function later(delayMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'Later',
    message: 'other accounts have their turn first',
    nextRetryDelay: Math.ceil(delayMs),
    category: ApplicationFailureCategory.BENIGN,
  });
}
