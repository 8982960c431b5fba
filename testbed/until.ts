import { setTimeout as sleep } from 'node:timers/promises';

/** The first looks come quickly; what takes longer is looked for less often, because looking costs time as well. */
const [FIRST_LOOK_MS, LONGEST_MS, GROWTH] = [5, 100, 1.3];

/** Waits for a condition, because no test waits for a time; says which one did not come true. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  const end = performance.now() + limitMs;
  for (let pauseMs = FIRST_LOOK_MS; !(await holds()); pauseMs = Math.min(LONGEST_MS, pauseMs * GROWTH)) {
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await sleep(pauseMs);
  }
}
