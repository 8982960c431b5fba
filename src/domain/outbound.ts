import type { SessionState } from './session.ts';

/** Writes that must not happen twice (A5). */
export type OutboundKind = 'reply' | 'draft' | 'handoff_note' | 'handoff_message' | 'resolution_note';
export type OutboundState = 'pending' | 'sending' | 'sent' | 'rejected' | 'unknown';

export type OutboundTarget = { connectionId: string; ticketId: number; throughSeq: number; episode: number };

/**
 * The key of a write: made of what it answers, never of a run or an attempt, so that retries, restarts and resets meet the
 * same row. A reply is sent once per answered message for good; the other kinds once per episode (A5).
 */
export function outboundKey(
  kind: OutboundKind,
  { connectionId, ticketId, throughSeq, episode }: OutboundTarget,
): string {
  const base = `${kind}:${connectionId}:${ticketId}:${throughSeq}`;
  return kind === 'reply' ? base : `${base}:${episode}`;
}

/** What was written under this key. */
export function kindOfKey(key: string): OutboundKind {
  return key.slice(0, key.indexOf(':')) as OutboundKind;
}

/** The message that a write answers, out of its key. */
export function throughSeqOf(write: {
  key: string;
  kind: string;
  connectionId: string;
  ticketId: number | bigint;
}): number {
  const { key, kind, connectionId, ticketId } = write;
  const [seq = ''] = key.slice(`${kind}:${connectionId}:${ticketId}:`.length).split(':');
  return /^-?\d{1,16}$/.test(seq) ? Number(seq) : 0;
}

/** How long an attempt without an answer may take, and how long after that it may still appear in the thread. */
export type WriteTiming = { requestDeadlineMs: number; settleMs: number };

/** What was attempted before this, and is not in the thread, has not arrived. Our clock on both sides. */
export function settledBefore(now: Date, { requestDeadlineMs, settleMs }: WriteTiming): Date {
  return new Date(now.getTime() - requestDeadlineMs - settleMs);
}

/** E4: somebody has assigned the ticket to the AI agent, or opened it again while it was the AI agent's. */
export function isGivenBack(before: SessionState | null, after: SessionState): boolean {
  if (before === null || after.status !== 'open' || after.responder !== 'ai') return false;
  return before.responder !== 'ai' || before.status !== 'open';
}

/**
 * A5: writes whose outcome nobody can tell stand in nobody's way any more: people have given the ticket back, or had ended
 * the conversation that they belong to, so that the customer who writes again asks something new. A ticket out of the spam
 * folder or the trash is still the old conversation. A ticket without a session had one that was removed long after its end.
 */
export function leavesUndecidedBehind(before: SessionState | null, after: SessionState): boolean {
  if (before === null) return true;
  return isGivenBack(before, after) || (before.status === 'closed_resolved' && after.status === 'open');
}

/** How many times a write with an unknown outcome is sent at most: the first time, and once more (A5). */
export const MOST_TRIES = 2;
