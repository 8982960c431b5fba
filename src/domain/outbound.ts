import type { TicketRef } from './ticket.ts';
/** Writes that must not happen twice (A5). */
export type OutboundKind =
  | 'reply'
  | 'draft'
  | 'handoff_note'
  | 'handoff_message'
  | 'resolution_note'
  /** E4: that something asked before the ticket was given back has no answer. */
  | 'left_open_note'
  /** L5: that the ticket cannot be read, and is not answered meanwhile. */
  | 'unreadable_note';
export type OutboundState = 'pending' | 'sending' | 'sent' | 'rejected' | 'unknown';

export type OutboundTarget = TicketRef & { throughSeq: number; episode: number };

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

/** The ticket that a public reply was written on, and the message that it answers; null for the key of anything else. */
export function replyOfKey(key: string): { ticketId: number; throughSeq: number } | null {
  const [, ticketId, throughSeq] = /^reply:.+:(\d+):(-?\d+)$/.exec(key) ?? [];
  return ticketId === undefined ? null : { ticketId: Number(ticketId), throughSeq: Number(throughSeq) };
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

/** How many times a write with an unknown outcome is sent at most: the first time, and once more (A5). */
export const MOST_TRIES = 2;
