import type { Command } from 'commander';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import type { Erased } from '../db/conversations/removal.ts';
import {
  type CliDeps,
  command,
  type CommonOptions,
  type Opened,
  toJson,
  using,
  withConnection,
  withJson,
} from './common.ts';

type Options = CommonOptions & { dryRun?: boolean };

/** Everything of a person from our side, with a line in the audit. Cannot be undone. */
export function contactEraseCommand(deps: CliDeps): Command {
  const erase = command('erase', "remove a person's messages, drafts, files and details from our side, for good", [
    'contact erase mia@customer.example --dry-run',
    'contact erase mia@customer.example',
    'contact erase 0198a3c2-7b1e-7000-8000-000000000000 --connection shop --json',
  ])
    .argument('<contact>', 'an e-mail address, or the id of a contact')
    .option('--dry-run', 'only count what would be removed');
  return withJson(withConnection(erase)).action(async (who: string, { connection, json, dryRun = false }: Options) => {
    const erased = await using(deps, async ({ connections, removal }) => {
      if (!(await hasMirror(connections, connection))) throw new ConnectionNotFound(connection);
      return removal.eraseContact(connection, who, { dryRun });
    });
    if (erased === null)
      throw new Error(`Nobody with that address or id is known on connection "${connection}": nothing to remove.`);
    deps.output.out(json ? toJson({ connection, dryRun, ...erased }) : inWords(erased, dryRun));
  });
}

/** What a removed connection has left may have to be erased, too. */
async function hasMirror(connections: Opened['connections'], id: string): Promise<boolean> {
  return (await connections.get(id)) !== null || (await connections.removed()).some((removed) => removed.id === id);
}

function inWords({ tickets, removed }: Erased, dryRun: boolean): string {
  const { messages, drafts, turns, handoffs, files } = removed;
  const what = `${messages} messages, ${files} files, ${drafts} drafts, and the texts of ${turns} turns and ${handoffs} handoffs`;
  const where = tickets.length === 0 ? 'no tickets' : `tickets ${tickets.join(', ')}`;
  if (dryRun) return `Would remove a contact with ${what} (${where}). Nothing was changed.\n`;
  return [
    `Removed from our side: the contact, ${what} (${where}).`,
    'These tickets are not mirrored or answered any more; a new ticket of the same person is.',
    'Freshdesk is untouched: remove the contact there too.\n',
  ].join('\n');
}
