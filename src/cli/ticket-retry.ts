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

/** Clears what keeps the AI from a ticket until a person has looked: undecided writes (A5), a refused resolution (R2). */
export function ticketRetryCommand(deps: CliDeps): Command {
  const retry = command('retry', 'let the AI write again where it could not be told whether it had', [
    'ticket retry 42',
    'ticket retry 42 --json',
  ])
    .argument('<id>', "the ticket's number in Freshdesk")
    .addHelpText(
      'before',
      'Look at the ticket in Freshdesk first: what is cleared here is written again, unless the thread shows it.\n',
    );
  return withJson(withConnection(retry)).action(async (id: string, { connection, json }: CommonOptions) => {
    const ticketId = ticketIdOf(id);
    const ref = { connectionId: connection, ticketId };
    const done = await using(deps, async ({ connections, outbounds, sessions, traces, signalTicket }) => {
      await connections.settings(connection);
      const writes = await outbounds.clearUndecided(ref);
      const resolve = await sessions.forgetRefusedResolve(ref);
      await signalTicket(connection, ticketId, { kind: 'operator' });
      const status = (await traces.get(connection, ticketId))?.session.status ?? null;
      return { connection, ticketId, writes, resolve, status };
    });
    deps.output.out(json ? toJson(done) : inWords(done));
  });
}

function inWords(done: { ticketId: number; writes: number; resolve: boolean; status: string | null }): string {
  const { ticketId, writes, resolve, status } = done;
  const cleared = [
    ...(writes === 0 ? [] : [`${writes} undecided ${writes === 1 ? 'write' : 'writes'}`]),
    ...(resolve ? ['a refused resolution'] : []),
  ];
  const what = cleared.length === 0 ? 'Nothing was in the way' : `Cleared: ${cleared.join(', ')}`;
  const next =
    status === 'handed_off'
      ? 'People have the ticket: assign it to the AI agent in Freshdesk to let the AI answer.'
      : 'It is read again now.';
  return `${what} on ticket ${ticketId}. ${next}\n`;
}
