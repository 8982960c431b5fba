import type { Logger } from 'pino';
import type { Connections } from '../db/connections/connections.ts';
import { nameOf } from '../domain/errors.ts';

/** `doctor` asks whether any came at all (C6): the minute is exact enough. */
const EVERY_MS = 60_000;

/**
 * Takes down when a connection's last webhook came, at most once a minute and never in the way of the answer: nothing is
 * waited for, and what cannot be written is left out.
 */
export function createLastWebhook(
  connections: Pick<Connections, 'sawWebhook'>,
  log: Logger,
  now: () => Date = () => new Date(),
): (connectionId: string) => void {
  const writtenMs = new Map<string, number>();
  return (connectionId) => {
    const at = now();
    if (at.getTime() - (writtenMs.get(connectionId) ?? -Infinity) < EVERY_MS) return;
    writtenMs.set(connectionId, at.getTime());
    connections.sawWebhook(connectionId, at).catch((error: unknown) => {
      writtenMs.delete(connectionId);
      log.debug({ connection: connectionId, reason: nameOf(error) }, 'could not take down when the last webhook came');
    });
  };
}
