import { setTimeout as sleep } from 'node:timers/promises';

export type Repeating = { stop(): Promise<void> };

/** Runs `run` now and then every so often, one at a time; what fails is told and tried again. Stopping waits for its end. */
export function repeat(
  everyMs: number,
  run: (stopping: AbortSignal) => Promise<void>,
  failed: (error: unknown) => void,
): Repeating {
  const stopping = new AbortController();
  const done = (async () => {
    while (!stopping.signal.aborted) {
      await run(stopping.signal).catch(failed);
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
