import { type Command } from 'commander';
import type { SessionView } from '../contract/sessions.ts';
import type { Page } from '../db/paging.ts';
import { inTable } from './columns.ts';
import type { CliDeps } from './deps.ts';
import { oneLine } from './lines.ts';
import { localTime } from './local-time.ts';
import { type Given, subcommand, UsageError } from './subcommand.ts';

type Options = Record<string, string | true | undefined>;

/** The filters of GET /api/sessions, under the same names with dashes: option, argument, what it keeps. */
const FILTERS: readonly (readonly [flags: string, about: string])[] = [
  ['--status <status>', 'open, handed_off, closed_resolved or closed_unresolved'],
  ['--owner <owner>', 'ai, human or none: whom it is assigned to'],
  ['--channel <channel>', 'email, web, phone or other'],
  ['--waiting', 'the AI has to deal with a customer message'],
  ['--held', 'a pause or a broken key is in the way'],
  ['--reason <reason>', 'handed off for that reason, such as low_confidence'],
  ['--draft <fate>', 'with a draft that is open, or was sent, edited, ignored or superseded'],
  ['--tag <tag>', 'with that tag'],
  ['--group <id>', "the group's number in Freshdesk"],
  ['--contact <who>', "a contact's id, or an e-mail address"],
  ['--q <words>', 'words of the subject or the thread'],
  ['--from <time>', 'created then or later, such as 2026-01-31T08:00:00Z'],
  ['--to <time>', 'created before then'],
  ['--updated-since <time>', 'changed since then'],
  ['--sort <order>', 'changed (default), unchanged, began or waiting'],
  ['--limit <n>', 'so many, up to 200 (default: 50)'],
  ['--cursor <cursor>', 'nextCursor of the page before'],
];

/** Longer subjects are cut. */
const LONGEST_SUBJECT = 60;

/** The tickets that are tracked, by any filter of the API, each with the one line of what the AI did or why it is silent. */
export function ticketListCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'list',
    reads: true,
    about: 'the tickets that are tracked, each with what the AI did last or why it is silent',
    examples: [
      'ticket list --waiting --sort waiting',
      'ticket list --status handed_off --reason low_confidence',
      'ticket list --q "return label" --channel email --json',
    ],
    connection: true,
    takes: (list) => FILTERS.reduce((command, [flags, about]) => command.option(flags, about), list),
    async run({ connection, options, using }: Given<Options>): Promise<Page<SessionView>> {
      const { cursor = null, limit, ...filter } = await queryOf(connection, options);
      return using(({ sessionReads }) => sessionReads.list(filter, { cursor, limit }));
    },
    words: inWords,
  });
}

async function queryOf(connection: string, { json: _json, ...given }: Options) {
  const { sessionsQuery } = await import('../contract/sessions.ts');
  const texts = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value === true ? 'true' : value]),
  );
  const parsed = sessionsQuery.safeParse({ ...texts, connection });
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `--${dashed(String(path[0] ?? ''))} ${message}.`);
  throw new UsageError(wrong.join('\n'));
}

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function inWords({ items, nextCursor }: Page<SessionView>): string {
  if (items.length === 0) return 'No tracked ticket is like that.\n';
  const rows = items.map(({ ticketId, updatedAt, channel, status, decision, subject }) => [
    String(ticketId),
    localTime(updatedAt),
    channel,
    status,
    oneLine(decision.words),
    cut(oneLine(subject)),
  ]);
  const more = nextCursor === null ? '' : `, and more: --cursor ${nextCursor} shows the next`;
  return `${inTable(['ticket', 'changed', 'channel', 'status', 'what the AI did', 'subject'], rows)}${items.length} ${items.length === 1 ? 'ticket' : 'tickets'}${more}.\n`;
}

function cut(text: string): string {
  return text.length > LONGEST_SUBJECT ? `${text.slice(0, LONGEST_SUBJECT - 1).toWellFormed()}…` : text;
}
