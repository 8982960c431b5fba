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

/** Whether what was written under this key was a reply to the customer. */
export function isReplyKey(key: string): boolean {
  return key.startsWith('reply:');
}

/** How many times a write with an unknown outcome is sent at most: the first time, and once more (A5). */
export const MOST_TRIES = 2;
