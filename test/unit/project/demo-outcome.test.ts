import { expect, test } from '@jest/globals';
import { judge, table, type Outcome, type Row } from '../../../demo/outcome.ts';

const EXPECTED: Outcome = {
  replies: ['30 days'],
  drafts: [],
  notes: [],
  status: 'Open',
  assignedTo: 'AI',
  group: null,
  marked: false,
  session: 'open',
  handoffReasons: [],
  routingSteps: [],
  turns: ['replied'],
  covered: true,
  mirrored: true,
  workflow: 'running',
};
const SEEN: Outcome = { ...EXPECTED, replies: ['<p>You have 30 days.</p>'] };
const row = (seen: Outcome | null, failure: string | null = null): Row => ({
  ticketId: 7,
  story: 'a story',
  expected: EXPECTED,
  seen,
  failure,
});

test('a ticket of the demo that ended as scripted passes', () => {
  expect(judge(row(SEEN))).toEqual({ ok: true, faults: [] });
});

test.each<[string, Partial<Outcome>]>([
  ['a second reply', { replies: ['30 days', '30 days'] }],
  ['no reply', { replies: [] }],
  ['a reply that says something else', { replies: ['14 days'] }],
  ['a note nobody asked for', { notes: ['The customer asked for a person.'] }],
  ['a draft beside the reply', { drafts: ['30 days'] }],
  ['another status', { status: 'Closed' }],
  ['another assignee', { assignedTo: 'nobody' }],
  ['a group', { group: 'Billing' }],
  ['a marker', { marked: true }],
  ['a routing that fell back', { routingSteps: ['unassigned_with_marker'] }],
  ['a session handed off', { session: 'handed_off' }],
  ['no session', { session: null }],
  ['a reason to hand off', { handoffReasons: ['low_confidence'] }],
  ['a second turn', { turns: ['replied', 'no_reply'] }],
  ['a message nobody has answered', { covered: false }],
  ['a message that is not in the mirror', { mirrored: false }],
  ['a workflow that failed', { workflow: 'failed' }],
])('the demo fails a ticket with %s, and says where', (_what, difference) => {
  const { ok, faults } = judge(row({ ...SEEN, ...difference }));
  expect(ok).toBe(false);
  expect(faults).toHaveLength(1);
  expect(table([row({ ...SEEN, ...difference })])).toContain(`#7 ${faults[0]}`);
});

test('the demo fails a story that broke off, however its ticket looks', () => {
  expect(judge(row(SEEN, 'waited in vain'))).toEqual({ ok: false, faults: ['waited in vain'] });
  expect(judge(row(null, 'no answer'))).toEqual({ ok: false, faults: ['no answer'] });
  expect(table([row(null)])).toMatch(/unknown +\? of 1 +NO/);
});

test('the table of the demo counts replies and marks what failed', () => {
  const lines = table([row(SEEN), { ...row({ ...SEEN, replies: ['30 days', 'again'] }), ticketId: 8 }]).split('\n');
  expect(lines[0]).toMatch(/^ticket +story +expected +what happened +replies +ok$/);
  expect(lines[2]).toMatch(/^#7 +a story .* 1 of 1 +yes$/);
  expect(lines[3]).toMatch(/^#8 +a story .* 2 of 1 +NO$/);
});
