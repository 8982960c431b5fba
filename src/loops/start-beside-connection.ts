import type { Logger } from 'pino';
import type { Connection } from '../db/connections/connection.ts';
import type { Connections } from '../db/connections/connections.ts';
import { type BackfillControl, BackfillRuns, DEFAULT_DAYS } from '../domain/backfill.ts';
import { nameOf } from '../domain/errors.ts';
import { forEach, repeat, type Repeating } from './repeat.ts';
import type { ReconcileSchedules } from '../temporal/reconcile-schedule.ts';

export type BesideDeps = {
  connections: Pick<Connections, 'get' | 'settings' | 'backfillStarted'>;
  schedules: ReconcileSchedules;
  backfills: Pick<BackfillControl, 'start'>;
};

/** C5: what runs beside a connection's tickets: its reconcile schedule, and the first backfill where it was asked for. */
export function startBeside({ connections, schedules, backfills }: BesideDeps) {
  return async (connectionId: string): Promise<void> => {
    const { everySeconds } = (await connections.settings(connectionId)).reconcile;
    await schedules.ensure(connectionId, everySeconds);
    if ((await connections.get(connectionId))?.backfillWanted !== true) return;
    await backfills.start(connectionId, { days: DEFAULT_DAYS, dryRun: false }).catch((error: unknown) => {
      if (!(error instanceof BackfillRuns)) throw error;
    });
    await connections.backfillStarted(connectionId);
  };
}

export type KeepBesideDeps = BesideDeps & {
  connections: Pick<Connections, 'list'>;
  log: Logger;
  /** How often the connections are looked at; two seconds when left out. */
  everyMs?: number;
};

/**
 * Keeps running what runs beside the tickets: a reconcile schedule for every connection, with the interval its settings say
 * (X1), and the first backfill (C5). It goes by what the database says, so that it does not matter who connected an account
 * or changed the settings, where, or what died meanwhile.
 */
export function keepBeside({ log, everyMs = 2_000, ...deps }: KeepBesideDeps): Repeating {
  const { connections, schedules } = deps;
  const start = startBeside(deps);
  const kept = new Map<string, number>();

  const failed = (ids: readonly string[], error: unknown) =>
    log.warn({ connections: ids, reason: nameOf(error) }, 'could not start what runs beside the tickets; trying again');

  async function keep({ id, backfillWanted }: Connection): Promise<void> {
    const { everySeconds } = (await connections.settings(id)).reconcile;
    if (kept.get(id) === everySeconds && !backfillWanted) return;
    await start(id);
    kept.set(id, everySeconds);
  }

  async function look(stopping: AbortSignal): Promise<void> {
    const listed = await connections.list();
    await forEach(listed, stopping, keep, failed);
    for (const id of kept.keys()) {
      if (listed.some((connection) => connection.id === id)) continue;
      await schedules.remove(id);
      kept.delete(id);
    }
  }

  return repeat(everyMs, look, (error) => failed([], error));
}
