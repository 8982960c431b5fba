import type { Command } from 'commander';
import type { AuditEntry } from '../contract/audit.ts';
import { inColumns } from './columns.ts';
import type { CliDeps } from './deps.ts';
import { localTime } from './local-time.ts';
import { asTyped, valueAt } from './setting-path.ts';
import { type Given, subcommand, wholeNumber } from './subcommand.ts';

type Options = { limit: number };
type History = { items: AuditEntry[]; more: boolean };

/** Who changed which setting, when, from what to what. */
export function settingsHistoryCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'history',
    reads: true,
    about: 'who changed which setting, when, from what to what; the newest first',
    examples: ['settings history', 'settings history channels.email', 'settings history --limit 5 --json'],
    connection: true,
    takes: (history) =>
      history
        .argument('[path]', 'only changes of this setting, or below it')
        .option('--limit <n>', 'so many changes', wholeNumber(1, 200), 20),
    run({ args: [path], connection, options: { limit }, using }: Given<Options>): Promise<History> {
      return using(async ({ audit, connections }) => {
        if (path !== undefined) valueAt(await connections.settings(connection), path);
        const filter = { connection, what: 'settings_changed' as const };
        const page = { cursor: null, limit };
        const { items, nextCursor } = await audit.list(
          { ...filter, ...(path === undefined ? {} : { setting: path }) },
          page,
        );
        return { items, more: nextCursor !== null };
      });
    },
    words: inWords,
  });
}

function inWords({ items, more }: History): string {
  const [newest] = items;
  const last = newest?.changes.at(-1);
  if (newest === undefined || last === undefined) return 'No setting was changed yet.\n';
  const rows = items.flatMap(({ at, who, changes }) =>
    changes.map(({ path, old, new: value }, index) => [
      ...(index === 0 ? [localTime(at), who] : ['', '']),
      `${path}: ${asTyped(old)} → ${asTyped(value)}`,
    ]),
  );
  return [
    inColumns(rows),
    more ? 'There are more: --limit 200 shows them.\n' : '',
    `The last one is undone by: opencx-freshdesk settings set ${last.path} ${forShell(asTyped(last.old))}\n`,
  ].join('');
}

/** As one word of a POSIX shell. */
function forShell(text: string): string {
  return /^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
