import type { Logger } from 'pino';
import type { Conditions } from '../db/background/conditions.ts';
import { nameOf } from '../domain/errors.ts';
import { clockTrouble, diskTrouble, type Said, type Space } from '../domain/machine.ts';
import { repeat, type Repeating } from './repeat.ts';

export type WatchMachineDeps = {
  conditions: Pick<Conditions, 'note'>;
  /** What operators know it by. */
  machine: string;
  /** The disks that must not fill up, each by a folder on it. */
  disks(): Promise<{ folder: string; space: Space }[]>;
  /** Our clock less Freshdesk's, ms, as it was last seen; null before that. */
  clockAheadMs(): number | null;
  log: Logger;
  /** How often is looked; a minute when left out. */
  everyMs?: number;
};

/** What a process has said of its machine counts for so many looks: it may be gone. */
const GOOD_FOR = 10;

/** Notes while a disk of this machine is nearly full, and while its clock is not Freshdesk's, so that somebody learns of it. */
export function watchMachine({ everyMs = 60_000, ...deps }: WatchMachineDeps): Repeating {
  const { conditions, machine, log } = deps;
  const noted = new Set<string>();

  async function note(kind: 'disk_space' | 'clock_off', place: string, said: Said | null): Promise<void> {
    const key = `${kind} ${place}`;
    if (said !== null && !noted.has(key)) log.warn({ kind, machine }, said.what);
    if (said === null) noted.delete(key);
    else noted.add(key);
    await conditions.note({ kind, place, connection: null }, said, GOOD_FOR * everyMs);
  }

  async function look(): Promise<void> {
    for (const { folder, space } of await deps.disks()) {
      const place = `${machine} ${folder}`;
      await note('disk_space', place, diskTrouble(`${folder} on ${machine}`, space));
    }
    const aheadMs = deps.clockAheadMs();
    if (aheadMs !== null) await note('clock_off', machine, clockTrouble(machine, aheadMs));
  }

  return repeat(everyMs, look, (error) =>
    log.warn({ reason: nameOf(error) }, 'could not look at the disks and the clock; trying again'),
  );
}
