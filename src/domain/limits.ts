import type { Settings } from './settings.ts';

/** How many public replies the AI has sent lately, on our clock. */
export type ReplyCounts = {
  onTicketLastHour: number;
  onTicketLastDay: number;
  toRequesterLastDay: number;
  onConnectionLastHour: number;
};

/** Which limit has been reached. */
export type Brake = keyof Settings['limits'];

/** E11: the first limit that one more reply would exceed, or null. A limit of 0 lets no reply through. */
export function loopSuspected(limits: Settings['limits'], counts: ReplyCounts): Brake | null {
  if (counts.onTicketLastHour >= limits.repliesPerTicketPerHour) return 'repliesPerTicketPerHour';
  if (counts.onTicketLastDay >= limits.repliesPerTicketPerDay) return 'repliesPerTicketPerDay';
  if (counts.toRequesterLastDay >= limits.repliesPerRequesterPerDay) return 'repliesPerRequesterPerDay';
  return counts.onConnectionLastHour >= limits.repliesPerConnectionPerHour ? 'repliesPerConnectionPerHour' : null;
}
