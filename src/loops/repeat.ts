import { setTimeout as sleep } from 'node:timers/promises';

export type Repeating = { stop(): Promise<void> };

/**
 * Runs `run` now, or `firstAfterMs` from now, and then every so often, one at a time; what fails is told and tried again.
 * Stopping waits for its end.
 */
export function repeat(
  everyMs: number,
  run: (stopping: AbortSignal) => Promise<void>,
  failed: (error: unknown) => void,
  firstAfterMs = 0,
): Repeating {
  const stopping = new AbortController();
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const done = (async () => {
    if (firstAfterMs > 0) await pause(firstAfterMs);
    while (!stopping.signal.aborted) {
      await run(stopping.signal).catch(failed);
      await pause(everyMs);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
