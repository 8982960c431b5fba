import type { Command } from 'commander';
import {
  type CliDeps,
  command,
  type CommonOptions,
  ticketIdOf,
  toJson,
  using,
  withConnection,
  withJson,
} from './common.ts';

/** An operator's hint: the ticket's workflow reads the whole thread now, as if Freshdesk had told of a change (W1). */
export function ticketSyncCommand(deps: CliDeps): Command {
  const sync = command('sync', 'have a ticket looked at now, its whole thread too', [
    'ticket sync 42',
    'ticket sync 42 --connection shop',
  ]).argument('<id>', "the ticket's number in Freshdesk");
  return withJson(withConnection(sync)).action(async (id: string, { connection, json }: CommonOptions) => {
    const ticketId = ticketIdOf(id);
    await using(deps, async ({ connections, signalTicket }) => {
      await connections.settings(connection); // says so when there is no such connection
      await signalTicket(connection, ticketId, { kind: 'operator' });
    });
    deps.output.out(
      json
        ? toJson({ connection, ticketId, hinted: true })
        : `Ticket ${ticketId} is read again now, its whole thread too. "ticket show ${ticketId}" tells what came of it.\n`,
    );
  });
}
