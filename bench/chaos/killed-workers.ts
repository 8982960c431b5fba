import { setTimeout as sleep } from 'node:timers/promises';
import type { Desk } from '../../testbed/desk.ts';
import { startServiceProcess, type ServiceProcess } from '../../testbed/service-process.ts';
import { randomFrom } from './random.ts';

export type KilledWorkers = {
  /** Kills one after another, each started again at once, spread over that time. */
  kill(times: number, overMs: number): Promise<void>;
  close(): Promise<void>;
};

/** Workers of a desk, each a process of its own, so that a SIGKILL ends it in the middle of whatever it does. */
export async function startKilledWorkers(desk: Desk, count: number, seed: number): Promise<KilledWorkers> {
  const random = randomFrom(seed, -3);
  const start = () => startServiceProcess(desk, 'worker');
  const workers: ServiceProcess[] = await Promise.all(Array.from({ length: count }, start));

  async function killOne(): Promise<void> {
    const place = Math.floor(random.next() * workers.length);
    await workers[place]?.kill();
    workers[place] = await start();
  }

  return {
    async kill(times, overMs) {
      const startedAt = performance.now();
      for (let nth = 0; nth < times; nth += 1) {
        const dueMs = ((nth + random.next()) * overMs) / times;
        await sleep(Math.max(0, startedAt + dueMs - performance.now()));
        await killOne();
      }
    },
    close: async () => void (await Promise.all(workers.map((worker) => worker.kill()))),
  };
}
