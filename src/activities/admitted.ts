import type { TicketRef } from '../domain/ticket.ts';
import type { Credits } from '../accounts/credits.ts';
import { backgroundShare } from '../domain/backfill.ts';
import { NEEDS, type Lane } from '../domain/rate-limit.ts';
import { beat } from './beat.ts';
import type { ActivityDeps } from './deps.ts';
import { guarded } from './writing/guarded.ts';

export type Admission = {
  connectionId: string;
  /** What it is for; an attempt of the same name finds the place in line that this one had. */
  name: string;
  lane: Lane;
  credits: number;
};

/**
 * Does the work with the credits it needs, taken together before it begins (L1): an attempt whose turn it is not yet fails
 * with the time when it is, having spent nothing, and finds its place when it comes back.
 */
export async function admitted<T>(
  deps: ActivityDeps,
  { connectionId, name, lane, credits }: Admission,
  work: (deps: ActivityDeps, credits: Credits) => Promise<T>,
): Promise<T> {
  const share = lane === 'live' ? 1 : backgroundShare((await deps.account(connectionId)).settings);
  const taken = await deps.takeCredits(connectionId, { name, lane, share, credits });
  let failure: unknown;
  try {
    const account = (id: string) => deps.account(id, { limit: taken });
    return await work({ ...deps, account: async (id) => guarded(await account(id), () => account(id)) }, taken);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    // What cannot be given back is lost, and no more than that: the work is done.
    await taken.close(failure).catch(() => undefined);
  }
}

/** The name of what is done for a ticket: one thing at a time. */
export function nameOfTicket(ticketId: number): string {
  return `ticket:${ticketId}`;
}

/** A write on a ticket, with all it takes; what the look before has kept for it is used first. Its heart beats (A5). */
export async function writing<T>(
  deps: ActivityDeps,
  { connectionId, ticketId }: TicketRef,
  work: (deps: ActivityDeps) => Promise<T>,
): Promise<T> {
  const pulse = beat();
  try {
    const admission = { connectionId, name: nameOfTicket(ticketId), lane: 'live', credits: NEEDS.write } as const;
    return await admitted(deps, admission, work);
  } finally {
    pulse.stop();
  }
}
