import { type SessionState } from './session.ts';
import { isPublicReply, NOTHING, type SeenMessage } from './thread.ts';

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

/**
 * E4: what customers have written since anybody last answered or drafted, and what giving the ticket back leaves behind all
 * the same, because the AI goes on with the next message.
 */
export function leftOpen(
  { coveredThrough }: Pick<SessionState, 'coveredThrough'>,
  messages: readonly SeenMessage[],
  floorMs: number,
): SeenMessage[] {
  const isAnswer = (m: SeenMessage) =>
    m.writtenAs === 'draft' || (isPublicReply(m) && m.writtenAs !== 'handoff_message');
  const answered = messages.findLast(isAnswer)?.seq ?? NOTHING;
  return messages.filter(
    (m) => m.answerable && m.seq > answered && m.seq <= coveredThrough && m.createdAtMs >= floorMs,
  );
}
