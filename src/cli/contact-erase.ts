import type { Command } from 'commander';
import type { Erased } from '../db/conversations/removal.ts';
import { confirmed, withYes } from './confirm.ts';
import type { CliDeps } from './deps.ts';
import { type Given, subcommand } from './subcommand.ts';

/** Everything of a person from our side, with a line in the audit. Cannot be undone. */
export function contactEraseCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'erase',
    about: "remove a person's messages, drafts, files and details from our side, for good",
    examples: [
      'contact erase mia@customer.example --dry-run',
      'contact erase mia@customer.example',
      'contact erase 0198a3c2-7b1e-7000-8000-000000000000 --connection shop --yes --json',
    ],
    connection: 'gone', // what a removed connection has left may have to be erased, too
    takes: (erase) =>
      withYes(
        erase
          .argument('<contact>', 'an e-mail address, or the id of a contact')
          .option('--dry-run', 'only count what would be removed'),
      ),
    async run({ args: [who = ''], connection, options, using }: Given<{ dryRun?: true; yes?: true }>) {
      const dryRun = options.dryRun === true;
      const erased = await using(async ({ removal }) => {
        const found = await removal.eraseContact(connection, who, { dryRun: true });
        if (found === null || dryRun) return found;
        await confirmed(deps, options.yes, `A contact with ${amount(found)} is removed from our side, for good.`);
        return removal.eraseContact(connection, who);
      });
      if (erased !== null) return { connection, dryRun, ...erased };
      throw new Error(`Nobody with that address or id is known on connection "${connection}": nothing to remove.`);
    },
    words: inWords,
  });
}

function amount({ tickets, removed }: Erased): string {
  const { messages, drafts, turns, handoffs, files } = removed;
  const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
  const where =
    tickets.length === 0 ? 'no tickets' : `${tickets.length === 1 ? 'ticket' : 'tickets'} ${tickets.join(', ')}`;
  return `${counted(messages, 'message')}, ${counted(files, 'file')}, ${counted(drafts, 'written answer')}, and the texts of ${counted(turns, 'turn')} and ${counted(handoffs, 'handoff')} (${where})`;
}

function inWords({ dryRun, ...erased }: Erased & { dryRun: boolean }): string {
  if (dryRun) return `Would remove a contact with ${amount(erased)}. Nothing was changed.\n`;
  return [
    `Removed from our side: the contact, ${amount(erased)}.`,
    'These tickets are not mirrored or answered any more; a new ticket of the same person is.',
    'Freshdesk is untouched: remove the contact there too.\n',
  ].join('\n');
}
