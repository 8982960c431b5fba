import { isDone } from '../src/domain/ticket.ts';
import type { Simulator, SimulatorOptions } from '../simulator/simulator.ts';

const DAY_MS = 24 * 3_600_000;
const STATUSES = [2, 3, 6, 4] as const;

/** A clock for the simulator that can be set back while the account's past is made. */
export function pastClock(): { now: NonNullable<SimulatorOptions['now']>; at(daysAgo: number): void; present(): void } {
  let backMs = 0;
  return {
    now: () => new Date(Date.now() - backMs),
    at: (daysAgo) => void (backMs = daysAgo * DAY_MS),
    present: () => void (backMs = 0),
  };
}

export type PastOptions = {
  tickets: number;
  /** The oldest ticket's last change. */
  days: number;
  /** Which statuses, in turn: open, pending, a custom one and resolved unless given. */
  statuses?: readonly number[];
  /** All at the same time instead. */
  together?: boolean;
};

/**
 * Tickets from before the connection, each with a thread, spread over the days; returns the ids of those that a backfill is
 * to mirror.
 */
export function makePast(
  simulator: Simulator,
  clock: Pick<ReturnType<typeof pastClock>, 'at' | 'present'>,
  { tickets, days, statuses = STATUSES, together = false }: PastOptions,
): number[] {
  const { account } = simulator;
  const wanted: number[] = [];
  for (let nth = 0; nth < tickets; nth += 1) {
    clock.at(together ? days : days - (nth * days) / tickets);
    const { id } = account.customerCreatesTicket({
      email: `past${nth}@shop.example`,
      subject: 'From before',
      text: `How many days do I have to return jacket number ${nth}?`,
      tags: ['vip'],
    });
    if (nth % 2 === 1) account.agentNotes(id, { text: 'Called the warehouse.' });
    if (nth % 3 === 1) account.agentReplies(id, { text: 'Let me look into this for you.' });
    if (nth % 3 === 2) account.customerReplies(id, { text: 'And may I wear it before?' });
    const status = statuses[nth % statuses.length] ?? 2;
    if (status !== 2) account.setStatus(id, status);
    if (!isDone(status)) wanted.push(id);
  }
  clock.present();
  return wanted;
}
