import type { Command } from 'commander';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import type { ReconcileResult } from '../domain/reconcile.ts';
import { reconcileNow } from '../temporal/reconcile-schedule.ts';
import { type CliDeps, command, type CommonOptions, toJson, using, withConnection, withJson } from './common.ts';

const SHOWN = 50;
const PATIENCE_MS = 10_000;

/** X2: one pass now. Whether or not something was missing, it has done what it is for. */
export function reconcileCommand(deps: CliDeps): Command {
  const reconcile = command('reconcile', 'find what webhooks did not tell, now', ['reconcile', 'reconcile --json']);
  return withJson(withConnection(reconcile)).action((options: CommonOptions) =>
    using(deps, async ({ connections, temporal }) => {
      if ((await connections.get(options.connection)) === null) throw new ConnectionNotFound(options.connection);
      const waiting = setTimeout(
        () => deps.output.err('Still at it: it needs a running worker (serve), and shares the rate limit with it.\n'),
        PATIENCE_MS,
      );
      try {
        const result = await reconcileNow(await temporal(), options.connection);
        deps.output.out(options.json === true ? toJson(result) : inWords(result));
      } finally {
        clearTimeout(waiting);
      }
    }),
  );
}

function inWords({ looked, missing, ticketIds, failed, woken = 0 }: ReconcileResult): string {
  const waited = woken === 0 ? '' : `${woken} waited for an answer with no workflow at work, and are worked now.\n`;
  if (missing === 0) return `Tickets changed since the last pass: ${looked}. Nothing was missing.\n${waited}`;
  const shown = ticketIds.slice(0, SHOWN);
  const more = missing > shown.length ? `, and ${missing - shown.length} more` : '';
  const left = failed === 0 ? '' : `${failed} of them could not be read yet; their workflows go on trying.\n`;
  return `Tickets changed since the last pass: ${looked}. Something was missing of ${missing}, and is fetched now:\n${shown.join(', ')}${more}\n${left}${waited}`;
}
