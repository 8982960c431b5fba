import type { Connections } from './db/connections.ts';
import { type BackfillControl, BackfillRuns, DEFAULT_DAYS } from './domain/backfill.ts';
import type { ReconcileSchedules } from './temporal/reconcile-schedule.ts';

export type BesideDeps = {
  connections: Pick<Connections, 'settings'>;
  schedules: ReconcileSchedules;
  backfills: BackfillControl;
};

/** C5: what runs beside a connection's tickets: its reconcile schedule, and the first backfill where asked for. */
export function startBeside({ connections, schedules, backfills }: BesideDeps) {
  return async (connectionId: string, { backfill }: { backfill: boolean }): Promise<void> => {
    const { everySeconds } = (await connections.settings(connectionId)).reconcile;
    await schedules.ensure(connectionId, everySeconds);
    if (!backfill) return;
    await backfills.start(connectionId, { days: DEFAULT_DAYS, dryRun: false }).catch((error: unknown) => {
      if (!(error instanceof BackfillRuns)) throw error;
    });
  };
}
