import type { Command } from 'commander';
import { clearForRetry } from '../db/turns/retry.ts';
import { settledBefore } from '../domain/outbound.ts';
import type { CliDeps } from './deps.ts';
import { subcommand, ticketIdOf } from './subcommand.ts';

/**
 * Clears what keeps the AI from a ticket until a person has looked: undecided writes (A5), refused ones (A6), a refused
 * resolution (R2).
 */
export function ticketRetryCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'retry',
    about: 'let the AI write again where it could not be told whether it had, or was refused',
    examples: ['ticket retry 42', 'ticket retry 42 --json'],
    connection: true,
    takes: (retry) =>
      retry
        .argument('<id>', "the ticket's number in Freshdesk")
        .addHelpText(
          'before',
          'Look at the ticket in Freshdesk first: what is cleared here is written again, unless the thread shows it.\n',
        ),
    run: ({ args: [id], connection, using }) => {
      const ticketId = ticketIdOf(id);
      return using(async ({ outbounds, timing, sessions, traces, signalTicket }) => {
        const { writes, refused, resolve } = await clearForRetry(
          { outbounds, sessions },
          { connectionId: connection, ticketId },
          settledBefore(new Date(), timing),
        );
        await signalTicket(connection, ticketId, { kind: 'operator' }).catch(async (error: unknown) => {
          throw await untold({ ticketId, writes, refused, resolve }, error);
        });
        const status = (await traces.get(connection, ticketId))?.session.status ?? null;
        return { connection, ticketId, writes, refused, resolve, status };
      });
    },
    words: inWords,
  });
}

type Cleared = { ticketId: number; writes: number; refused: number; resolve: boolean };

/** What was cleared stays cleared, and nothing has told the ticket's workflow of it. */
async function untold(cleared: Cleared, error: unknown): Promise<Error> {
  const { ticketId } = cleared;
  const { wordsOf } = await import('./error-advice.ts');
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
