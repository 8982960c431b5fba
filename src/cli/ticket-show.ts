import type { Command } from 'commander';
import type { MessageView } from '../contract/sessions.ts';
import type { TicketTrace } from '../contract/trace.ts';
import type { SessionReads } from '../db/reads/session-reads.ts';
import { ticketWorkflowId } from '../domain/temporal-names.ts';
import { stressed } from './colour.ts';
import type { CliDeps, Opened } from './deps.ts';
import { indented, oneLine, section } from './lines.ts';
import { localTime } from './local-time.ts';
import { type Given, subcommand, ticketIdOf } from './subcommand.ts';
import { threadInWords } from './thread-words.ts';
import { decisionsInWords } from './trace-words.ts';
import { whyUntracked } from './untracked-ticket.ts';

type Options = { text: boolean; all?: true };
type Shown = {
  trace: TicketTrace;
  troubles: string[];
  thread: { items: MessageView[]; earlier: number };
  temporalPage: string | null;
};

/** So many entries of a thread are shown unless all are asked for. */
const MOST_ENTRIES = 20;
const MOST_ITEMS = 1_000;

/** Who speaks on a ticket and why, its thread, and the decision trace (A9). */
export function ticketShowCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'show',
    reads: true,
    about: 'who speaks on a ticket and why, its thread, and what was decided on what grounds',
    examples: ['ticket show 42', 'ticket show 42 --no-text', 'ticket show 42 --connection shop --json'],
    connection: true,
    takes: (show) =>
      show
        .argument('<id>', "the ticket's number in Freshdesk")
        .option('--no-text', 'without what people wrote')
        .option('--all', `the whole thread, not only its last ${MOST_ENTRIES} entries`),
    run({ args: [id], connection, options, json, using }: Given<Options>): Promise<Shown> {
      const ticketId = ticketIdOf(id);
      return using(async (opened) => {
        const trace = await opened.traces.get(connection, ticketId);
        const troubles = await troublesOf(opened, connection, ticketId);
        if (trace === null) throw new Error([...troubles, await whyUntracked(opened, connection, ticketId)].join('\n'));
        const thread = json ? { items: [], earlier: 0 } : await threadOf(opened.sessionReads, trace, options);
        return { trace, troubles, thread, temporalPage: await pageOf(opened, trace) };
      });
    },
    data: ({ trace, troubles, temporalPage }) => ({
      ...trace,
      troubles,
      links: { ...trace.links, temporal: temporalPage },
    }),
    words: (shown, { options: { text } }) => `${inWords(shown, text).join('\n')}\n`,
  });
}

/** L5: what keeps the ticket, or a part of it, from being read. */
async function troublesOf({ attention }: Opened, connection: string, ticketId: number): Promise<string[]> {
  const items = (await attention.everyKind(MOST_ITEMS)).filter(
    (item) => item.connection === connection && item.ticketId === ticketId && item.kind.startsWith('unreadable_'),
  );
  return items.map(({ since, what, whatToDo }) => `since ${localTime(since)}: ${what} ${whatToDo}`);
}

async function threadOf(reads: SessionReads, { session: { id } }: TicketTrace, { all }: Options) {
  const items: MessageView[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<SessionReads['messages']>> = await reads.messages(id, { cursor, limit: 200 });
    items.push(...(page?.items ?? []));
    cursor = page?.nextCursor ?? null;
  } while (cursor !== null);
  const earlier = all === true ? 0 : Math.max(0, items.length - MOST_ENTRIES);
  return { items: items.slice(earlier), earlier };
}

/** The ticket's page in Temporal's Web UI; null where nobody has said where that is. */
async function pageOf({ temporalUi }: Opened, { session }: TicketTrace): Promise<string | null> {
  const ui = await temporalUi();
  return ui === null ? null : `${ui}/${encodeURIComponent(ticketWorkflowId(session.connection, session.ticketId))}`;
}

function inWords({ trace, troubles, thread, temporalPage }: Shown, text: boolean): string[] {
  const { session } = trace;
  const { speaker } = session;
  const earlier = thread.earlier === 0 ? [] : [`… ${thread.earlier} earlier entries: --all shows them`];
  return [
    stressed('bold', `Ticket ${session.ticketId}: ${speaker.words} (${speaker.rule})`),
    ...indented([...troubles, ...facts(trace, temporalPage, text)]),
    ...section('Thread', [...earlier, ...threadInWords(thread.items, { text })]),
    ...section('Decisions', decisionsInWords(trace, { text })),
  ];
}

/** Those that every account has. */
const STATUSES: Record<number, string> = { 2: 'Open', 3: 'Pending', 4: 'Resolved', 5: 'Closed' };
const OWNERS = { ai: 'assigned to the AI agent', human: 'assigned to a person', none: 'assigned to nobody' };

function facts({ session, waiting, links }: TicketTrace, temporalPage: string | null, text: boolean): string[] {
  const { contact } = session;
  const lines: (string | null)[] = [
    session.subject === '' || !text ? null : `subject: ${oneLine(session.subject)}`,
    contact === null
      ? null
      : `from: ${oneLine(`${contact.name ?? ''} <${contact.email ?? contact.phone ?? ''}>`)}, contact ${contact.id}`,
    `${session.status}, ${OWNERS[session.owner]}, ${session.channel}, ${session.mode}, ${STATUSES[session.ticketStatus] ?? `status ${session.ticketStatus}`} in Freshdesk${session.group === null ? '' : `, group ${session.group.name ?? session.group.id}`}`,
    session.tags.length === 0 ? null : `tags: ${session.tags.map(oneLine).join(', ')}`,
    session.erasedAt === null ? null : `erased ${localTime(session.erasedAt)}`,
    waitingLine(session.waitingSince, waiting),
    `last: ${session.decision.words}${session.decision.since === null ? '' : ` (${localTime(session.decision.since)})`}`,
    session.heldSince === null ? null : `held since ${localTime(session.heldSince)}`,
    session.resolveRefused === null
      ? null
      : `resolving was refused: Freshdesk asks for ${session.resolveRefused}; "ticket retry" tries again`,
    session.handoffRefused === null || session.handoffRefusedAt === null
      ? null
      : `handing over was refused ${localTime(session.handoffRefusedAt)}: Freshdesk asks for ${session.handoffRefused}`,
    session.closedAt === null ? null : `closed ${localTime(session.closedAt)} by ${session.closedBy ?? 'us'}`,
    `came in by ${session.admittedBy}, conversation ${session.episode}, covered through ${session.coveredThrough ?? 'nothing'}, read ${localTime(session.lookedAt)}`,
    `Freshdesk: ${links.freshdesk}`,
    temporalPage === null
      ? `Temporal: workflow ${ticketWorkflowId(session.connection, session.ticketId)}`
      : `Temporal: ${temporalPage}`,
  ];
  return lines.filter((line) => line !== null);
}

/** What waits is what the AI has to deal with; what came before, or is for people, only has no turn. */
function waitingLine(since: Date | null, waiting: TicketTrace['waiting']): string {
  const [oldest] = waiting;
  if (oldest === undefined) return 'nothing waits';
  const those = waiting.map(({ freshdeskId }) => freshdeskId).join(', ');
  if (since === null) return `nothing waits for the AI; without an answer of ours: ${those}`;
  return `waits for the AI since ${localTime(since)}: ${those}`;
}
