import { describe, expect, test } from '@jest/globals';
import {
  follow,
  isClosed,
  isMirroredOnly,
  isShielded,
  needsClosingTime,
  newSession,
  resolveDueMs,
  waitingMessages,
  type Observation,
  type SessionState,
} from '../../../src/domain/session.ts';
import { NOTHING } from '../../../src/domain/thread.ts';
import type { Admission, SessionStatus } from '../../../src/domain/ticket.ts';
import {
  HOUR_MS,
  NOON_MS,
  SECOND_MS,
  ai,
  customer,
  fresh,
  note,
  observation,
  person,
  session,
  takesOver,
} from '../../../testbed/domain.ts';

const RESOLVED = 4;
const CLOSED = 5;

/** A session that is the AI's affair and that the AI has written on: nothing shields it. */
const worked = (changes: Partial<SessionState> = {}): SessionState => session({ aiWrote: true, ...changes });
const handedOff = (changes: Partial<SessionState> = {}): SessionState => worked({ status: 'handed_off', ...changes });
const look = (
  previous: SessionState | null,
  seen: Parameters<typeof observation>[0],
  admittedBy: Admission = 'auto_handle',
) => follow(previous, admittedBy, observation(seen));
const waitingSeqs = (state: SessionState, messages: Observation['messages'], floorMs = 0): number[] =>
  waitingMessages(state, messages, floorMs).map(({ seq }) => seq);

describe('what waits', () => {
  test('E1 a message from before the floor is never answered, one of that very moment is', () => {
    const messages = [customer(1), customer(2), customer(3)];
    expect(waitingSeqs(session(), messages, NOON_MS + 2 * SECOND_MS)).toEqual([2, 3]);
  });
  test('what is covered does not wait, and what comes after it does', () => {
    expect(waitingSeqs(session({ coveredThrough: 2 }), [customer(1), customer(2), customer(3)])).toEqual([3]);
  });
  test('the description waits on a new ticket', () => {
    expect(waitingSeqs(session(), [customer(0)])).toEqual([0]);
  });
  test('E8 what is never answered does not wait', () => {
    expect(waitingSeqs(session(), [customer(1, { answerable: false }), person(2), note(3), ai(4)])).toEqual([]);
  });
});

describe('a new session', () => {
  test.each<Admission>(['assigned', 'auto_handle', 'default_group', 'backfill'])(
    'I1 admitted by %s: open, first episode, nothing covered',
    (admittedBy) => {
      const state = follow(
        null,
        admittedBy,
        observation({ ticket: { status: 3, responder: admittedBy === 'assigned' ? 'ai' : 'none' } }),
      );
      expect(state).toMatchObject({
        status: 'open',
        admittedBy,
        episode: 1,
        coveredThrough: NOTHING,
        ticketStatus: 3,
        aiWrote: false,
        personStepped: false,
        closedThrough: null,
        closure: null,
        closedBy: null,
      });
    },
  );
  test('E4 a ticket that a person already has is handed off, and covered', () => {
    expect(
      look(null, { ticket: { responder: 'person' }, messages: [customer(0), customer(4)] }, 'backfill'),
    ).toMatchObject({ status: 'handed_off', coveredThrough: 4 });
  });
  test('S1 a ticket that was resolved before is closed at once', () => {
    expect(look(null, { ticket: { status: RESOLVED }, resolvedAtMs: NOON_MS + HOUR_MS }, 'backfill')).toMatchObject({
      status: 'closed_resolved',
      closedBy: 'freshdesk',
      closedThrough: 0,
    });
  });
  test('the session remembers how it was admitted, whatever the gate says now', () => {
    expect(follow(session({ admittedBy: 'assigned' }), 'backfill', observation()).admittedBy).toBe('assigned');
  });
});

describe('B2 what the backfill has mirrored', () => {
  const gate = { admission: 'auto_handle' as const, floorMs: NOON_MS };
  const old = customer(0, { createdAtMs: NOON_MS - HOUR_MS });
  const mirrored = session({ admittedBy: 'backfill' });
  const then = (changes: Parameters<typeof observation>[0]) =>
    follow(mirrored, 'backfill', observation({ messages: [old, fresh(customer(4))], floorMs: NOON_MS, ...changes }));

  test('E2 is let in by the gate when its customer writes, and not before', () => {
    expect(then({ gate, messages: [old] })).toMatchObject({ admittedBy: 'backfill' });
    expect(then({ gate: null })).toMatchObject({ admittedBy: 'backfill', coveredThrough: NOTHING });
    expect(then({ gate })).toMatchObject({ admittedBy: 'auto_handle', coveredThrough: NOTHING });
  });

  test('E1 is not let in for a message from before auto-handle was switched on', () => {
    const later = { ...gate, floorMs: NOON_MS + HOUR_MS };
    expect(then({ gate: later })).toMatchObject({ admittedBy: 'backfill' });
  });

  test('E4 E5 an older ticket has no shield: who is assigned when its customer writes is a person', () => {
    const taken = then({ gate, ticket: { responder: 'person' } });
    expect(taken).toMatchObject({ admittedBy: 'auto_handle', status: 'handed_off', coveredThrough: 4 });
    expect(isShielded(taken)).toBe(false);
  });

  test('E5 a ticket that came while the backfill ran has the shield of a new one', () => {
    const seen = observation({ gate, ticket: { responder: 'person' }, messages: [fresh(customer(0))] });
    expect(follow(null, 'backfill', seen)).toMatchObject({ admittedBy: 'auto_handle', status: 'open' });
  });

  test('is not let in while the AI is at work on it since before this was asked for: nothing changes for it', () => {
    const known = session({ admittedBy: 'backfill', aiWrote: true });
    expect(isMirroredOnly(known)).toBe(false);
    expect(follow(known, 'backfill', observation({ gate }))).toMatchObject({ admittedBy: 'backfill' });
  });
});

describe('E3 a tracked ticket is followed', () => {
  test.each([2, 3, 6, 77])('S1 status %i keeps the session open, custom and unknown ones too', (status) => {
    expect(look(worked(), { ticket: { status } })).toMatchObject({ status: 'open', ticketStatus: status });
  });
  test('E3 status and responder keep syncing after a person has taken over', () => {
    expect(look(handedOff({ responder: 'person' }), { ticket: { responder: 'person', status: 3 } })).toMatchObject({
      status: 'handed_off',
      ticketStatus: 3,
      responder: 'person',
    });
  });
  test('a look that shows nothing new changes nothing', () => {
    const before = worked({ coveredThrough: 0, responder: 'ai', aiAssignedAtMs: NOON_MS });
    expect(look(before, { ticket: { responder: 'ai' }, messages: [customer(0), ai(1)] })).toEqual(before);
  });
});

describe('E4 assignment is the switch', () => {
  test('E4 a ticket assigned to a person silences the AI: handed off', () => {
    expect(look(worked(), { ticket: { responder: 'person' } }).status).toBe('handed_off');
  });
  test('E4 what is mirrored while a person owns the ticket is covered', () => {
    const state = look(handedOff({ responder: 'person', coveredThrough: 0 }), {
      ticket: { responder: 'person' },
      messages: [customer(0), fresh(customer(3)), note(4)],
    });
    expect(state.coveredThrough).toBe(3);
  });
  test('E4 a message that is never answered is covered with the others', () => {
    const state = look(handedOff({ coveredThrough: 0 }), {
      ticket: { responder: 'person' },
      messages: [customer(0), customer(3, { answerable: false })],
    });
    expect(state.coveredThrough).toBe(3);
  });
  test('E4 given back, the session is open again, a new episode, and the next customer message is answered', () => {
    const messages = [customer(0), customer(2), customer(4)];
    const before = handedOff({ responder: 'person', coveredThrough: 4 });
    const state = look(before, { ticket: { responder: 'ai' }, messages });
    expect(state).toMatchObject({ status: 'open', episode: 2, coveredThrough: 4, responder: 'ai' });
    expect(waitingSeqs(state, messages)).toEqual([]);
    expect(waitingSeqs(state, [...messages, customer(5)])).toEqual([5]);
  });
  test('E4 a message first seen together with the give-back waits', () => {
    const messages = [customer(0), customer(2), fresh(customer(4))];
    const state = look(handedOff({ responder: 'person', coveredThrough: 2 }), {
      ticket: { responder: 'ai' },
      messages,
    });
    expect(waitingSeqs(state, messages)).toEqual([4]);
  });
  test('E4 given back without a person in between: unassigned by the handoff, then assigned to the AI', () => {
    expect(look(handedOff({ responder: 'none' }), { ticket: { responder: 'ai' } })).toMatchObject({
      status: 'open',
      episode: 2,
    });
  });
  test('E4 seeing the AI as responder again and again is one give-back', () => {
    const first = look(handedOff({ responder: 'person' }), { ticket: { responder: 'ai' } });
    expect(look(first, { ticket: { responder: 'ai' } }).episode).toBe(2);
  });
  test('E4 handed off while the ticket still names the AI: that is no give-back', () => {
    expect(look(handedOff({ responder: 'ai' }), { ticket: { responder: 'ai' } })).toMatchObject({
      status: 'handed_off',
      episode: 1,
    });
  });
  test('E4 assigned to the AI without a handoff before is no new episode', () => {
    expect(look(session(), { ticket: { responder: 'ai' } })).toMatchObject({ status: 'open', episode: 1 });
  });

  const givenBack = (messages: Observation['messages'], coveredThrough: number): number[] => {
    const seen = { ticket: { responder: 'ai' as const }, messages, onReassign: 'waiting' as const };
    return waitingSeqs(look(handedOff({ responder: 'person', coveredThrough }), seen), messages);
  };
  test('E4 onReassign waiting: what came after the last public reply is answered', () => {
    expect(givenBack([customer(0), person(1), customer(2), customer(3)], 3)).toEqual([2, 3]);
  });
  test('E4 onReassign waiting: the last public reply may be the AI’s', () => {
    expect(givenBack([customer(0), person(1), customer(2), ai(3), customer(4)], 4)).toEqual([4]);
    expect(givenBack([customer(0), person(1), customer(2), ai(3, { writtenAs: null }), customer(4)], 4)).toEqual([4]);
  });
  test('E4 H9 onReassign waiting: that a person takes over is no reply', () => {
    expect(givenBack([customer(0), person(1), customer(2), takesOver(3)], 2)).toEqual([2]);
  });
  test('E4 onReassign waiting: notes and forwards are no replies', () => {
    expect(
      givenBack(
        [
          customer(0),
          person(1),
          customer(2),
          note(3),
          person(4, { kind: 'forward' }),
          ai(5, { visibility: 'private', kind: 'note' }),
        ],
        2,
      ),
    ).toEqual([2]);
  });
  test('E4 onReassign waiting: a public note is no reply', () => {
    expect(givenBack([customer(0), customer(2), note(3, { visibility: 'public' })], 2)).toEqual([0, 2]);
  });
  test('E4 onReassign waiting: without any reply everything is answered', () => {
    expect(givenBack([customer(0), customer(2)], 2)).toEqual([0, 2]);
  });
  test('E4 onReassign waiting: nothing came after the last reply, nothing waits', () => {
    expect(givenBack([customer(0), customer(2), person(3)], 2)).toEqual([]);
  });
  test('E4 onReassign waiting counts once, at the give-back', () => {
    const messages = [customer(0), person(1), customer(2)];
    const seen = { ticket: { responder: 'ai' as const }, messages, onReassign: 'waiting' as const };
    const back = look(handedOff({ responder: 'person', coveredThrough: 2 }), seen);
    const answered = { ...back, coveredThrough: 2 };
    expect(look(answered, seen).coveredThrough).toBe(2);
  });
});

describe('E5 the shield', () => {
  test.each<[Admission, boolean]>([
    ['auto_handle', true],
    ['default_group', true],
    ['assigned', false],
    ['backfill', false],
  ])('E5 a ticket admitted by %s is shielded: %s', (admittedBy, shielded) => {
    expect(isShielded(newSession(admittedBy))).toBe(shielded);
  });
  test.each<Admission>(['auto_handle', 'default_group'])(
    'E5 %s: a round-robin assignment before the first AI write silences nothing',
    (admittedBy) => {
      const state = look(null, { ticket: { responder: 'person' } }, admittedBy);
      expect(state).toMatchObject({ status: 'open', coveredThrough: NOTHING });
      expect(isShielded(state)).toBe(true);
      expect(look(state, { ticket: { responder: 'person' } }).status).toBe('open');
    },
  );
  test.each<Admission>(['assigned', 'backfill'])(
    'E5 %s: an assignment to a person silences the AI at once',
    (admittedBy) => {
      expect(look(session({ admittedBy }), { ticket: { responder: 'person' } }).status).toBe('handed_off');
    },
  );
  test('E5 the AI’s first write ends it', () => {
    expect(isShielded(worked())).toBe(false);
    expect(look(worked(), { ticket: { responder: 'person' } }).status).toBe('handed_off');
  });
  test('E5 a person’s public reply ends it, also one that was there before', () => {
    const messages = [customer(0), person(1), customer(2)];
    const state = look(session(), { ticket: { responder: 'person' }, messages });
    expect(state).toMatchObject({ personStepped: true, status: 'handed_off', coveredThrough: 2 });
    expect(isShielded(state)).toBe(false);
  });
  test('E5 a person’s note on a ticket assigned to a person ends it', () => {
    const state = look(session(), { ticket: { responder: 'person' }, messages: [customer(0), fresh(note(1))] });
    expect(state).toMatchObject({ personStepped: true, status: 'handed_off' });
  });
  test('E5 a note on a ticket that nobody has does not end it, also not when somebody gets the ticket later', () => {
    const noted = look(session(), { messages: [customer(0), fresh(note(1))] });
    expect(noted.personStepped).toBe(false);
    expect(look(noted, { ticket: { responder: 'person' }, messages: [customer(0), note(1)] })).toMatchObject({
      personStepped: false,
      status: 'open',
    });
  });
  test('E5 a note on a ticket of the AI does not end it', () => {
    expect(
      look(session(), { ticket: { responder: 'ai' }, messages: [customer(0), fresh(note(1))] }).personStepped,
    ).toBe(false);
  });
  test('E5 neither the AI’s note, a forward, nor a customer’s message ends it', () => {
    const messages = [
      fresh(customer(0)),
      fresh(ai(1, { visibility: 'private', kind: 'note' })),
      fresh(person(2, { kind: 'forward' })),
    ];
    expect(look(session(), { ticket: { responder: 'person' }, messages })).toMatchObject({
      personStepped: false,
      status: 'open',
    });
  });
  test('E5 once ended it stays ended', () => {
    expect(look(session({ personStepped: true }), { messages: [customer(0)] }).personStepped).toBe(true);
  });
  test('E5 a ticket handed off before the AI wrote is the person’s who gets it, and what comes then is covered', () => {
    const state = look(session({ status: 'handed_off' }), {
      ticket: { responder: 'person' },
      messages: [customer(0), customer(3)],
    });
    expect(state).toMatchObject({ status: 'handed_off', coveredThrough: 3 });
  });
  test('E5 S3 restored from spam, the shield still holds', () => {
    expect(
      look(session({ status: 'closed_unresolved', closure: 'spam', closedThrough: 0 }), {
        ticket: { responder: 'person' },
      }),
    ).toMatchObject({ status: 'open', coveredThrough: NOTHING });
  });
});

describe('E6 people reply', () => {
  test('E6 a person’s public reply covers every customer message before it, and none after', () => {
    const messages = [customer(0), customer(2), person(3), customer(4)];
    expect(waitingSeqs(look(worked(), { ticket: { responder: 'ai' }, messages }), messages)).toEqual([4]);
  });
  test('E6 on a ticket of the AI it hands nothing off', () => {
    expect(
      look(worked({ responder: 'ai' }), { ticket: { responder: 'ai' }, messages: [customer(0), fresh(person(1))] })
        .status,
    ).toBe('open');
  });
  test('E6 on an unassigned ticket it hands the session off', () => {
    expect(look(worked(), { messages: [customer(0), fresh(person(1)), fresh(customer(2))] })).toMatchObject({
      status: 'handed_off',
      coveredThrough: 2,
    });
  });
  test('E6 a reply seen before does not hand off again what was opened since', () => {
    expect(look(worked(), { messages: [customer(0), person(1)] }).status).toBe('open');
  });
  test.each([
    ['a note', fresh(note(1))],
    ['a forward', fresh(person(1, { kind: 'forward' }))],
    ['a private reply', fresh(person(1, { visibility: 'private' }))],
    ['the AI’s own reply', fresh(ai(1))],
  ])('E6 %s covers nothing and hands nothing off', (_name, message) => {
    expect(look(worked(), { messages: [customer(0), message] })).toMatchObject({
      status: 'open',
      coveredThrough: NOTHING,
    });
  });
  test('E6 unassigned and handed off stays handed off, and covers what comes', () => {
    expect(look(handedOff({ coveredThrough: 0 }), { messages: [customer(0), fresh(customer(2))] })).toMatchObject({
      status: 'handed_off',
      coveredThrough: 2,
    });
  });
  test('E6 unassigned by a person, the session stays handed off', () => {
    expect(look(handedOff({ responder: 'person' }), {}).status).toBe('handed_off');
  });
  test('coverage never goes back by itself', () => {
    expect(
      look(worked({ coveredThrough: 9 }), { messages: [customer(0), person(1)], ticket: { responder: 'ai' } })
        .coveredThrough,
    ).toBe(9);
  });
});

describe('E7 drafts for people', () => {
  const owned = { ticket: { responder: 'person' as const }, messages: [customer(0), customer(2)] };
  test('E7 where drafts are wanted for people, what comes is not covered by them', () => {
    expect(look(worked({ coveredThrough: 0 }), { ...owned, mode: 'assist', draftForPeople: true })).toMatchObject({
      status: 'handed_off',
      coveredThrough: 0,
    });
  });
  test('E7 assist alone does not draft for people', () => {
    expect(look(worked({ coveredThrough: 0 }), { ...owned, mode: 'assist' }).coveredThrough).toBe(2);
  });
  test('E7 autopilot does not draft for people', () => {
    expect(look(worked({ coveredThrough: 0 }), { ...owned, draftForPeople: true }).coveredThrough).toBe(2);
  });
});

describe('S status sync', () => {
  test.each([RESOLVED, CLOSED])('S1 status %i closes the session, by Freshdesk', (status) => {
    const state = look(worked(), { ticket: { status }, messages: [customer(0), customer(3)] });
    expect(state).toMatchObject({
      status: 'closed_resolved',
      closedBy: 'freshdesk',
      closure: null,
      closedThrough: 3,
      ticketStatus: status,
    });
  });
  test('S1 a handed-off session closes too', () => {
    expect(look(handedOff(), { ticket: { status: CLOSED } }).status).toBe('closed_resolved');
  });
  test('S1 who closed it, how and when stays on record at every later look', () => {
    const closed = worked({ status: 'closed_resolved', closedBy: 'ai', closure: 'assumed_resolved', closedThrough: 0 });
    expect(look(closed, { ticket: { status: RESOLVED }, messages: [customer(0), ai(1)] })).toMatchObject({
      status: 'closed_resolved',
      closedBy: 'ai',
      closure: 'assumed_resolved',
      closedThrough: 0,
    });
  });
  test('E4 what a person closes together with the message they settled is covered', () => {
    const owned = {
      ticket: { status: RESOLVED, responder: 'person' as const },
      messages: [customer(0), fresh(customer(2))],
    };
    expect(look(handedOff({ coveredThrough: 0 }), owned).coveredThrough).toBe(2);
    expect(look(session({ coveredThrough: NOTHING }), owned).coveredThrough).toBe(NOTHING);
    expect(look(worked({ coveredThrough: 0 }), { ...owned, ticket: { status: RESOLVED } }).coveredThrough).toBe(0);
  });

  const closed = (changes: Partial<SessionState> = {}): SessionState =>
    worked({
      status: 'closed_resolved',
      ticketStatus: RESOLVED,
      closedBy: 'ai',
      closure: 'resolved',
      closedThrough: 2,
      coveredThrough: 2,
      ...changes,
    });
  const opened = { status: 'open', episode: 2, closedBy: null, closure: null, closedThrough: null };

  test('S2 reopened by status, the session is open again, a new episode', () => {
    expect(look(closed(), { ticket: { status: 2 }, messages: [customer(0), customer(2)] })).toMatchObject(opened);
  });
  test('S2 reopened to a custom status counts too', () => {
    expect(look(closed(), { ticket: { status: 9 } })).toMatchObject(opened);
  });
  test.each([RESOLVED, CLOSED, 2])(
    'S2 a customer message newer than the closing reopens the session, also at status %i',
    (status) => {
      const messages = [customer(0), customer(2), fresh(customer(5))];
      const state = look(closed(), { ticket: { status }, messages });
      expect(state).toMatchObject(opened);
      expect(waitingSeqs(state, messages)).toEqual([5]);
    },
  );
  test('S2 a message from before the closing does not reopen', () => {
    const messages = [customer(0), customer(1), customer(2)];
    expect(look(closed({ coveredThrough: 0 }), { ticket: { status: RESOLVED }, messages }).status).toBe(
      'closed_resolved',
    );
  });
  test('S2 a covered message does not reopen', () => {
    expect(
      look(closed({ coveredThrough: 5 }), { ticket: { status: RESOLVED }, messages: [customer(0), customer(5)] })
        .status,
    ).toBe('closed_resolved');
  });
  test('S2 what is never answered does not reopen', () => {
    expect(
      look(closed(), { ticket: { status: RESOLVED }, messages: [customer(0), customer(5, { answerable: false })] })
        .status,
    ).toBe('closed_resolved');
  });
  test('S2 a closed session whose end is not known waits for the status', () => {
    expect(
      look(closed({ closedThrough: null }), { ticket: { status: RESOLVED }, messages: [customer(5)] }).status,
    ).toBe('closed_resolved');
  });

  test.each([
    ['before', -SECOND_MS, 'open'],
    ['in the very second of', 0, 'open'],
    ['after', SECOND_MS, 'closed_resolved'],
  ] as const)('S2 an open session: a closing that the look shows %s a waiting message', (_name, offsetMs, status) => {
    const messages = [customer(0), ai(1), fresh(customer(5))];
    const resolvedAtMs = NOON_MS + 5 * SECOND_MS + offsetMs;
    expect(look(worked({ coveredThrough: 0 }), { ticket: { status: RESOLVED }, messages, resolvedAtMs }).status).toBe(
      status,
    );
  });
  describe('R2 a conversation that was over while the ticket stayed open in Freshdesk, because nobody had it any more', () => {
    const over = closed({ ticketStatus: 2, closure: 'assumed_resolved' });
    const messages = [customer(0), ai(1), customer(2)];

    test('R2 S1 the next look leaves it closed, as it was', () => {
      expect(look(over, { messages })).toEqual(over);
      expect(
        look(over, { messages: [...messages, fresh(note(3)), fresh(customer(4, { answerable: false }))] }),
      ).toEqual(over);
    });
    test.each<[string, Parameters<typeof observation>[0], SessionState['status']]>([
      ['a new message of the customer', { messages: [...messages, fresh(customer(5))] }, 'open'],
      ['its being given to the AI', { messages, ticket: { responder: 'ai' } }, 'open'],
      ['its being taken by a person', { messages, ticket: { responder: 'person' } }, 'handed_off'],
      ['a public reply of a person', { messages: [...messages, fresh(person(5))] }, 'handed_off'],
    ])('S2 it is reopened by %s', (_what, seen, status) => {
      expect(look(over, seen)).toMatchObject({ status, episode: 2, closure: null, closedBy: null });
    });
    test('S2 a person’s old reply and an assignment that was there already reopen nothing', () => {
      expect(look(over, { messages: [...messages, person(3)] }).status).toBe('closed_resolved');
      for (const responder of ['ai', 'none'] as const)
        expect(look({ ...over, responder: 'ai' }, { messages, ticket: { responder } }).status).toBe('closed_resolved');
    });
    test('S2 resolved in Freshdesk later on and reopened there, it is reopened', () => {
      const done = look(over, { messages, ticket: { status: RESOLVED } });
      expect(done).toMatchObject({ status: 'closed_resolved', closure: 'assumed_resolved', closedBy: 'ai' });
      expect(look(done, { messages })).toMatchObject(opened);
    });
    test('S3 what was restored from the trash is another matter', () => {
      expect(look({ ...over, status: 'closed_unresolved', closure: 'deleted' }, { messages }).status).toBe('open');
    });
  });

  describe('R2 a message that came while the AI was resolving the ticket', () => {
    const messages = [customer(0), ai(1), customer(2), fresh(customer(5))];
    const resolvedAtMs = NOON_MS + 9 * SECOND_MS;
    const found = look(closed(), { ticket: { status: RESOLVED }, messages, resolvedAtMs });

    test('R2 S2 it reopens, and stays open at every look until it is answered, though Freshdesk dates the closing later', () => {
      expect(found).toMatchObject({ ...opened, reopenedFrom: 'ai' });
      const again = look(found, { ticket: { status: RESOLVED }, messages, resolvedAtMs });
      expect(again).toMatchObject({ status: 'open', episode: 2 });
      expect(waitingSeqs(again, messages)).toEqual([5]);
    });
    test('S1 once it is covered, or another closing is seen, the ticket is closed as it says', () => {
      const covered = { ...found, coveredThrough: 5 };
      expect(look(covered, { ticket: { status: RESOLVED }, messages, resolvedAtMs }).status).toBe('closed_resolved');
      expect(look(found, { ticket: { status: CLOSED }, messages, resolvedAtMs }).status).toBe('closed_resolved');
    });
    test('S2 of a closing by people Freshdesk’s time is believed', () => {
      const theirs = { ...found, reopenedFrom: 'freshdesk' as const };
      expect(look(theirs, { ticket: { status: RESOLVED }, messages, resolvedAtMs }).status).toBe('closed_resolved');
    });
  });

  test('S2 an open session kept open by a message on a closed ticket is no new episode', () => {
    expect(look(worked(), { ticket: { status: CLOSED }, resolvedAtMs: NOON_MS - HOUR_MS })).toMatchObject({
      status: 'open',
      episode: 1,
    });
  });
  test('S2 without a closing time the status decides', () => {
    expect(look(worked(), { ticket: { status: CLOSED }, resolvedAtMs: null }).status).toBe('closed_resolved');
  });
  test('S2 reopened while a person owns it: handed off', () => {
    const messages = [customer(0), customer(2), fresh(customer(5))];
    expect(look(closed(), { ticket: { status: 2, responder: 'person' }, messages })).toMatchObject({
      status: 'handed_off',
      episode: 2,
      coveredThrough: 5,
      closedThrough: null,
    });
  });
  test('S2 reopened while a person owns it: handed off, also where the AI never wrote', () => {
    const state = look(closed({ aiWrote: false }), { ticket: { status: 2, responder: 'person' } });
    expect(state.status).toBe('handed_off');
    expect(look(state, { ticket: { status: 2, responder: 'person' } }).status).toBe('handed_off');
  });
  test('S2 reopened while the AI is the responder: one new episode, not two', () => {
    expect(look(closed({ responder: 'ai' }), { ticket: { status: 2, responder: 'ai' } })).toMatchObject({
      status: 'open',
      episode: 2,
    });
  });
  test('S2 reopened unassigned, the AI may go on, also after a handoff in the episode before', () => {
    expect(look(closed({ responder: 'none' }), { ticket: { status: 2 } }).status).toBe('open');
  });
  test('S2 reopened by a person’s reply on an unassigned ticket: handed off', () => {
    expect(look(closed(), { ticket: { status: 2 }, messages: [customer(0), fresh(person(5))] }).status).toBe(
      'handed_off',
    );
  });

  test.each([
    ['spam', { spam: true }, 'spam'],
    ['deleted', { deleted: true }, 'deleted'],
    ['both', { spam: true, deleted: true }, 'spam'],
  ] as const)('S3 %s: closed, unresolved, and nothing is covered by it', (_name, ticket, closure) => {
    expect(look(worked(), { ticket, messages: [customer(0), fresh(customer(3))] })).toMatchObject({
      status: 'closed_unresolved',
      closure,
      closedBy: 'freshdesk',
      closedThrough: 3,
      coveredThrough: NOTHING,
    });
  });
  test('S3 spam goes before resolved', () => {
    expect(look(worked(), { ticket: { spam: true, status: RESOLVED } }).status).toBe('closed_unresolved');
  });
  test('S3 spam on a closed session, and on one of a person', () => {
    expect(look(closed(), { ticket: { spam: true, status: RESOLVED } }).status).toBe('closed_unresolved');
    expect(look(handedOff(), { ticket: { deleted: true, responder: 'person' } }).status).toBe('closed_unresolved');
  });
  test('S3 restored: open again, and what waits counts', () => {
    const messages = [customer(0), customer(3)];
    const spam = look(session(), { ticket: { spam: true }, messages });
    const restored = look(spam, { messages });
    expect(restored).toMatchObject(opened);
    expect(waitingSeqs(restored, messages)).toEqual([0, 3]);
  });
  test('S3 restored to a person: handed off', () => {
    const spam = look(worked(), { ticket: { spam: true } });
    expect(look(spam, { ticket: { responder: 'person' } }).status).toBe('handed_off');
  });
  test('S3 restored to a resolved ticket: resolved', () => {
    const spam = look(worked(), { ticket: { spam: true } });
    expect(look(spam, { ticket: { status: RESOLVED } })).toMatchObject({ status: 'closed_resolved', closure: null });
  });

  test.each<[SessionStatus, boolean]>([
    ['open', false],
    ['handed_off', false],
    ['closed_resolved', true],
    ['closed_unresolved', true],
  ])('S4 %s is closed: %s', (status, expected) => expect(isClosed({ status })).toBe(expected));
});

describe('S2 whether the time of the closing is needed', () => {
  const waiting = [customer(0), customer(3)];
  test('S2 yes: closed in Freshdesk, and something waits', () => {
    expect(needsClosingTime(null, RESOLVED, waiting)).toBe(true);
    expect(needsClosingTime(worked({ coveredThrough: 0 }), CLOSED, waiting)).toBe(true);
    expect(needsClosingTime(null, RESOLVED, [customer(0)])).toBe(true);
  });
  test('S2 no: not closed, nothing waits, or the session is closed and knows where it ended', () => {
    expect(needsClosingTime(worked(), 2, waiting)).toBe(false);
    expect(needsClosingTime(worked({ coveredThrough: 3 }), RESOLVED, waiting)).toBe(false);
    expect(needsClosingTime(worked(), RESOLVED, [customer(0, { answerable: false }), person(1)])).toBe(false);
    expect(needsClosingTime(worked({ status: 'closed_resolved' }), RESOLVED, waiting)).toBe(false);
    expect(needsClosingTime(null, RESOLVED, [])).toBe(false);
  });
});

describe('E1 since when the AI is the responder', () => {
  const atMs = NOON_MS + HOUR_MS;
  test('E1 the first look that sees it counts', () => {
    expect(look(worked(), { atMs, ticket: { responder: 'ai' } }).aiAssignedAtMs).toBe(atMs);
    expect(look(null, { atMs, ticket: { responder: 'ai' } }, 'assigned').aiAssignedAtMs).toBe(atMs);
  });
  test('E1 later looks keep it', () => {
    expect(
      look(worked({ responder: 'ai', aiAssignedAtMs: NOON_MS }), { atMs, ticket: { responder: 'ai' } }).aiAssignedAtMs,
    ).toBe(NOON_MS);
  });
  test.each(['none', 'person'] as const)('E1 it ends when the responder is %s', (responder) => {
    expect(
      look(worked({ responder: 'ai', aiAssignedAtMs: NOON_MS }), { atMs, ticket: { responder } }).aiAssignedAtMs,
    ).toBeNull();
  });
});

describe('R1 when the AI’s reply has been the last word for long enough', () => {
  const MESSAGES = [customer(0), ai(1)];
  const AFTER_MS = 24 * HOUR_MS;
  const due = (
    messages: Observation['messages'],
    changes: Partial<SessionState> = {},
    mode: Observation['mode'] = 'autopilot',
  ) => resolveDueMs(worked({ responder: 'ai', ...changes }), messages, { mode, autoResolveAfterMs: AFTER_MS });
  const after = (seq: number): number => NOON_MS + seq * SECOND_MS + AFTER_MS;

  test('R1 the time counts from the AI’s newest public reply', () => {
    expect(due(MESSAGES)).toBe(after(1));
    expect(due([customer(0), ai(1), customer(2), ai(3)])).toBe(after(3));
  });
  test('R1 R2 also where nobody has the ticket any more', () => {
    expect(due(MESSAGES, { responder: 'none' })).toBe(after(1));
  });
  test.each<[string, Observation['messages']]>([
    ['the AI has not replied', [customer(0)]],
    ['the AI has only drafted', [customer(0), ai(1, { visibility: 'private', kind: 'note' })]],
    ['only a person has replied', [customer(0), person(1)]],
    ['H9 it only said that a person takes over', [customer(0), takesOver(1)]],
    ['H9 it said so after an answer', [...MESSAGES, customer(2), takesOver(3)]],
    ['the AI agent’s account wrote without us', [customer(0), ai(1, { writtenAs: null })]],
    ['a customer wrote since', [...MESSAGES, customer(2)]],
    ['a person replied since', [...MESSAGES, person(2)]],
    ['a person forwarded nothing, and the AI forwarded something', [customer(0), ai(1, { kind: 'forward' })]],
  ])('R1 never: %s', (_name, messages) => expect(due(messages)).toBeNull());
  test('R1 E8 neither what is never answered nor a note cancels it', () => {
    expect(
      due([...MESSAGES, customer(2, { answerable: false }), note(3), ai(4, { visibility: 'private', kind: 'note' })]),
    ).toBe(after(1));
  });
  test('R1 what came before the reply does not matter', () => {
    expect(due([customer(0), person(1), customer(2), ai(3)])).toBe(after(3));
  });
  test.each<[string, Partial<SessionState>]>([
    ['a person owns the ticket', { responder: 'person' }],
    ['the session is handed off', { status: 'handed_off' }],
    ['it is closed already', { status: 'closed_resolved' }],
    ['Freshdesk refused it before', { resolveRefused: 'cf_reason' }],
    ['a person reopened the ticket after the reply', { reopenedThrough: 1 }],
  ])('R1 R2 never: %s', (_name, changes) => expect(due(MESSAGES, changes)).toBeNull());
  test('R1 the AI’s next reply after a person’s reopening counts again', () => {
    expect(due([...MESSAGES, customer(2), ai(3)], { reopenedThrough: 2 })).toBe(after(3));
  });
  test.each(['assist', 'off'] as const)('R4 in %s nothing is auto-resolved', (mode) =>
    expect(due(MESSAGES, {}, mode)).toBeNull(),
  );
});

describe('R1 R3 I7 what a new episode remembers of the one before', () => {
  const resolved = worked({
    status: 'closed_resolved',
    ticketStatus: RESOLVED,
    closedBy: 'ai',
    closure: 'assumed_resolved',
    closedThrough: 1,
    coveredThrough: 0,
  });

  test('R1 reopened by a person: nothing is resolved until the AI replies again', () => {
    const state = look(resolved, { messages: [customer(0), ai(1), fresh(note(2))] });
    expect(state).toMatchObject({ reopenedThrough: 2, reopenedFrom: 'ai', episodeAfter: 1 });
  });
  test('S2 reopened by a customer: no such thing', () => {
    expect(look(resolved, { messages: [customer(0), ai(1), fresh(customer(2))] }).reopenedThrough).toBeNull();
  });
  test('S2 a customer’s message from before the closing does not make it theirs', () => {
    expect(look(resolved, { messages: [customer(0), ai(1)] }).reopenedThrough).toBe(1);
    const covered = { ...resolved, closedThrough: 2, coveredThrough: 2 };
    expect(look(covered, { messages: [customer(0), ai(1), customer(2)] }).reopenedThrough).toBe(2);
  });
  test('R3 who had closed it is remembered', () => {
    expect(look({ ...resolved, closedBy: 'freshdesk' }, {}).reopenedFrom).toBe('freshdesk');
  });
  test('I7 the episode begins after what was there at the closing', () => {
    expect(look({ ...resolved, closedThrough: null }, {}).episodeAfter).toBe(NOTHING);
  });
  test('I7 given back, the episode begins after what people had covered', () => {
    expect(
      look(handedOff({ responder: 'person', coveredThrough: 4 }), {
        ticket: { responder: 'ai' },
        messages: [customer(0), customer(4)],
      }).episodeAfter,
    ).toBe(4);
    expect(newSession('assigned').episodeAfter).toBe(NOTHING);
  });
});
