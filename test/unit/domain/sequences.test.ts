import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import { decide, type Decision } from '../../../src/domain/engagement.ts';
import {
  follow,
  isClosed,
  isMirroredOnly,
  isShielded,
  waitingMessages,
  type Observation,
  type SessionState,
} from '../../../src/domain/session.ts';
import { NOTHING, type SeenMessage } from '../../../src/domain/thread.ts';
import type { Waiting } from '../../../src/domain/snapshot.ts';
import { ownerOf, type Admission, type Mode, type Responder } from '../../../src/domain/ticket.ts';
import { ai, customer, NOON_MS, note, observation, person, SECOND_MS, snapshot } from '../../../testbed/domain.ts';

const EVENTS = [
  'customer writes',
  'nobody answers: an automatic reply',
  'person replies',
  'person notes',
  'assigned to a person',
  'assigned to the AI',
  'unassigned',
  'closed',
  'reopened',
  'marked as spam',
  'restored',
  'the AI does what was decided',
] as const;
type Event = (typeof EVENTS)[number];
type Policy = Pick<Observation, 'onReassign' | 'draftForPeople'> & {
  mode: Mode;
  admittedBy: Admission;
  autoHandleAll: boolean;
  /** What of the gate lets in a ticket that the backfill has brought. */
  gate: Extract<Admission, 'auto_handle' | 'default_group'> | null;
};
/** What happens on the ticket between two looks at it. */
type Step = Event[];

const policies: fc.Arbitrary<Policy> = fc.record({
  mode: fc.constantFrom<Mode>('autopilot', 'assist', 'off'),
  onReassign: fc.constantFrom('next_message' as const, 'waiting' as const),
  draftForPeople: fc.boolean(),
  admittedBy: fc.constantFrom<Admission>('assigned', 'auto_handle', 'default_group', 'backfill'),
  autoHandleAll: fc.boolean(),
  gate: fc.constantFrom('auto_handle' as const, 'default_group' as const, null),
});
const stories: fc.Arbitrary<Step[]> = fc.array(fc.array(fc.constantFrom(...EVENTS), { minLength: 1, maxLength: 3 }), {
  maxLength: 25,
});

type Seen = {
  before: SessionState | null;
  after: SessionState;
  looked: Observation;
  decision: Decision;
  givenBack: boolean;
};

/** A desk in miniature: a ticket that people, customers and the AI work on, and the session that follows it. */
class Desk {
  #messages: SeenMessage[] = [{ ...customer(0), fresh: true }];
  #ticket: { status: number; responder: Responder; spam: boolean; deleted: boolean } = {
    status: 2,
    responder: 'none',
    spam: false,
    deleted: false,
  };
  #resolvedAtMs: number | null = null;
  #session: SessionState | null = null;
  #decision: Decision | null = null;
  readonly #policy: Policy;

  constructor(policy: Policy) {
    this.#policy = policy;
    if (policy.admittedBy === 'assigned') this.#ticket.responder = 'ai';
  }

  happen(event: Event): void {
    switch (event) {
      case 'customer writes':
        return this.#add(customer);
      case 'nobody answers: an automatic reply':
        return this.#add((seq) => customer(seq, { answerable: false }));
      case 'person replies':
        return this.#add(person);
      case 'person notes':
        return this.#add(note);
      case 'assigned to a person':
        this.#ticket.responder = 'person';
        return;
      case 'assigned to the AI':
        this.#ticket.responder = 'ai';
        return;
      case 'unassigned':
        this.#ticket.responder = 'none';
        return;
      case 'closed':
        this.#ticket.status = 4;
        this.#resolvedAtMs = this.#nowMs();
        return;
      case 'reopened':
        this.#ticket.status = 2;
        return;
      case 'marked as spam':
        this.#ticket.spam = true;
        return;
      case 'restored':
        this.#ticket.spam = false;
        return;
      case 'the AI does what was decided':
        return this.#act();
    }
  }

  look(): Seen {
    const before = this.#session;
    const { admittedBy, mode, onReassign, draftForPeople, autoHandleAll } = this.#policy;
    const looked = observation({
      ticket: this.#ticket,
      messages: this.#messages,
      floorMs: 0,
      resolvedAtMs: this.#resolvedAtMs,
      mode,
      onReassign,
      draftForPeople,
      gate: this.#gate(),
      atMs: this.#nowMs(),
    });
    const after = follow(before, admittedBy, looked);
    const decision = decide(
      snapshot({
        atMs: looked.atMs,
        session: {
          ...after,
          mode,
          owner: ownerOf(after.responder),
          shielded: isShielded(after),
          aiWrote: after.aiWrote,
          ...(isMirroredOnly(after) ? { mirroredOnly: true } : {}),
        },
        waiting: waitingOf(waitingMessages(after, this.#messages, 0)),
        settings: { autoHandleAll, draftForPeople },
      }),
    );
    this.#session = after;
    this.#decision = decision;
    this.#messages = this.#messages.map((message) => ({ ...message, fresh: false }));
    const givenBack = before?.status === 'handed_off' && after.status === 'open' && !isClosed(before);
    return { before, after, looked, decision, givenBack };
  }

  /** As the activities do: write, take over, cover; only where the look right before the write still wants it (A4). */
  #act(): void {
    if (this.#decision?.kind !== 'answer' || this.#session === null) return;
    const { throughSeq, mode } = this.#decision;
    const { decision } = this.look();
    if (
      decision.kind !== 'answer' ||
      decision.throughSeq !== throughSeq ||
      decision.mode !== mode ||
      this.#session === null
    )
      return;
    this.#add((seq) => ai(seq, mode === 'assist' ? { visibility: 'private', kind: 'note' } : {}));
    if (mode === 'autopilot') this.#ticket.responder = 'ai';
    if (mode === 'autopilot') this.#ticket.status = 2;
    const responder = this.#ticket.responder;
    this.#session = {
      ...this.#session,
      aiWrote: true,
      responder,
      ticketStatus: this.#ticket.status,
      coveredThrough: Math.max(this.#session.coveredThrough, throughSeq),
    };
    this.#decision = null;
  }

  #gate(): Observation['gate'] {
    const admission = this.#ticket.responder === 'ai' ? 'assigned' : this.#policy.gate;
    return this.#policy.admittedBy === 'backfill' && admission !== null ? { admission, floorMs: 0 } : null;
  }

  #add(make: (seq: number) => SeenMessage): void {
    const seq = this.#messages.length;
    this.#messages = [...this.#messages, { ...make(seq), fresh: true }];
  }

  #nowMs(): number {
    return NOON_MS + this.#messages.length * SECOND_MS;
  }
}

function waitingOf(waiting: SeenMessage[]): Waiting | null {
  const [oldest] = waiting;
  const newest = waiting.at(-1);
  if (oldest === undefined || newest === undefined) return null;
  return {
    oldestSeq: oldest.seq,
    oldestAtMs: oldest.createdAtMs,
    newestSeq: newest.seq,
    newestAtMs: newest.createdAtMs,
    count: waiting.length,
    writtenByDesk: false,
    byOthers: false,
  };
}

/** Checks every look of every story. */
function always(holds: (seen: Seen, policy: Policy) => boolean): void {
  fc.assert(
    fc.property(policies, stories, (policy, story) => {
      const desk = new Desk(policy);
      const looks = [desk.look(), ...story.map((step) => (step.forEach((event) => desk.happen(event)), desk.look()))];
      return looks.every((seen) => holds(seen, policy));
    }),
    { numRuns: 2_000 },
  );
}

describe('whatever happens on a ticket, in whatever order', () => {
  test('E4 coverage never goes back, except when the ticket is given back with what waits', () => {
    always(
      ({ before, after, givenBack }, { onReassign }) =>
        after.coveredThrough >= (before?.coveredThrough ?? NOTHING) || (givenBack && onReassign === 'waiting'),
    );
  });

  test('E4 E5 once the AI has written, a ticket of a person is never answered, only drafted for where that is wanted', () => {
    always(({ after, looked, decision }) => {
      if (looked.ticket.responder !== 'person' || !after.aiWrote) return true;
      if (after.status === 'open') return false;
      return decision.kind !== 'answer' || (decision.mode === 'assist' && looked.draftForPeople);
    });
  });

  test('E5 a person is talked over only under the shield, and never after a public reply of theirs', () => {
    always(({ after, looked, decision }) => {
      if (looked.ticket.responder !== 'person' || decision.kind !== 'answer' || decision.mode === 'assist') return true;
      const replied = looked.messages.some((m) => m.author === 'agent' && m.visibility === 'public');
      return isShielded(after) && !replied;
    });
  });

  test('B2 nothing is written on what the backfill has brought before the gate lets it in', () => {
    always(
      ({ after, decision }) =>
        !isMirroredOnly(after) || after.aiWrote || decision.kind === 'silent' || decision.kind === 'close',
    );
  });

  test('A5 nothing covered is ever answered, and always something that a customer wrote', () => {
    always(({ after, looked, decision }) => {
      if (decision.kind !== 'answer') return true;
      const answered = looked.messages.filter(
        (m) => m.answerable && m.seq >= decision.fromSeq && m.seq <= decision.throughSeq,
      );
      return (
        decision.fromSeq > after.coveredThrough &&
        answered.some((m) => m.seq === decision.throughSeq) &&
        answered[0]?.seq === decision.fromSeq
      );
    });
  });

  test('E6 nothing that a person’s public reply came after is ever answered', () => {
    always(({ looked, decision, givenBack }, { onReassign }) => {
      if (decision.kind !== 'answer' || (givenBack && onReassign === 'waiting')) return true;
      const lastReply = looked.messages.findLast((m) => m.author === 'agent' && m.visibility === 'public');
      return lastReply === undefined || decision.fromSeq > lastReply.seq;
    });
  });

  test('W no customer message is lost: on an open ticket of the AI, what nobody has covered is answered', () => {
    always(({ after, looked, decision }, { mode }) => {
      const waits = waitingMessages(after, looked.messages, 0).length > 0;
      return (
        mode === 'off' || after.status !== 'open' || after.responder !== 'ai' || !waits || decision.kind === 'answer'
      );
    });
  });

  test('S1 S3 what Freshdesk closed is closed, unless a customer wrote since', () => {
    always(({ after, looked, decision }) => {
      const { spam, status } = looked.ticket;
      if (spam) return after.status === 'closed_unresolved' && decision.kind === 'close';
      if (status !== 4) return !isClosed(after);
      return isClosed(after) || waitingMessages({ coveredThrough: NOTHING }, looked.messages, 0).length > 0;
    });
  });

  test('a second look at an unchanged ticket changes nothing', () => {
    always(({ after, looked }, { admittedBy }) => {
      const again = follow(after, admittedBy, {
        ...looked,
        messages: looked.messages.map((m) => ({ ...m, fresh: false })),
      });
      const settles = isClosed(again) && !isClosed(after) && looked.ticket.status === 4;
      return settles || JSON.stringify(again) === JSON.stringify(after);
    });
  });

  test('episodes only ever count up, by one, when a session opens again', () => {
    always(({ before, after }) => {
      if (before === null) return after.episode === 1;
      const opened = before.status !== 'open' && !isClosed(after) && (after.status === 'open' || isClosed(before));
      return after.episode === before.episode + (opened ? 1 : 0);
    });
  });
});
