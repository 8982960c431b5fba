import type { Log } from '../activities/deps.ts';
import type { Removal } from '../db/conversations/removal.ts';
import { nameOf } from '../domain/errors.ts';
import { repeat, type Repeating } from './repeat.ts';

const DAY_MS = 24 * 3_600_000;

export type RetentionDeps = {
  removal: Pick<Removal, 'claimDue' | 'release' | 'removeClosed'>;
  log: Pick<Log, 'info' | 'error'>;
  now?: () => Date;
};

/** How often is looked whether a day has gone by. */
const EVERY_MS = 600_000;

/** Clears away, once a day, what was closed longer ago than retention.closedSessionsDays; where that is not set, nothing. */
export function keepRetention(deps: RetentionDeps): Repeating {
  return repeat(
    EVERY_MS,
    () => clearClosed(deps),
    (error) => deps.log.error({ reason: nameOf(error) }, 'old sessions could not be cleared away; trying again'),
  );
}

/** When it last ran is in the database: one process a day does it, and one that dies meanwhile leaves it to the next day. */
export async function clearClosed({ removal, log, now = () => new Date() }: RetentionDeps): Promise<void> {
  for (const { connectionId, closedSessionsDays } of await removal.claimDue(DAY_MS)) {
    try {
      const before = new Date(now().getTime() - closedSessionsDays * DAY_MS);
      const removed = await removal.removeClosed(connectionId, before);
      if (removed.sessions > 0) log.info({ connection: connectionId, ...removed }, 'cleared away old closed sessions');
    } catch (error) {
      log.error(
        { connection: connectionId, reason: nameOf(error) },
        'old sessions could not be cleared away; trying again',
      );
      await removal.release(connectionId);
    }
  }
}
