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

/** Does the same for each connection: one that fails keeps no other waiting. Those that have failed are told together. */
export async function forEach<T extends { id: string }>(
  connections: readonly T[],
  stopping: AbortSignal,
  act: (connection: T) => Promise<void>,
  failed: (ids: readonly string[], last: unknown) => void,
): Promise<void> {
  const ids: string[] = [];
  let last: unknown;
  for (const connection of connections) {
    if (stopping.aborted) return;
    await act(connection).catch((error: unknown) => {
      ids.push(connection.id);
      last = error;
    });
  }
  if (ids.length > 0) failed(ids, last);
}
