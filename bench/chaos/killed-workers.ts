import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from '../../testbed/desk.ts';
import { startServiceProcess, type ServiceProcess } from '../../testbed/service-process.ts';
import { randomFrom } from './random.ts';

/** A write counts as dead 5 s after its request's deadline, which is 2 s on a desk. */
const STILL_MS = 10_000;

export type KilledWorkers = {
  /**
   * Kills one after another, each started again at once, spread over that time; every fifth stands still instead, for longer
   * than Temporal waits for it, and then goes on with what it had under way.
   */
  kill(times: number, overMs: number): Promise<void>;
  close(): Promise<void>;
};

/** Workers of a desk, each a process of its own, so that a SIGKILL ends it in the middle of whatever it does. */
export async function startKilledWorkers(desk: Desk, count: number, seed: number): Promise<KilledWorkers> {
  const random = randomFrom(seed, -3);
  const start = () => startServiceProcess(desk, 'worker');
  const workers: ServiceProcess[] = await Promise.all(Array.from({ length: count }, start));

  async function strike(nth: number): Promise<void> {
    const place = Math.floor(random.next() * workers.length);
    if (nth % 5 === 4) {
      workers[place]?.suspend();
      await sleep(STILL_MS);
      workers[place]?.continue();
      return;
    }
    await workers[place]?.kill();
    workers[place] = await start();
  }

  return {
    async kill(times, overMs) {
      const startedAt = performance.now();
      for (let nth = 0; nth < times; nth += 1) {
        const dueMs = ((nth + random.next()) * overMs) / times;
        await sleep(Math.max(0, startedAt + dueMs - performance.now()));
        await strike(nth);
      }
    },
    close: async () => void (await Promise.all(workers.map((worker) => worker.kill()))),
  };
}
