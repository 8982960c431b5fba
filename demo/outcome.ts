/** How a ticket ended, or is to end, as the customer, the people in Freshdesk and the operator see it. */
export type Outcome = {
  /** One entry per public reply of the AI, oldest first: its text, or what it has to say. */
  replies: string[];
  /** The same for its drafts, and for its notes on handing over and on resolving. */
  drafts: string[];
  notes: string[];
  /** In Freshdesk. */
  status: string;
  /** `AI`, `nobody`, or the person's name. */
  assignedTo: string;
  /** Name of the group; null for none. */
  group: string | null;
  /** Whether the checkbox says that the AI has handed it over. */
  marked: boolean;
  /** In the API; null when the ticket has no session. */
  session: string | null;
  handoffReasons: string[];
  /** How far each handoff had to fall back to find somebody, as the API tells it. */
  routingSteps: string[];
  /** What became of every turn, those aside that were dropped for something newer. */
  turns: string[];
  /** Whether the newest message of the customer is answered or handed over, and not merely seen. */
  covered: boolean;
  /** Whether the mirror shows every message of the thread. */
  mirrored: boolean;
  workflow: string;
};

export type Row = { ticketId: number; story: string; expected: Outcome; seen: Outcome | null; failure: string | null };
export type Verdict = { ok: boolean; faults: string[] };

const PLAIN = [
  'status',
  'assignedTo',
  'group',
  'marked',
  'session',
  'handoffReasons',
  'routingSteps',
  'turns',
  'covered',
  'mirrored',
  'workflow',
] as const;

/** Whether the ticket ended as scripted; `faults` says in words where it did not. */
export function judge({ expected, seen, failure }: Row): Verdict {
  if (seen === null) return { ok: false, faults: [failure ?? 'nothing is known about it'] };
  const said = (['replies', 'drafts', 'notes'] as const).flatMap((kind) =>
    faultsOfTexts(kind, expected[kind], seen[kind]),
  );
  const plain = PLAIN.filter((key) => JSON.stringify(expected[key]) !== JSON.stringify(seen[key]));
  const faults = [
    ...(failure === null ? [] : [failure]),
    ...said,
    ...plain.map((key) => `${key}: expected ${JSON.stringify(expected[key])}, is ${JSON.stringify(seen[key])}`),
  ];
  return { ok: faults.length === 0, faults };
}

function faultsOfTexts(kind: string, expected: string[], seen: string[]): string[] {
  if (expected.length !== seen.length) return [`${kind}: expected ${expected.length}, are ${seen.length}`];
  return expected.flatMap((words, nth) =>
    seen[nth]?.includes(words) === true ? [] : [`${kind}: number ${nth + 1} does not say “${words}”`],
  );
}

/** The table at the end of the demo, and below it what is wrong. */
export function table(rows: readonly Row[]): string {
  const head = ['ticket', 'story', 'expected', 'what happened', 'replies', 'ok'];
  const cells = rows.map((row) => [
    `#${row.ticketId}`,
    row.story,
    inWords(row.expected),
    row.seen === null ? 'unknown' : inWords(row.seen),
    `${row.seen?.replies.length ?? '?'} of ${row.expected.replies.length}`,
    judge(row).ok ? 'yes' : 'NO',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)));
  const drawn = (line: readonly string[]): string =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const faults = rows.flatMap((row) => judge(row).faults.map((fault) => `#${row.ticketId} ${fault}`));
  return [
    drawn(head),
    drawn(widths.map((width) => '─'.repeat(width))),
    ...cells.map(drawn),
    ...(faults.length === 0 ? [] : ['', ...faults]),
  ].join('\n');
}

function inWords({ drafts, notes, status, assignedTo, group, marked, session, workflow }: Outcome): string {
  return [
    ...(drafts.length === 0 ? [] : [counted(drafts.length, 'draft')]),
    ...(notes.length === 0 ? [] : [counted(notes.length, 'note')]),
    status,
    assignedTo,
    ...(group === null ? [] : [`group ${group}`]),
    ...(marked ? ['marked'] : []),
    workflow === 'running' ? `session ${session?.replaceAll('_', ' ') ?? 'missing'}` : `workflow ${workflow}`,
  ].join(', ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
