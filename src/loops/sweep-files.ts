import type { Logger } from 'pino';
import type { Attachments } from '../db/conversations/attachments.ts';
import { nameOf } from '../domain/errors.ts';
import { repeat, type Repeating } from './repeat.ts';
import { StorageError, type Storage } from '../storage/port.ts';

export type SweepDeps = {
  attachments: Pick<Attachments, 'sweep'>;
  storage: Pick<Storage, 'delete'>;
  log: Logger;
  /** How often it is looked for files that nothing points to; ten minutes when left out. */
  everyMs?: number;
};

/** Removes from the storage what was deleted with its message, contact, article or connection. */
export function sweepFiles({ attachments, storage, log, everyMs = 600_000 }: SweepDeps): Repeating {
  function warn(error: unknown, files: number | null): void {
    log.warn(
      { ...(files === null ? {} : { files }), reason: reasonOf(error) },
      'could not remove stored files that nothing points to any more; trying again',
    );
  }

  async function sweep(stopping: AbortSignal): Promise<void> {
    const { removed, failures } = await attachments.sweep((key) => storage.delete(key), stopping);
    if (removed > 0) log.info({ files: removed }, 'removed stored files that nothing points to any more');
    if (failures.length > 0) warn(failures[0], failures.length);
  }

  return repeat(everyMs, sweep, (error) => warn(error, null));
}

/** A storage's own words say what to do; others may hold anything. */
function reasonOf(error: unknown): string {
  if (error instanceof StorageError) return error.message;
  return nameOf(error);
}
