import type { AttentionItem } from './attention.ts';

export type ProblemKind = AttentionItem['kind'];

/** One thing that is wrong, however many tickets have it. Ids, states and field names only. */
export type Problem = {
  kind: ProblemKind;
  /** null where it concerns them all. */
  connection: string | null;
  items: number;
  /** Some of the tickets, those that have had it for the shortest first. */
  tickets: number[];
  since: Date;
  /** Since when the newest of them has it. */
  newest: Date;
  what: string;
  whatToDo: string;
};

/** What a chat or an incident tool is sent. `text` alone says it all, for those that show nothing else. */
export type AlertMessage = {
  event: AlertEvent;
  kind: ProblemKind;
  connection: string | null;
  count: number;
  tickets: number[];
  since: string;
  text: string;
};

/** What an operator has sent to see that messages arrive; nothing is wrong. */
export type TestMessage = { event: 'test'; since: string; text: string };

/** `updated`: more tickets have it since it was last told. */
export type AlertEvent = 'opened' | 'updated' | 'resolved';

const MOST_TICKETS = 10;

const WHAT: Record<ProblemKind, string> = {
  broken_connection: 'the connection is broken; nothing is written and the tickets wait',
  model_refused: 'the AI model refuses our requests; people get the tickets',
  unknown_outbound: 'writes to Freshdesk whose outcome nobody can tell',
  refused_resolve: 'tickets that Freshdesk refuses to resolve',
  refused_handoff: 'tickets for people that Freshdesk refuses to take from the AI agent',
  failed_copy: 'tickets with files that could not be copied',
  unreadable_ticket: 'tickets that cannot be read again and again',
  unreadable_entries: 'tickets with entries that cannot be read and are left out',
  failing_workflow: 'tickets whose workflow fails',
  temporal_unreachable: 'Temporal does not answer; no ticket is worked',
  webhook_rules: "Freshdesk's automation rules do not tell this service of tickets",
  missed_webhooks: 'tickets change and no webhook says so',
  disk_space: 'a disk is nearly full',
  clock_off: "the clock of a machine is not Freshdesk's",
  autopilot_closed: 'too many graded answers were wrong; autopilot leaves drafts again',
};

/** Problems that tickets have; what is said of the others names what has them. */
const OF_TICKETS: ReadonlySet<ProblemKind> = new Set<ProblemKind>([
  'unknown_outbound',
  'refused_resolve',
  'refused_handoff',
  'failed_copy',
  'unreadable_ticket',
  'unreadable_entries',
  'failing_workflow',
]);

export function testMessage(at: Date): TestMessage {
  return {
    event: 'test',
    since: at.toISOString(),
    text: 'opencx-freshdesk: this is a test. Problems will be told here.',
  };
}

/** One problem for each kind and connection. The items come newest first. */
export function problemsOf(items: readonly AttentionItem[]): Problem[] {
  const groups = Map.groupBy(items, ({ kind, connection }) => `${kind} ${connection ?? ''}`);
  return [...groups.values()].flatMap((group) => {
    const [newest, oldest] = [group[0], group.at(-1)];
    if (newest === undefined || oldest === undefined) return [];
    return {
      kind: newest.kind,
      connection: newest.connection,
      items: group.length,
      tickets: group.flatMap(({ ticketId }) => ticketId ?? []).slice(0, MOST_TICKETS),
      since: oldest.since,
      newest: newest.since,
      what: newest.what,
      whatToDo: newest.whatToDo,
    };
  });
}

export function messageOf(
  event: AlertEvent,
  { kind, connection, items, tickets, since, what, whatToDo }: Omit<Problem, 'newest'>,
): AlertMessage {
  const where = connection === null ? '' : `, connection ${connection}`;
  const count = OF_TICKETS.has(kind) && event !== 'resolved' ? `${items} × ` : '';
  const which = tickets.length === 0 ? '' : ` (tickets ${tickets.join(', ')}${items > tickets.length ? ' …' : ''})`;
  const word = { opened: 'problem', updated: 'problem, now with more tickets', resolved: 'resolved' }[event];
  const details = OF_TICKETS.has(kind) ? whatToDo : `${what} ${whatToDo}`;
  const advice = event === 'resolved' ? '' : ` ${details}`;
  return {
    event,
    kind,
    connection,
    count: items,
    tickets,
    since: since.toISOString(),
    text: `opencx-freshdesk${where}: ${word}: ${count}${WHAT[kind]}${which}.${advice}`,
  };
}
