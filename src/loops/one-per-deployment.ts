import { randomUUID } from 'node:crypto';
import type { Log } from '../activities/deps.ts';
import type { LeaseName, Leases } from '../db/background/leases.ts';
import { nameOf } from '../domain/errors.ts';
import { repeat, type Repeating } from './repeat.ts';

export type OnePerDeploymentDeps = {
  leases: Leases;
  name: LeaseName;
  /** Begins what goes on while this process has the lease. */
  start: () => Repeating[];
  log: Pick<Log, 'info' | 'warn'>;
  /** How often the lease is asked for, and kept; 3 s when left out. */
  everyMs?: number;
  /** How long it is kept without being asked for: so long after a crash another process goes on. 10 s when left out. */
  forMs?: number;
};

/**
 * What goes on by itself goes on in one process of a deployment: the one that has the lease. All that it does is claimed in the
 * database as well, so that a process which was suspended, and wakes without its lease, does nothing twice.
 */
export function onePerDeployment(deps: OnePerDeploymentDeps): Repeating {
  const { leases, name, start, log, everyMs = 3_000, forMs = 10_000 } = deps;
  const holder = randomUUID();
  let running: Repeating[] | null = null;

  async function end(): Promise<void> {
    const ended = running ?? [];
    running = null;
    await Promise.all(ended.map((loop) => loop.stop()));
  }

  const asking = repeat(
    everyMs,
    async () => {
      const ours = await leases.hold(name, holder, forMs);
      if (ours && running === null) {
        log.info({ lease: name }, 'this process does what goes on beside the tickets');
        running = start();
      }
      if (!ours && running !== null) await end();
    },
    (error) => log.warn({ lease: name, reason: nameOf(error) }, 'could not ask for a lease; trying again'),
  );
  return {
    async stop() {
      await asking.stop();
      if (running === null) return;
      await end();
      await leases.release(name, holder);
    },
  };
}
