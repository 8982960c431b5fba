import { describe, expect, test } from '@jest/globals';
import {
  admits,
  decide,
  LONGEST_BURST_MS,
  nextLookMs,
  type Decision,
  type GateTicket,
} from '../../../src/domain/engagement.ts';
import type { Settings } from '../../../src/domain/settings.ts';
import type { Admission, Responder, SessionStatus } from '../../../src/domain/ticket.ts';
import { HOUR_MS, NOON_MS, SECOND_MS, snapshot, WAITING } from '../../../testbed/domain.ts';

const GROUP = 7;
const intake = (changes: Partial<Settings['intake']> = {}): Settings['intake'] => ({
  autoHandleAll: false,
  defaultGroupId: null,
  onReassign: 'next_message',
  maxAnswerAgeHours: 24,
  exclude: { groupIds: [], productIds: [], tags: [] },
  ...changes,
});
const ticket = (changes: Partial<GateTicket> = {}): GateTicket => ({
  id: 1,
  responder: 'none',
  groupId: null,
  productId: null,
  tags: [],
  ...changes,
});
const rollout = { percent: 100 };
const live = { backfill: false };

describe('the intake gate', () => {
  const cases: [name: string, Partial<Settings['intake']>, Partial<GateTicket>, Admission | null][] = [
    ['E2 auto-handle off: an unassigned ticket does not pass', {}, {}, null],
    ['E2 auto-handle off: a ticket of a person does not pass', {}, { responder: 'person' }, null],
    ['E2 auto-handle off: a ticket assigned to the AI passes', {}, { responder: 'ai' }, 'assigned'],
    ['E2 auto-handle on: an unassigned ticket passes', { autoHandleAll: true }, {}, 'auto_handle'],
    ['E2 auto-handle on: a ticket of a person passes', { autoHandleAll: true }, { responder: 'person' }, 'auto_handle'],
    [
      'E2 auto-handle on: a ticket assigned to the AI is an assigned one',
      { autoHandleAll: true },
      { responder: 'ai' },
      'assigned',
    ],
    ['E2 a ticket in the default group passes', { defaultGroupId: GROUP }, { groupId: GROUP }, 'default_group'],
    [
      'E2 a ticket of a person in the default group passes',
      { defaultGroupId: GROUP },
      { groupId: GROUP, responder: 'person' },
      'default_group',
    ],
    [
      'E2 the default group goes before auto-handle',
      { autoHandleAll: true, defaultGroupId: GROUP },
      { groupId: GROUP },
      'default_group',
    ],
    ['E2 a ticket in another group does not pass', { defaultGroupId: GROUP }, { groupId: 8 }, null],
    ['E2 a ticket without a group does not pass where a default group is set', { defaultGroupId: GROUP }, {}, null],
    ['E2 without a default group, no group is not the default', {}, { groupId: null }, null],
  ];
  test.each(cases)('%s', (_name, settings, changes, expected) => {
    expect(admits({ intake: intake(settings), rollout }, ticket(changes), live)).toBe(expected);
  });

  const exclude = { groupIds: [11], productIds: [22], tags: ['vip', 'legal'] };
  const excluded: [name: string, Partial<GateTicket>][] = [
    ['group', { groupId: 11 }],
    ['product', { productId: 22 }],
    ['tag', { tags: ['new', 'legal'] }],
  ];
  test.each(excluded)('E2 an excluded %s never passes, however the ticket came', (_name, changes) => {
    const settings = { intake: intake({ autoHandleAll: true, defaultGroupId: 11, exclude }), rollout };
    expect(admits(settings, ticket(changes), live)).toBeNull();
    expect(admits(settings, ticket({ ...changes, responder: 'ai' }), live)).toBeNull();
    expect(admits(settings, ticket(changes), { backfill: true })).toBeNull();
  });

  test('E2 what is not excluded passes: other groups, products and tags, and none at all', () => {
    const settings = { intake: intake({ autoHandleAll: true, exclude }), rollout };
    expect(admits(settings, ticket(), live)).toBe('auto_handle');
    expect(admits(settings, ticket({ groupId: 22, productId: 11, tags: ['vips', 'le'] }), live)).toBe('auto_handle');
  });

  test('B3 E2 a backfill hint tracks a ticket whatever the gate says', () => {
    const settings = { intake: intake(), rollout: { percent: 0 } };
    expect(admits(settings, ticket(), { backfill: true })).toBe('backfill');
    expect(admits(settings, ticket({ responder: 'person' }), { backfill: true })).toBe('backfill');
  });

  test('E12 outside the rollout nothing is engaged unasked, and what is assigned to the AI still is', () => {
    const settings = { intake: intake({ autoHandleAll: true, defaultGroupId: GROUP }), rollout: { percent: 0 } };
    expect(admits(settings, ticket(), live)).toBeNull();
    expect(admits(settings, ticket({ groupId: GROUP }), live)).toBeNull();
    expect(admits(settings, ticket({ responder: 'ai' }), live)).toBe('assigned');
  });

  const engaged = (percent: number): number[] =>
    Array.from({ length: 10_000 }, (_, id) => id + 1).filter(
      (id) => admits({ intake: intake({ autoHandleAll: true }), rollout: { percent } }, ticket({ id }), live) !== null,
    );

  test.each([0.1, 0.5, 1, 10, 10.5, 25, 50, 90, 99, 99.5])(
    'E12 a rollout of %d percent engages that share of neighbouring tickets',
    (percent) => {
      expect(Math.abs(engaged(percent).length - percent * 100)).toBeLessThan(25);
    },
  );

  test('E12 which tickets a percent engages is for good: an update takes none out', () => {
    expect(engaged(1).slice(0, 8)).toEqual([52, 104, 156, 208, 260, 312, 364, 772]);
  });

  test('E12 the share is chosen by the ticket id: the same tickets every time, and more of them as it grows', () => {
    const tenth = engaged(10);
    expect(engaged(10)).toEqual(tenth);
    const quarter = new Set(engaged(25));
    expect(tenth.filter((id) => !quarter.has(id))).toEqual([]);
    expect(engaged(0)).toEqual([]);
    expect(engaged(100)).toHaveLength(10_000);
  });
});

describe('who speaks', () => {
  type Given = Parameters<typeof snapshot>[0];
  const says = (given: Given): string => {
    const decision = decide(snapshot(given));
    return decision.kind === 'answer'
      ? `answer ${decision.mode} ${decision.rule}`
      : `${decision.kind} ${decision.rule}`;
  };
  const cases: [name: string, Given, expected: string][] = [
    ['S1 a resolved session ends', { session: { status: 'closed_resolved' } }, 'close S1'],
    ['S3 a spam or deleted session ends', { session: { status: 'closed_unresolved' } }, 'close S3'],
    [
      'S1 a closed session ends also while paused',
      { session: { status: 'closed_resolved' }, settings: { paused: true } },
      'close S1',
    ],
    [
      'S1 a closed session ends also where the channel is off',
      { session: { status: 'closed_resolved', mode: 'off' } },
      'close S1',
    ],
    ['E7 a channel that is off is mirrored only', { session: { mode: 'off' } }, 'silent E7'],
    [
      'E7 a channel that is off is silent also where the AI is assigned',
      { session: { mode: 'off', responder: 'ai' } },
      'silent E7',
    ],
    [
      'E7 off stays off for what the desk wrote',
      { session: { mode: 'off' }, waiting: { writtenByDesk: true } },
      'silent E7',
    ],

    [
      'E4 a ticket assigned to a person silences the AI',
      { session: { responder: 'person', status: 'handed_off' } },
      'silent E4',
    ],
    [
      'E4 a person in charge silences the AI even while the session is still open',
      { session: { responder: 'person' } },
      'silent E4',
    ],
    ['B2 what the backfill alone has brought is mirrored', { session: { mirroredOnly: true } }, 'silent E2'],
    [
      'B2 what the backfill alone has brought is not drafted for either',
      { session: { mirroredOnly: true, mode: 'assist' }, settings: { draftForPeople: true } },
      'silent E2',
    ],
    [
      'B2 E7 people have what the backfill alone has brought: no drafts for them',
      {
        session: { mirroredOnly: true, mode: 'assist', responder: 'person', status: 'handed_off' },
        settings: { draftForPeople: true },
      },
      'silent E4',
    ],
    [
      'B2 E2 an excluded ticket of the backfill stays silent also where the AI is assigned',
      { session: { mirroredOnly: true, responder: 'ai' } },
      'silent E2',
    ],
    ['E4 a ticket assigned to the AI is answered', { session: { responder: 'ai' } }, 'answer autopilot E4'],
    [
      'E4 the AI as responder speaks without auto-handle',
      { session: { responder: 'ai' }, settings: { autoHandleAll: false } },
      'answer autopilot E4',
    ],
    [
      'E6 a session handed off stays silent though the ticket still names the AI',
      { session: { responder: 'ai', status: 'handed_off' } },
      'silent E6',
    ],

    [
      'E5 a shielded ticket of a person is answered in autopilot',
      { session: { responder: 'person', shielded: true } },
      'answer autopilot E5',
    ],
    [
      'E5 a shielded ticket of a person is drafted for in assist',
      { session: { responder: 'person', shielded: true, mode: 'assist' } },
      'answer assist E5',
    ],
    [
      'E5 the shield does not outlive a handoff',
      { session: { responder: 'person', shielded: true, status: 'handed_off' } },
      'silent E4',
    ],

    ['E6 an unassigned ticket is answered under auto-handle', {}, 'answer autopilot E6'],
    ['E6 an unassigned ticket is left alone without auto-handle', { settings: { autoHandleAll: false } }, 'silent E6'],
    [
      'E6 an unassigned ticket in the default group is answered',
      { groupId: GROUP, settings: { autoHandleAll: false, defaultGroupId: GROUP } },
      'answer autopilot E6',
    ],
    [
      'E6 an unassigned ticket in another group is left alone',
      { groupId: 8, settings: { autoHandleAll: false, defaultGroupId: GROUP } },
      'silent E6',
    ],
    [
      'E6 no group is not the default group that nobody set',
      { groupId: null, settings: { autoHandleAll: false } },
      'silent E6',
    ],
    [
      'E6 an unassigned ticket that was handed off is left to people',
      { session: { status: 'handed_off' } },
      'silent E6',
    ],

    [
      'E7 assist drafts where nobody is assigned, also without auto-handle',
      { session: { mode: 'assist' }, settings: { autoHandleAll: false } },
      'answer assist E7',
    ],
    ['E7 assist drafts where the AI is assigned', { session: { mode: 'assist', responder: 'ai' } }, 'answer assist E4'],
    [
      'E7 assist is silent for a person by default',
      { session: { mode: 'assist', responder: 'person', status: 'handed_off' } },
      'silent E4',
    ],
    [
      'E7 assist drafts for a person where asked to, on handed-off sessions too',
      { session: { mode: 'assist', responder: 'person', status: 'handed_off' }, settings: { draftForPeople: true } },
      'answer assist E7',
    ],
    [
      'E7 assist drafts on an unassigned handed-off session where asked to',
      { session: { mode: 'assist', status: 'handed_off' }, settings: { draftForPeople: true } },
      'answer assist E7',
    ],
    [
      'E7 assist is silent on an unassigned handed-off session by default',
      { session: { mode: 'assist', status: 'handed_off' } },
      'silent E6',
    ],
    [
      'E7 drafts for people are for assist: autopilot stays silent for a person',
      { session: { responder: 'person', status: 'handed_off' }, settings: { draftForPeople: true } },
      'silent E4',
    ],
    [
      'E7 drafts for people are for assist: autopilot stays silent after a handoff',
      { session: { status: 'handed_off' }, settings: { draftForPeople: true } },
      'silent E6',
    ],
    [
      'E7 a phone description is drafted for, never answered publicly',
      { session: { channel: 'phone' }, waiting: { writtenByDesk: true } },
      'answer assist E7',
    ],
    [
      'E7 a phone description of a ticket of the AI is drafted for',
      { session: { channel: 'phone', responder: 'ai' }, waiting: { writtenByDesk: true } },
      'answer assist E4',
    ],
    [
      'E7 what a customer wrote on a phone ticket is answered in its mode',
      { session: { channel: 'phone' } },
      'answer autopilot E6',
    ],
    [
      'E10 what somebody in copy has written is drafted for, never answered publicly',
      { waiting: { byOthers: true } },
      'answer assist E10',
    ],
    [
      'E10 also on a ticket of the AI',
      { session: { responder: 'ai' }, waiting: { byOthers: true } },
      'answer assist E10',
    ],
    [
      'E10 in assist it changes nothing',
      { session: { mode: 'assist' }, waiting: { byOthers: true } },
      'answer assist E7',
    ],
    [
      'E10 a person in charge is not talked over for it',
      { session: { responder: 'person', status: 'handed_off' }, waiting: { byOthers: true } },
      'silent E4',
    ],
    ['E7 an outbound e-mail is silent until the customer writes', { waiting: null }, 'silent A1'],

    ['A1 nothing waits: nothing to do', { waiting: null }, 'silent A1'],
    [
      'E4 a person in charge is named before nothing waits',
      { session: { responder: 'person', status: 'handed_off' }, waiting: null },
      'silent E4',
    ],
    ['C8 a broken connection makes turns wait', { connectionActive: false }, 'silent C8'],
    ['E12 paused: turns wait', { settings: { paused: true } }, 'silent E12'],
    ['E12 paused: drafts wait too', { session: { mode: 'assist' }, settings: { paused: true } }, 'silent E12'],
    [
      'E12 paused: what is too old waits too',
      { waiting: { newestAtMs: NOON_MS - 48 * HOUR_MS }, settings: { paused: true } },
      'silent E12',
    ],
    ['C8 broken goes before paused', { connectionActive: false, settings: { paused: true } }, 'silent C8'],
  ];
  test.each(cases)('%s', (_name, given, expected) => expect(says(given)).toBe(expected));

  test('E2 a ticket without a session is nobody’s', () => {
    expect(decide({ ...snapshot(), session: null })).toEqual({ kind: 'ignore', rule: 'E2' });
  });

  test('A1 one answer for all that waits', () => {
    expect(decide(snapshot())).toMatchObject({ fromSeq: WAITING.oldestSeq, throughSeq: WAITING.newestSeq });
  });

  test('every status and responder is decided on, and only an open ticket is answered in autopilot', () => {
    const statuses: SessionStatus[] = ['open', 'handed_off', 'closed_resolved', 'closed_unresolved'];
    const responders: Responder[] = ['none', 'ai', 'person'];
    const answered = statuses.flatMap((status) =>
      responders
        .filter((responder) => decide(snapshot({ session: { status, responder } })).kind === 'answer')
        .map((r) => `${status} ${r}`),
    );
    expect(answered).toEqual(['open none', 'open ai']);
  });
});

describe('E1 how old a question may be', () => {
  const dayMs = 24 * HOUR_MS;
  const aged = (
    newestAtMs: number,
    session: { mode?: 'assist'; aiAssignedAtMs?: number; responder?: Responder } = {},
  ): Decision => decide(snapshot({ session, waiting: { newestAtMs, oldestAtMs: newestAtMs - HOUR_MS } }));

  test('E1 older than the limit is handed off, not answered publicly', () => {
    expect(aged(NOON_MS - dayMs - 1)).toEqual({
      kind: 'handoff',
      rule: 'E1',
      reasons: ['too_old'],
      throughSeq: WAITING.newestSeq,
    });
  });
  test('E1 exactly as old as the limit is answered', () => {
    expect(aged(NOON_MS - dayMs).kind).toBe('answer');
  });
  test('E1 the newest message counts, however old the first one is', () => {
    const waiting = { newestAtMs: NOON_MS - HOUR_MS, oldestAtMs: NOON_MS - 3 * dayMs };
    expect(decide(snapshot({ waiting })).kind).toBe('answer');
  });
  test('E1 in assist it is drafted', () => {
    expect(aged(NOON_MS - 2 * dayMs, { mode: 'assist' })).toMatchObject({ kind: 'answer', mode: 'assist' });
  });
  test('E1 a phone description is drafted, however old', () => {
    const waiting = { newestAtMs: NOON_MS - 2 * dayMs, oldestAtMs: NOON_MS - 2 * dayMs, writtenByDesk: true };
    expect(decide(snapshot({ waiting }))).toMatchObject({ kind: 'answer', mode: 'assist' });
  });
  test('E1 age counts from the assignment to the AI when that is later', () => {
    const session = { responder: 'ai' as const, aiAssignedAtMs: NOON_MS - HOUR_MS };
    expect(aged(NOON_MS - 3 * dayMs, session).kind).toBe('answer');
  });
  test('E1 an assignment before the message does not make it older', () => {
    expect(aged(NOON_MS - HOUR_MS, { responder: 'ai', aiAssignedAtMs: NOON_MS - 3 * dayMs }).kind).toBe('answer');
    expect(aged(NOON_MS - 2 * dayMs, { responder: 'ai', aiAssignedAtMs: NOON_MS - 3 * dayMs }).kind).toBe('handoff');
  });
  test('E1 a message too old on a ticket of a person hands nothing off', () => {
    const session = { responder: 'person' as const, status: 'handed_off' as const };
    expect(decide(snapshot({ session, waiting: { newestAtMs: NOON_MS - 2 * dayMs } })).kind).toBe('silent');
  });
});

describe('A1 when to answer', () => {
  const notBefore = (changes: Parameters<typeof snapshot>[0]): number => {
    const decision = decide(snapshot(changes));
    return decision.kind === 'answer' ? decision.notBeforeMs - NOON_MS : Number.NaN;
  };
  const one = (ageMs: number) => ({ newestAtMs: NOON_MS - ageMs, oldestAtMs: NOON_MS - ageMs });

  test('A1 the first answer waits until the newest message is firstReplyDelay old', () => {
    expect(notBefore({ waiting: one(2 * SECOND_MS) })).toBe(28 * SECOND_MS);
  });
  test('A1 a later answer waits until it is burst old', () => {
    expect(notBefore({ session: { aiWrote: true }, waiting: one(2 * SECOND_MS) })).toBe(6 * SECOND_MS);
  });
  test('A1 a delay that is already over lies in the past', () => {
    expect(notBefore({ waiting: one(31 * SECOND_MS) })).toBe(-1 * SECOND_MS);
  });
  test('A1 no longer than a minute after the first message', () => {
    const waiting = { newestAtMs: NOON_MS, oldestAtMs: NOON_MS - 50 * SECOND_MS };
    expect(notBefore({ waiting })).toBe(10 * SECOND_MS);
    expect(LONGEST_BURST_MS).toBe(60_000);
  });
  test('A1 a longer setting does not keep the first message for more than a minute', () => {
    expect(notBefore({ waiting: one(0), settings: { firstReplyDelayMs: 10 * 60 * SECOND_MS } })).toBe(60 * SECOND_MS);
  });
  test('A1 a delay of zero answers at once', () => {
    expect(notBefore({ waiting: one(0), settings: { firstReplyDelayMs: 0 } })).toBe(0);
  });
  test('A1 drafts wait as replies do', () => {
    expect(notBefore({ session: { mode: 'assist' }, waiting: one(2 * SECOND_MS) })).toBe(28 * SECOND_MS);
  });
});

describe('R1 when the AI may resolve', () => {
  const due = { resolveDueMs: NOON_MS, responder: 'ai' as const, aiWrote: true };
  const says = (given: Parameters<typeof snapshot>[0]): string => {
    const { kind, rule } = decide(snapshot({ waiting: null, ...given }));
    return `${kind} ${rule}`;
  };

  test('R1 once the time has come, and not a moment before', () => {
    expect(says({ session: due })).toBe('resolve R1');
    expect(says({ session: due, atMs: NOON_MS - 1 })).toBe('silent A1');
    expect(says({ session: due, atMs: NOON_MS + 1 })).toBe('resolve R1');
  });
  test('R1 not where nothing is to be resolved', () => {
    expect(says({ session: { ...due, resolveDueMs: null } })).toBe('silent A1');
  });
  test('R1 not while a customer message waits: it is answered', () => {
    expect(says({ session: due, waiting: {} })).toBe('answer E4');
  });
  test('E12 C8 not while paused, and not on a broken connection', () => {
    expect(says({ session: due, settings: { paused: true } })).toBe('silent E12');
    expect(says({ session: due, connectionActive: false })).toBe('silent C8');
  });
  test('R2 also where nobody has the ticket any more and nothing engages it', () => {
    expect(says({ session: { ...due, responder: 'none' }, settings: { autoHandleAll: false } })).toBe('resolve R1');
  });
  test('S1 E7 not on a closed session, and not where the channel is off', () => {
    expect(says({ session: { ...due, status: 'closed_resolved' } })).toBe('close S1');
    expect(says({ session: { ...due, status: 'closed_unresolved' } })).toBe('close S3');
    expect(says({ session: { ...due, mode: 'off' } })).toBe('silent E7');
  });
});

describe('I6 R1 when to look again without a hint', () => {
  const next = (rereadAtMs: number | null, resolveDueMs: number | null): number | null =>
    nextLookMs(snapshot({ session: { rereadAtMs, resolveDueMs } }));

  test('I6 R1 whichever comes first', () => {
    expect(next(NOON_MS + 5, NOON_MS + 7)).toBe(NOON_MS + 5);
    expect(next(NOON_MS + 7, NOON_MS + 5)).toBe(NOON_MS + 5);
    expect(next(NOON_MS + 7, null)).toBe(NOON_MS + 7);
    expect(next(null, NOON_MS + 5)).toBe(NOON_MS + 5);
  });
  test('I6 R1 what is due already was decided about just now', () => {
    expect(next(NOON_MS + 7, NOON_MS)).toBe(NOON_MS + 7);
    expect(next(NOON_MS, NOON_MS - 1)).toBeNull();
  });
  test('I6 never where nothing is due, or nothing is tracked', () => {
    expect(next(null, null)).toBeNull();
    expect(nextLookMs({ ...snapshot(), session: null })).toBeNull();
  });
});
