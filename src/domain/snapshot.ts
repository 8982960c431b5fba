import type { Channel, Mode, Owner, Responder, SessionStatus } from './ticket.ts';

/**
 * What one look at a ticket tells the workflow: ids, enums, numbers and times (Freshdesk's clock, ms), and the settings a
 * decision needs. Below 2 KB and without anything personal, because it is kept in Temporal.
 */
export type Snapshot = {
  atMs: number;
  /** null: the gate did not admit the ticket, or it is gone and was never tracked. */
  session: SessionFacts | null;
  groupId: number | null;
  waiting: Waiting | null;
  settings: EngagementSettings;
  timing: { requestDeadlineMs: number };
  /** The connection's key works (C8). */
  connectionActive: boolean;
  /** Files of the thread that are still to be copied; left out when there are none (F1). */
  pendingFiles?: number;
  /** The ticket's pages, for the Web UI: in Freshdesk, and in the Inbox where that has an address. */
  links?: { freshdesk: string; inbox?: string };
};

/** B4: the look was for a backfill or a reconcile pass alone, whose share of the rate limit is used up for so long. */
export type Throttled = { throttledMs: number };

export function isThrottled(look: Snapshot | Throttled): look is Throttled {
  return 'throttledMs' in look;
}

export type SessionFacts = {
  id: string;
  status: SessionStatus;
  responder: Responder;
  owner: Owner;
  channel: Channel;
  mode: Mode;
  episode: number;
  coveredThrough: number;
  /** The AI has replied or drafted before: bursts are waited for, not the first delay (A1). */
  aiWrote: boolean;
  /** E5 */
  shielded: boolean;
  /** The gate has not let it in: the backfill alone has brought it (B2). Left out where it has. */
  mirroredOnly?: true;
  aiAssignedAtMs: number | null;
  /** When the ticket is due to be read again without a hint; null where the session is not open, or the channel off (I6). */
  rereadAtMs: number | null;
  /** When the AI may resolve the ticket; null while nothing is to be resolved (R1). */
  resolveDueMs: number | null;
};

/** The customer messages that want an answer. */
export type Waiting = {
  oldestSeq: number;
  newestSeq: number;
  newestAtMs: number;
  oldestAtMs: number;
  count: number;
  /** Only a phone ticket's description, which an agent wrote: drafted for, never answered publicly (E7). */
  writtenByDesk: boolean;
  /** Somebody other than the requester has written some of it: drafted for, never answered publicly (E10). */
  byOthers: boolean;
};

export type EngagementSettings = {
  autoHandleAll: boolean;
  defaultGroupId: number | null;
  draftForPeople: boolean;
  maxAnswerAgeMs: number;
  firstReplyDelayMs: number;
  burstMs: number;
  paused: boolean;
};
