import { Command } from 'commander';
import type { CliDeps } from './common.ts';
import { ticketRetryCommand } from './ticket-retry.ts';
import { ticketShowCommand } from './ticket-show.ts';
import { ticketSyncCommand } from './ticket-sync.ts';

/** One ticket: what happened on it, and what to do when it is stuck. */
export function ticketCommand(deps: CliDeps): Command {
  return new Command('ticket')
    .description('one ticket: what happened on it and why; have it looked at now')
    .addCommand(ticketShowCommand(deps))
    .addCommand(ticketSyncCommand(deps))
    .addCommand(ticketRetryCommand(deps));
}
