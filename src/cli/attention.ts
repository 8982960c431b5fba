import type { Command } from 'commander';
import { type AttentionItem, temporalUnreachable, workflowItem } from '../domain/attention.ts';
import type { CliDeps, Opened } from './deps.ts';
import { indented } from './lines.ts';
import { localTime } from './local-time.ts';
import { subcommand } from './subcommand.ts';

/** As the API lists them. */
const MOST_ITEMS = 200;
/** Each of these costs a request to Temporal. */
const MOST_WORKFLOWS = 50;

/** What needs a person, and what to do; the same as GET /api/attention. */
export function attentionCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'attention',
    reads: true,
    about: 'what needs a person, the newest first, with what to do',
    examples: ['attention', 'attention --json'],
    run: ({ using }) => using(async (opened) => ({ items: await itemsOf(opened) })),
    words: ({ items }) =>
      items.length === 0
        ? 'Nothing needs a person.\n'
        : `${[...items.flatMap(itemLines), '', `${items.length} ${items.length === 1 ? 'thing' : 'things'}. Each goes from here by itself when it is put right.`].join('\n')}\n`,
  });
}

async function itemsOf({ attention, failingWorkflows }: Opened): Promise<AttentionItem[]> {
  const [stored, failing] = await Promise.all([
    attention.list(MOST_ITEMS),
    failingWorkflows(MOST_WORKFLOWS).then(
      (found) => found.map(workflowItem),
      () => [temporalUnreachable(new Date())],
    ),
  ]);
  return [...stored, ...failing]
    .toSorted((one, other) => other.since.getTime() - one.since.getTime())
    .slice(0, MOST_ITEMS);
}

function itemLines({ kind, connection, ticketId, since, what, whatToDo }: AttentionItem): string[] {
  const where = [...(ticketId === null ? [] : [`ticket ${ticketId}`]), ...(connection === null ? [] : [connection])];
  return [`${localTime(since)}  ${[kind, ...where].join(', ')}`, ...indented([what, `What to do: ${whatToDo}`])];
}
