import { describe, expect, test } from '@jest/globals';
import { isGivenBack, leavesUndecidedBehind, leftOpen } from '../../../src/domain/given-back.ts';
import type { SessionState } from '../../../src/domain/session.ts';
import type { SeenMessage } from '../../../src/domain/thread.ts';
import { ai, customer, NOON_MS, note, person, SECOND_MS, session, takesOver } from '../../../testbed/domain.ts';

describe('A5 what leaves undecided writes behind', () => {
  type Case = [what: string, before: Partial<SessionState> | null, after: Partial<SessionState>, behind: boolean];
  const cases: Case[] = [
    ['a ticket whose session was removed', null, {}, true],
    ['nothing: it is as it was', { responder: 'ai' }, { responder: 'ai' }, false],
    ['nothing: nobody has it', {}, {}, false],
    ['given back after a handoff', { status: 'handed_off' }, { responder: 'ai' }, true],
    ['given back by a person', { status: 'handed_off', responder: 'person' }, { responder: 'ai' }, true],
    ['assigned to the AI while it is open', {}, { responder: 'ai' }, true],
    ['assigned to the AI, and closed', {}, { status: 'closed_resolved', responder: 'ai' }, false],
    ['unassigned while people have it', { status: 'handed_off', responder: 'person' }, { status: 'handed_off' }, false],
    ['handed off', {}, { status: 'handed_off' }, false],
    ['closed', { status: 'handed_off' }, { status: 'closed_resolved' }, false],
    ['opened again after it was resolved', { status: 'closed_resolved' }, {}, true],
    ['taken by a person after it was resolved', { status: 'closed_resolved' }, { status: 'handed_off' }, false],
    ['out of the spam folder', { status: 'closed_unresolved' }, {}, false],
    ['out of the trash, and assigned to the AI', { status: 'closed_unresolved' }, { responder: 'ai' }, true],
  ];
  test.each(cases)('%s', (_what, before, after, behind) => {
    const earlier = before === null ? null : session(before);
    expect(leavesUndecidedBehind(earlier, session(after))).toBe(behind);
  });

  test('E4 only an assignment to the AI gives a ticket back', () => {
    expect(isGivenBack(session({ status: 'handed_off' }), session({ responder: 'ai' }))).toBe(true);
    expect(isGivenBack(session({ status: 'closed_resolved' }), session())).toBe(false);
    expect(isGivenBack(null, session({ responder: 'ai' }))).toBe(false);
    const resolved = session({ status: 'closed_resolved', responder: 'ai' });
    expect(isGivenBack(resolved, session({ responder: 'ai' }))).toBe(true); // opened again while it is the AI agent's
  });
});

describe('E4 what a give-back leaves open', () => {
  const draft = (seq: number) => ai(seq, { visibility: 'private', kind: 'note', writtenAs: 'draft' });
  type Case = [what: string, messages: SeenMessage[], coveredThrough: number, open: number[]];
  const cases: Case[] = [
    ['what came since the last answer', [customer(0), ai(1), customer(2), customer(3)], 3, [2, 3]],
    ['all of it, where nobody has answered', [customer(0), customer(2)], 2, [0, 2]],
    ['not what a person has answered', [customer(0), person(1)], 0, []],
    ['not what the AI has drafted for', [customer(0), draft(1)], 0, []],
    ['also what a note or the word that a person takes over came after', [customer(0), note(1), takesOver(2)], 0, [0]],
    ['not what is answered next', [customer(0), customer(4)], 0, [0]],
    ['not what nobody answers', [customer(0, { answerable: false })], 0, []],
    ['not what came before the connection', [customer(0, { createdAtMs: NOON_MS - SECOND_MS })], 0, []],
  ];
  test.each(cases)('%s', (_what, messages, coveredThrough, open) => {
    expect(leftOpen({ coveredThrough }, messages, NOON_MS).map(({ seq }) => seq)).toEqual(open);
  });
});
