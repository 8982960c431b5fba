import type { HintKind } from '../domain/signals.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { ActivityDeps, TicketRef } from './deps.ts';
import { speakingTemporal } from './failures.ts';
import { look } from './look.ts';

export type SyncInput = TicketRef & { hints: HintKind[] };

export function createSyncActivities(deps: ActivityDeps) {
  return {
    /** Makes the mirror equal to the ticket, and says where things stand (I1–I6). An operator's hint reads the whole thread. */
    syncTicket: speakingTemporal(async ({ hints, ...ref }: SyncInput): Promise<Snapshot> => {
      const { snapshot } = await look(deps, ref, {
        backfill: hints.includes('backfill'),
        whole: hints.includes('operator'),
      });
      return snapshot;
    }),
  };
}
