import { expect, test } from '@jest/globals';
import { messageOf, problemsOf, testMessage, type Problem } from '../../../src/domain/alerts.ts';
import type { AttentionItem } from '../../../src/domain/attention.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 9, minute));

function item(changes: Partial<AttentionItem>): AttentionItem {
  return {
    kind: 'unknown_outbound',
    connection: 'shop',
    ticketId: 1,
    since: at(0),
    what: 'A reply to the customer was sent without an answer.',
    whatToDo: 'Look at the ticket in Freshdesk.',
    ...changes,
  };
}

test('many tickets with the same trouble are one problem, told by the newest and the oldest of them', () => {
  const tickets = Array.from({ length: 12 }, (_, index) => item({ ticketId: 100 - index, since: at(30 - index) }));
  expect(problemsOf(tickets)).toEqual([
    {
      kind: 'unknown_outbound',
      connection: 'shop',
      items: 12,
      tickets: [100, 99, 98, 97, 96, 95, 94, 93, 92, 91],
      since: at(19),
      newest: at(30),
      what: 'A reply to the customer was sent without an answer.',
      whatToDo: 'Look at the ticket in Freshdesk.',
    },
  ]);
});

test('another kind, and another connection, is another problem', () => {
  const found = problemsOf([
    item({}),
    item({ connection: 'press' }),
    item({ kind: 'refused_resolve' }),
    item({ kind: 'temporal_unreachable', connection: null, ticketId: null }),
  ]);
  expect(found.map(({ kind, connection, tickets }) => [kind, connection, tickets])).toEqual([
    ['unknown_outbound', 'shop', [1]],
    ['unknown_outbound', 'press', [1]],
    ['refused_resolve', 'shop', [1]],
    ['temporal_unreachable', null, []],
  ]);
});

test('nothing that needs a person is no problem', () => {
  expect(problemsOf([])).toEqual([]);
});

const problem: Omit<Problem, 'newest'> = {
  kind: 'refused_resolve',
  connection: 'shop',
  items: 2,
  tickets: [7, 8],
  since: at(0),
  what: 'The ticket is done.',
  whatToDo: 'Fill in these fields.',
};
const ofNoTicket = { ...problem, items: 1, tickets: [], whatToDo: 'Correct it.' };

test.each([
  [
    'opened',
    problem,
    'opencx-freshdesk, connection shop: problem: 2 × tickets that Freshdesk refuses to resolve (tickets 7, 8). Fill in these fields.',
  ],
  [
    'updated',
    { ...problem, items: 14 },
    'opencx-freshdesk, connection shop: problem, now with more tickets: 14 × tickets that Freshdesk refuses to resolve (tickets 7, 8 …). Fill in these fields.',
  ],
  [
    'resolved',
    problem,
    'opencx-freshdesk, connection shop: resolved: tickets that Freshdesk refuses to resolve (tickets 7, 8).',
  ],
  [
    'opened',
    { ...ofNoTicket, kind: 'broken_connection', what: 'Freshdesk refuses the key.' },
    'opencx-freshdesk, connection shop: problem: the connection is broken; nothing is written and the tickets wait. Freshdesk refuses the key. Correct it.',
  ],
  [
    'opened',
    { ...ofNoTicket, kind: 'disk_space', connection: null, what: 'On web-1 /srv has 0.5 GB left.' },
    'opencx-freshdesk: problem: a disk is nearly full. On web-1 /srv has 0.5 GB left. Correct it.',
  ],
] as const)('%s: the text alone says what, where and what to do', (event, about, text) => {
  expect(messageOf(event, { ...about, tickets: [...about.tickets] })).toEqual({
    event,
    kind: about.kind,
    connection: about.connection,
    count: about.items,
    tickets: about.tickets,
    since: '2026-01-05T09:00:00.000Z',
    text,
  });
});

test.each([
  'unknown_outbound',
  'refused_handoff',
  'failed_copy',
  'unreadable_ticket',
  'unreadable_entries',
  'failing_workflow',
] as const)('%s is told in words', (kind) => {
  expect(messageOf('opened', { ...problem, kind }).text).toMatch(/: 2 × [a-z][\w ,]+[a-z] \(tickets 7, 8\)\. /i);
});

test.each([
  'broken_connection',
  'model_refused',
  'temporal_unreachable',
  'webhook_rules',
  'missed_webhooks',
  'disk_space',
  'clock_off',
] as const)('%s is told with what has it, and no count of tickets', (kind) => {
  expect(messageOf('opened', { ...ofNoTicket, kind, what: 'It is so.' }).text).toMatch(
    /: problem: [a-z][\w ,;'-]+\. It is so\. Correct it\.$/i,
  );
});

test('a test says that it is one', () => {
  expect(testMessage(at(0))).toEqual({
    event: 'test',
    since: '2026-01-05T09:00:00.000Z',
    text: 'opencx-freshdesk: this is a test. Problems will be told here.',
  });
});
