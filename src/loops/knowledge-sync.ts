import type { Logger } from 'pino';
import type { KnowledgeSyncs } from '../db/background/knowledge-syncs.ts';
import type { Connections } from '../db/connections/connections.ts';
import { nameOf } from '../domain/errors.ts';
import { isFreshdeskError } from '../freshdesk/errors.ts';
import { type KnowledgeSyncDeps, syncSolutions } from '../knowledge-import/solutions.ts';
import { repeat, type Repeating } from './repeat.ts';

const HOUR_MS = 3_600_000;

/**
 * Syncs every connection's Solutions once an hour (N4). Whose turn it is stands in the database, so that several processes
 * share the work and a restart neither forgets nor repeats it. A failure is recorded and tried again in the next hour.
 */
export function syncEveryHour({
  syncs,
  connections,
  log,
  everyMs = HOUR_MS,
  lookMs = 60_000,
  ...deps
}: Omit<KnowledgeSyncDeps, 'signal'> & {
  syncs: KnowledgeSyncs;
  connections: Pick<Connections, 'list'>;
  log: Logger;
  everyMs?: number;
  /** How often is looked for connections whose hour is over; the first time after as long. */
  lookMs?: number;
}): Repeating {
  async function look(signal: AbortSignal): Promise<void> {
    for (const { id, state } of await connections.list()) {
      if (signal.aborted || state !== 'active' || !(await syncs.claim(id, everyMs))) continue;
      try {
        const result = await syncSolutions({ ...deps, signal }, id);
        await syncs.ended(id, null);
        log.info({ connection: id, ...result }, 'synced the knowledge with Freshdesk Solutions');
      } catch (error) {
        if (signal.aborted) return syncs.released(id);
        const reason = isFreshdeskError(error) ? error.message : nameOf(error);
        await syncs.ended(id, reason);
        log.warn({ connection: id, reason }, 'could not sync Freshdesk Solutions; trying again in an hour');
      }
    }
  }

  return repeat(
    lookMs,
    look,
    (error) => log.warn({ reason: nameOf(error) }, 'could not look for knowledge to sync'),
    lookMs,
  );
}
