import { newSession, type Observation, type SessionState } from '../src/domain/session.ts';
import { NOTHING, type SeenMessage } from '../src/domain/thread.ts';
import type { EngagementSettings, SessionFacts, Snapshot, Waiting } from '../src/domain/snapshot.ts';

/** A moment on Freshdesk's clock, on a whole second. */
export const NOON_MS = Date.UTC(2026, 0, 5, 12);
export const SECOND_MS = 1_000;
export const HOUR_MS = 3_600_000;

/** A tracked session, admitted by auto-handle, on which nothing has happened. */
export function session(changes: Partial<SessionState> = {}): SessionState {
  return { ...newSession('auto_handle'), ticketStatus: 2, ...changes };
}

/** A customer's public message; the later its number, the later it was written. */
export function customer(seq: number, changes: Partial<SeenMessage> = {}): SeenMessage {
  return {
    seq,
    author: 'customer',
    visibility: 'public',
    kind: seq === 0 ? 'description' : 'reply',
    createdAtMs: NOON_MS + seq * SECOND_MS,
    answerable: true,
    byRequester: true,
    writtenAs: null,
    fresh: false,
    ...changes,
  };
}

export const person = (seq: number, changes: Partial<SeenMessage> = {}): SeenMessage =>
  customer(seq, { author: 'agent', kind: 'reply', answerable: false, ...changes });
export const note = (seq: number, changes: Partial<SeenMessage> = {}): SeenMessage =>
  person(seq, { visibility: 'private', kind: 'note', ...changes });
export const ai = (seq: number, changes: Partial<SeenMessage> = {}): SeenMessage => {
  const message = person(seq, { author: 'ai', ...changes });
  const isReply = message.visibility === 'public' && message.kind === 'reply';
  return { ...message, writtenAs: changes.writtenAs === undefined && isReply ? 'reply' : message.writtenAs };
};
/** H9: the AI's word to the customer that a person takes over. */
export const takesOver = (seq: number): SeenMessage => ai(seq, { writtenAs: 'handoff_message' });
/** First seen by this look. */
export const fresh = (message: SeenMessage): SeenMessage => ({ ...message, fresh: true });

type ObservationChanges = Partial<Omit<Observation, 'ticket'>> & { ticket?: Partial<Observation['ticket']> };

/** A look at an open, unassigned ticket in autopilot. */
export function observation({ ticket, ...changes }: ObservationChanges = {}): Observation {
  return {
    atMs: NOON_MS + HOUR_MS,
    ticket: { status: 2, responder: 'none', spam: false, deleted: false, ...ticket },
    messages: [customer(0)],
    floorMs: 0,
    resolvedAtMs: null,
    mode: 'autopilot',
    onReassign: 'next_message',
    draftForPeople: false,
    gate: null,
    ...changes,
  };
}

export const WAITING: Waiting = {
  oldestSeq: 5,
  newestSeq: 7,
  oldestAtMs: NOON_MS - 10 * SECOND_MS,
  newestAtMs: NOON_MS - 2 * SECOND_MS,
  count: 2,
  writtenByDesk: false,
  byOthers: false,
};

type SnapshotChanges = Partial<Omit<Snapshot, 'session' | 'settings' | 'waiting'>> & {
  session?: Partial<SessionFacts>;
  waiting?: Partial<Waiting> | null;
  settings?: Partial<EngagementSettings>;
};

/** An unassigned e-mail ticket in autopilot under auto-handle, with two customer messages waiting. */
export function snapshot({ session: view, waiting, settings, ...changes }: SnapshotChanges = {}): Snapshot {
  return {
    atMs: NOON_MS,
    session: {
      id: 'session',
      status: 'open',
      responder: 'none',
      owner: 'none',
      channel: 'email',
      mode: 'autopilot',
      episode: 1,
      coveredThrough: NOTHING,
      aiWrote: false,
      shielded: false,
      aiAssignedAtMs: null,
      rereadAtMs: NOON_MS + 24 * HOUR_MS,
      resolveDueMs: null,
      ...view,
    },
    groupId: null,
    waiting: waiting === null ? null : { ...WAITING, ...waiting },
    settings: {
      autoHandleAll: true,
      defaultGroupId: null,
      draftForPeople: false,
      maxAnswerAgeMs: 24 * HOUR_MS,
      firstReplyDelayMs: 30 * SECOND_MS,
      burstMs: 8 * SECOND_MS,
      paused: false,
      ...settings,
    },
    timing: { requestDeadlineMs: 20_000 },
    connectionActive: true,
    ...changes,
  };
}
