import { isDone, type Admission, type Mode, type Responder, type SessionStatus } from './ticket.ts';
import { isPersonsReply, isPublicReply, newestCustomerSeq, newestSeq, NOTHING, type SeenMessage } from './thread.ts';

/** What the session remembers between two looks at its ticket. */
export type SessionState = {
  status: SessionStatus;
  admittedBy: Admission;
  /** Mirrored ticket status. */
  ticketStatus: number;
  responder: Responder;
  /** Newest customer message a turn, or a person, has taken into account; NOTHING when none. */
  coveredThrough: number;
  /** Newest message when the ticket was closed; null while it is open. */
  closedThrough: number | null;
  /** Counts the conversations on this ticket: opened, reopened, given back. */
  episode: number;
  /** The AI has replied or drafted (E5). */
  aiWrote: boolean;
  /** A person has replied, or noted on a ticket of theirs (E5). */
  personStepped: boolean;
  /** Freshdesk's clock, when the AI agent became the responder; null while it is not. */
  aiAssignedAtMs: number | null;
  /** Newest message when a person reopened the ticket; nothing is resolved until the AI replies after it (R1). */
  reopenedThrough: number | null;
  /** Who had closed the ticket before this episode (R3); null when nobody had, or the AI has written since. */
  reopenedFrom: 'ai' | 'freshdesk' | null;
  /** Newest message before this episode (I7); NOTHING in the first one. */
  episodeAfter: number;
  /** The fields Freshdesk asked for when it refused to resolve the ticket (R2); null until the AI replies again. */
  resolveRefused: string | null;
  /** `erased`: its requester was erased from our side, and nothing of the ticket is mirrored any more. */
  closure: 'spam' | 'deleted' | 'resolved' | 'assumed_resolved' | 'erased' | null;
  closedBy: 'ai' | 'freshdesk' | null;
};

/** One look at a ticket. */
export type Observation = {
  atMs: number;
  ticket: { status: number; responder: Responder; spam: boolean; deleted: boolean };
  /** The whole mirrored thread, oldest first. */
  messages: readonly SeenMessage[];
  /** Nothing from before counts as a question (E1). */
  floorMs: number;
  /** When Freshdesk says it was resolved or closed; null when it is not, or is not known. */
  resolvedAtMs: number | null;
  mode: Mode;
  onReassign: 'next_message' | 'waiting';
  /** assist.whenHumanOwned */
  draftForPeople: boolean;
  /** What the gate makes of the ticket now, and from when on; null when it does not let it in, or when nobody asks (B2). */
  gate: { admission: Admission; floorMs: number } | null;
};

export function newSession(admittedBy: Admission): SessionState {
  return {
    status: 'open',
    admittedBy,
    ticketStatus: 0,
    responder: 'none',
    coveredThrough: NOTHING,
    closedThrough: null,
    episode: 1,
    aiWrote: false,
    personStepped: false,
    aiAssignedAtMs: null,
    reopenedThrough: null,
    reopenedFrom: null,
    episodeAfter: NOTHING,
    resolveRefused: null,
    closure: null,
    closedBy: null,
  };
}

/**
 * The session after a look at its ticket: who owns it, whether it is closed, what is covered (E3–E6, S1–S3).
 * `previous` is null for a ticket that has just been admitted.
 */
export function follow(previous: SessionState | null, admittedBy: Admission, seen: Observation): SessionState {
  const before = previous ?? newSession(admittedBy);
  const state = letIn(seen, {
    ...before,
    ticketStatus: seen.ticket.status,
    responder: seen.ticket.responder,
    coveredThrough: Math.max(before.coveredThrough, coveredByPeople(seen.messages)),
    personStepped: before.personStepped || personStepped(seen),
    aiAssignedAtMs: seen.ticket.responder === 'ai' ? (before.aiAssignedAtMs ?? seen.atMs) : null,
  });
  if (seen.ticket.spam || seen.ticket.deleted) {
    return {
      ...state,
      status: 'closed_unresolved',
      closure: seen.ticket.spam ? 'spam' : 'deleted',
      closedBy: 'freshdesk',
      closedThrough: newestSeq(seen.messages),
    };
  }
  if ((isDone(seen.ticket.status) || staysClosed(before, seen)) && !customerWroteAfterwards(before, state, seen))
    return closedResolved(before, state, seen);
  // Once more, because a give-back may have something wait again (E4).
  return letIn(seen, followAssignment(before, isClosed(before) ? reopened(before, state, seen) : state, seen));
}

/** B2: the backfill has mirrored it, and the gate has not let it in since. */
export function isMirroredOnly({ admittedBy, aiWrote }: { admittedBy: string; aiWrote: boolean }): boolean {
  return admittedBy === 'backfill' && !aiWrote;
}

/**
 * B2: what the backfill has mirrored passes the gate as a new ticket does, once its customer writes. Only a ticket that is new
 * itself is shielded (E5): whoever has an older one is a person, and no rule around its creation.
 */
function letIn({ gate, messages }: Observation, state: SessionState): SessionState {
  if (gate === null || !isMirroredOnly(state)) return state;
  const [first] = waitingMessages(state, messages, gate.floorMs);
  if (first === undefined) return state;
  return { ...state, admittedBy: gate.admission, personStepped: state.personStepped || first.kind !== 'description' };
}

export function isClosed(state: Pick<SessionState, 'status'>): boolean {
  return state.status === 'closed_resolved' || state.status === 'closed_unresolved';
}

/** E5: until the AI has written, Freshdesk's own assignment rules do not take the ticket from it. */
export function isShielded(state: Pick<SessionState, 'admittedBy' | 'aiWrote' | 'personStepped'>): boolean {
  const admittedUnasked = state.admittedBy === 'auto_handle' || state.admittedBy === 'default_group';
  return admittedUnasked && !state.aiWrote && !state.personStepped;
}

/** The customer messages that want an answer: not covered, and not from before `floorMs` (E1). */
export function waitingMessages(
  state: Pick<SessionState, 'coveredThrough'>,
  messages: readonly SeenMessage[],
  floorMs: number,
): SeenMessage[] {
  return messages.filter((m) => m.answerable && m.seq > state.coveredThrough && m.createdAtMs >= floorMs);
}

/**
 * R1, R4: when the AI may resolve the ticket, because its public reply has been the last word for so long; null while it
 * has not been: something newer wants an answer, a person has replied or reopened it, or Freshdesk refused it before.
 */
export function resolveDueMs(
  state: Pick<SessionState, 'status' | 'responder' | 'reopenedThrough' | 'resolveRefused'>,
  messages: readonly SeenMessage[],
  { mode, autoResolveAfterMs }: { mode: Mode; autoResolveAfterMs: number },
): number | null {
  if (mode !== 'autopilot' || state.status !== 'open' || state.responder === 'person') return null;
  if (state.resolveRefused !== null) return null;
  const reply = messages.findLast((m) => m.writtenAs === 'reply');
  if (reply === undefined || reply.seq <= (state.reopenedThrough ?? NOTHING)) return null;
  const overtaken = messages.some((m) => m.seq > reply.seq && (m.answerable || isPersonsReply(m)));
  return overtaken ? null : reply.createdAtMs + autoResolveAfterMs;
}

/** Whether a closed ticket may hide a customer message from after its closing: then Freshdesk's closing time is needed (S2). */
export function needsClosingTime(
  previous: SessionState | null,
  ticketStatus: number,
  messages: readonly SeenMessage[],
): boolean {
  if (!isDone(ticketStatus) || (previous !== null && isClosed(previous))) return false;
  return messages.some((m) => m.answerable && m.seq > (previous?.coveredThrough ?? NOTHING));
}

/** R2, S2: what was closed while the ticket stayed open in Freshdesk is reopened by somebody's doing, not by the next look. */
function staysClosed(before: SessionState, seen: Observation): boolean {
  if (before.status !== 'closed_resolved' || isDone(before.ticketStatus)) return false;
  const taken = seen.ticket.responder !== 'none' && seen.ticket.responder !== before.responder;
  return !taken && !seen.messages.some((m) => m.fresh && isPersonsReply(m));
}

function closedResolved(before: SessionState, state: SessionState, seen: Observation): SessionState {
  if (before.status === 'closed_resolved') return state;
  const settled = isTakenByPerson(before, state, seen) ? ownedByPeople(state, seen) : state;
  return {
    ...settled,
    status: 'closed_resolved',
    closure: null,
    closedBy: 'freshdesk',
    closedThrough: newestSeq(seen.messages),
  };
}

/**
 * S2: a new episode. Whoever reopens it without the customer having written has something else in mind than R1: an automatic
 * reply that came long before (E8) is not what has reopened it.
 */
function reopened(before: SessionState, state: SessionState, seen: Observation): SessionState {
  const byCustomer = seen.messages.some(
    (m) => m.author === 'customer' && (m.answerable || m.fresh) && m.seq > (before.closedThrough ?? NOTHING),
  );
  return {
    ...state,
    status: 'open',
    episode: state.episode + 1,
    episodeAfter: before.closedThrough ?? NOTHING,
    reopenedFrom: before.closedBy,
    reopenedThrough: byCustomer ? null : newestSeq(seen.messages),
    closure: null,
    closedBy: null,
    closedThrough: null,
  };
}

/**
 * S2: whole seconds on both sides, so a message of the very second of the closing counts as after it. What came while the AI
 * was closing the ticket is older than the closing by Freshdesk's clock, and came after it all the same (R2).
 */
function customerWroteAfterwards(before: SessionState, state: SessionState, seen: Observation): boolean {
  const waiting = waitingMessages(state, seen.messages, seen.floorMs);
  if (isClosed(before) && before.closedThrough !== null) return newestSeq(waiting) > before.closedThrough;
  if (before.reopenedFrom === 'ai' && before.ticketStatus === seen.ticket.status && waiting.length > 0) return true;
  return waiting.some((m) => seen.resolvedAtMs !== null && m.createdAtMs >= seen.resolvedAtMs);
}

function followAssignment(before: SessionState, state: SessionState, seen: Observation): SessionState {
  switch (seen.ticket.responder) {
    case 'person':
      return isTakenByPerson(before, state, seen) ? ownedByPeople(state, seen) : state;
    case 'ai':
      return state.status === 'handed_off' && before.responder !== 'ai' ? givenBack(state, seen) : state;
    case 'none':
      return state.status === 'handed_off' || seen.messages.some((m) => m.fresh && isPersonsReply(m))
        ? ownedByPeople(state, seen)
        : state;
  }
}

/**
 * E4, E5: the shield is for what Freshdesk's rules assign around a ticket's creation. Whoever has a ticket that was handed
 * off or resolved has it for good (S2).
 */
function isTakenByPerson(before: SessionState, state: SessionState, seen: Observation): boolean {
  if (seen.ticket.responder !== 'person') return false;
  return !isShielded(state) || before.status === 'handed_off' || before.status === 'closed_resolved';
}

/** E4, E6: what is mirrored while people own the ticket is theirs, except where drafts are wanted for them. */
function ownedByPeople(state: SessionState, seen: Observation): SessionState {
  const drafting = seen.mode === 'assist' && seen.draftForPeople;
  return {
    ...state,
    status: 'handed_off',
    coveredThrough: drafting ? state.coveredThrough : Math.max(state.coveredThrough, newestCustomerSeq(seen.messages)),
  };
}

/**
 * E4: from the next customer message on, or, when set so, everything since the last public reply, whoever of the desk wrote
 * it. That a person takes over is no reply (H9).
 */
function givenBack(state: SessionState, seen: Observation): SessionState {
  const open: SessionState = {
    ...state,
    status: 'open',
    episode: state.episode + 1,
    episodeAfter: state.coveredThrough,
    personStepped: true, // whoever takes it again is a person, and no rule around its creation (E5)
  };
  if (seen.onReassign === 'next_message') return open;
  const lastReply = seen.messages.findLast((m) => isPublicReply(m) && m.writtenAs !== 'handoff_message');
  return {
    ...open,
    coveredThrough: newestCustomerSeq(seen.messages.filter((m) => m.seq < (lastReply?.seq ?? NOTHING))),
  };
}

/** E6: a person's public reply covers every customer message before it. */
function coveredByPeople(messages: readonly SeenMessage[]): number {
  const reply = messages.findLast(isPersonsReply);
  return reply === undefined ? NOTHING : newestCustomerSeq(messages.filter((m) => m.seq < reply.seq));
}

/** E5: a person has answered, or has the ticket and noted on it, or began it with an e-mail of theirs (E7). */
function personStepped({ ticket, messages }: Observation): boolean {
  const owned = ticket.responder === 'person';
  return messages.some((m) => isPersonsReply(m) || (owned && m.author === 'agent' && isOwnersWord(m)));
}

function isOwnersWord({ kind, fresh }: SeenMessage): boolean {
  return kind === 'description' || (kind === 'note' && fresh);
}
