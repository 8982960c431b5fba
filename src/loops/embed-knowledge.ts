import type { Logger } from 'pino';
import type { Connections } from '../db/connections/connections.ts';
import { nameOf } from '../domain/errors.ts';
import { forEach, repeat, type Repeating } from './repeat.ts';

/** Between two of them the loop looks whether it is to stop. */
const ARTICLES = 5;

const EVERY_MS = 5_000;

/**
 * Embeds what was imported, and everything anew after another model was chosen (N7). Until all is
 * embedded, passages are found by their words alone.
 */
export function embedInBackground({
  connections,
  embed,
  log,
}: {
  connections: Pick<Connections, 'list'>;
  /** Embeds up to so many articles of a connection, and says how many it found. */
  embed: (connectionId: string, limit: number, signal: AbortSignal) => Promise<number>;
  log: Logger;
}): Repeating {
  async function embedAll(id: string, signal: AbortSignal): Promise<void> {
    let done = 0;
    for (let found = ARTICLES; found > 0 && !signal.aborted; done += found) found = await embed(id, ARTICLES, signal);
    if (done > 0) log.info({ connection: id, articles: done }, 'embedded the knowledge');
  }
  const failed = (ids: readonly string[], error: unknown) =>
    log.warn({ connections: ids, reason: nameOf(error) }, 'could not embed the knowledge; trying again');

  return repeat(
    EVERY_MS,
    async (signal) => forEach(await connections.list(), signal, ({ id }) => embedAll(id, signal), failed),
    (error) => failed([], error),
  );
}
