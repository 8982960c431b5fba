import type { Command } from 'commander';
import { settledBefore } from '../domain/outbound.ts';
import { wordsOf } from './error-advice.ts';
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

/**
 * Clears what keeps the AI from a ticket until a person has looked: undecided writes (A5), refused ones (A6), a refused
 * resolution (R2).
 */
export function ticketRetryCommand(deps: CliDeps): Command {
  const retry = command('retry', 'let the AI write again where it could not be told whether it had, or was refused', [
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
    const done = await using(deps, async ({ connections, outbounds, timing, sessions, traces, signalTicket }) => {
      await connections.settings(connection);
      const { undecided: writes, refused } = await outbounds.clear(ref, {
        settledBefore: settledBefore(new Date(), timing),
        refused: true,
      });
      const resolve = await sessions.forgetRefusedResolve(ref);
      await signalTicket(connection, ticketId, { kind: 'operator' }).catch((error: unknown) => {
        throw untold({ ticketId, writes, refused, resolve }, error);
      });
      const status = (await traces.get(connection, ticketId))?.session.status ?? null;
      return { connection, ticketId, writes, refused, resolve, status };
    });
    deps.output.out(json ? toJson(done) : inWords(done));
  });
}

type Cleared = { ticketId: number; writes: number; refused: number; resolve: boolean };

/** What was cleared stays cleared, and nothing has told the ticket's workflow of it. */
function untold(cleared: Cleared, error: unknown): Error {
  const { ticketId } = cleared;
  return new Error(
    `${clearedInWords(cleared)}, but its workflow was not told: ${wordsOf(error)} Then run "ticket sync ${ticketId}"; without it, the ticket goes on with its next change.`,
    { cause: error },
  );
}

function inWords(done: Cleared & { status: string | null }): string {
  const next =
    done.status === 'handed_off'
      ? 'People have the ticket: assign it to the AI agent in Freshdesk to let the AI answer.'
      : 'It is read again now.';
  return `${clearedInWords(done)}. ${next}\n`;
}

function clearedInWords({ ticketId, writes, refused, resolve }: Cleared): string {
  const cleared = [
    ...(writes === 0 ? [] : [`${writes} undecided ${writes === 1 ? 'write' : 'writes'}`]),
    ...(refused === 0 ? [] : [`${refused} refused ${refused === 1 ? 'answer' : 'answers'}`]),
    ...(resolve ? ['a refused resolution'] : []),
  ];
  const what = cleared.length === 0 ? 'Nothing was in the way' : `Cleared: ${cleared.join(', ')}`;
  return `${what} on ticket ${ticketId}`;
}
