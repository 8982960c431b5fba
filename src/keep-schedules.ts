import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Connections } from './db/connections.ts';
import type { ReconcileSchedules } from './temporal/reconcile-schedule.ts';

export type KeepSchedulesDeps = {
  connections: Pick<Connections, 'list' | 'settings'>;
  schedules: ReconcileSchedules;
  log: Logger;
  /** How often the connections are looked at; two seconds when left out. */
  everyMs?: number;
};

/**
 * Keeps a reconcile schedule for every connection, with the interval its settings say (X1, C5). It goes by what the database
 * says, so that it does not matter who connected an account or changed the settings, or where.
 */
export function keepSchedules({ connections, schedules, log, everyMs = 2_000 }: KeepSchedulesDeps): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const kept = new Map<string, number>();

  async function look(): Promise<void> {
    const ids = (await connections.list()).map(({ id }) => id);
    for (const id of ids) {
      const { everySeconds } = (await connections.settings(id)).reconcile;
      if (kept.get(id) === everySeconds) continue;
      await schedules.ensure(id, everySeconds);
      kept.set(id, everySeconds);
    }
    for (const id of kept.keys()) {
      if (ids.includes(id)) continue;
      await schedules.remove(id);
      kept.delete(id);
    }
  }

  const done = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => {
        log.warn(
          { reason: error instanceof Error ? error.name : 'unknown' },
          'could not set the reconcile schedules; trying again',
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
