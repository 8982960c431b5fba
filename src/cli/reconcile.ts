import type { Command } from 'commander';
import type { ReconcileResult } from '../domain/reconcile.ts';
import type { CliDeps } from './deps.ts';
import { subcommand } from './subcommand.ts';

const SHOWN = 50;
const PATIENCE_MS = 10_000;

/** X2: one pass now. Whether or not something was missing, it has done what it is for. */
export function reconcileCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'reconcile',
    about: 'find what webhooks did not tell, now',
    examples: ['reconcile', 'reconcile --json'],
    connection: true,
    run: ({ connection, json, using }) =>
      using(async ({ reconcileNow }) => {
        const note = 'Still at it: it needs a running worker (serve), and shares the rate limit with it.\n';
        const waiting = setTimeout(() => (json ? undefined : deps.output.err(note)), PATIENCE_MS);
        return reconcileNow(connection).finally(() => clearTimeout(waiting));
      }),
    words: inWords,
  });
}

function inWords({ looked, missing, ticketIds, failed, woken = 0 }: ReconcileResult): string {
  const waited = woken === 0 ? '' : `${woken} waited for an answer with no workflow at work, and are worked now.\n`;
  if (missing === 0) return `Tickets changed since the last pass: ${looked}. Nothing was missing.\n${waited}`;
  const shown = ticketIds.slice(0, SHOWN);
  const more = missing > shown.length ? `, and ${missing - shown.length} more` : '';
  const left = failed === 0 ? '' : `${failed} of them could not be read yet; their workflows go on trying.\n`;
  return `Tickets changed since the last pass: ${looked}. Something was missing of ${missing}, and is fetched now:\n${shown.join(', ')}${more}\n${left}${waited}`;
}
