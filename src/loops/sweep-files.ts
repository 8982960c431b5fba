import type { Logger } from 'pino';
import type { Attachments } from '../db/attachments.ts';
import { repeat, type Repeating } from './repeat.ts';
import type { Storage } from '../storage/port.ts';

export type SweepDeps = {
  attachments: Pick<Attachments, 'sweep'>;
  storage: Pick<Storage, 'delete'>;
  log: Logger;
  /** How often it is looked for files that nothing points to; ten minutes when left out. */
  everyMs?: number;
};

/** Removes from the storage what was deleted with its message, contact, article or connection. */
export function sweepFiles({ attachments, storage, log, everyMs = 600_000 }: SweepDeps): Repeating {
  async function sweep(): Promise<void> {
    const files = await attachments.sweep((key) => storage.delete(key));
    if (files > 0) log.info({ files }, 'removed stored files that nothing points to any more');
  }

  return repeat(everyMs, sweep, (error) =>
    log.warn(
      { reason: error instanceof Error ? error.name : 'unknown' },
      'could not remove stored files that nothing points to any more; trying again',
    ),
  );
}
