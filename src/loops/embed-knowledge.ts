import type { Logger } from 'pino';
import type { Connections } from '../db/connections/connections.ts';
import { nameOf } from '../domain/errors.ts';
import { repeat, type Repeating } from './repeat.ts';

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
  async function look(signal: AbortSignal): Promise<void> {
    for (const { id } of await connections.list()) {
      let done = 0;
      for (let found = ARTICLES; found > 0 && !signal.aborted; done += found) found = await embed(id, ARTICLES, signal);
      if (done > 0) log.info({ connection: id, articles: done }, 'embedded the knowledge');
    }
  }

  return repeat(EVERY_MS, look, (error) =>
    log.warn({ reason: nameOf(error) }, 'could not embed the knowledge; trying again'),
  );
}
