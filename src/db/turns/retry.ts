import type { TicketRef } from '../../domain/ticket.ts';
import type { Sessions } from '../conversations/sessions.ts';
import type { Outbounds } from './outbounds.ts';

export type ClearedForRetry = { writes: number; refused: number; resolve: boolean };

/**
 * Clears what keeps the AI from a ticket until a person has looked: undecided writes (A5), refused ones (A6), a refused
 * resolution (R2). The ticket's workflow has to be told afterwards.
 */
export async function clearForRetry(
  { outbounds, sessions }: { outbounds: Pick<Outbounds, 'clear'>; sessions: Pick<Sessions, 'forgetRefusedResolve'> },
  ticket: TicketRef,
  settledBefore: Date,
): Promise<ClearedForRetry> {
  const { undecided: writes, refused } = await outbounds.clear(ticket, { settledBefore, refused: true });
  return { writes, refused, resolve: await sessions.forgetRefusedResolve(ticket) };
}
