import type { Command } from 'commander';
import type { CliDeps } from './deps.ts';
import { subcommand, ticketIdOf } from './subcommand.ts';

/** An operator's hint: the ticket's workflow reads the whole thread now, as if Freshdesk had told of a change (W1). */
export function ticketSyncCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'sync',
    about: 'have a ticket looked at now, its whole thread too',
    examples: ['ticket sync 42', 'ticket sync 42 --connection shop'],
    connection: true,
    takes: (sync) => sync.argument('<id>', "the ticket's number in Freshdesk"),
    async run({ args: [id], connection, using }) {
      const ticketId = ticketIdOf(id);
      await using(({ signalTicket }) => signalTicket(connection, ticketId, { kind: 'operator' }));
      return { connection, ticketId, hinted: true };
    },
    words: ({ ticketId }) =>
      `Ticket ${ticketId} is read again now, its whole thread too. "ticket show ${ticketId}" tells what came of it.\n`,
  });
}
