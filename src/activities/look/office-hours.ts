import { DateTime } from 'luxon';
import type { OfficeHours, Weekday } from '../../domain/settings.ts';

/** `opensAt`: the next opening; null when the office never opens again by these hours. */
export type Office = { open: true } | { open: false; opensAt: Date | null };

const WEEKDAYS: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
/** Longer than any row of holidays. */
const DAYS_AHEAD = 400;

/**
 * H7: whether somebody is there, on the office's own clocks: a shift includes its start and ends right before its end, a
 * holiday is closed for the whole local day, and where the clocks are changed the wall clock counts.
 */
export function officeAt(hours: OfficeHours, now: Date): Office {
  const local = DateTime.fromJSDate(now, { zone: hours.timezone });
  const isOpen = shiftsOn(hours, local).some(({ start, end }) => start <= local && local < end);
  return isOpen ? { open: true } : { open: false, opensAt: nextOpening(hours, local) };
}

/** The opening as the note to people says it: in the office's own time. */
export function openingInWords(opensAt: Date | null, timezone: string): string {
  if (opensAt === null) return 'The office hours name no opening.';
  const local = DateTime.fromJSDate(opensAt, { zone: timezone }).setLocale('en-GB');
  return `The office opens on ${local.toFormat('cccc, d LLLL yyyy')} at ${local.toFormat('HH:mm')} (${timezone}).`;
}

type Shift = { start: DateTime; end: DateTime };

function shiftsOn({ shifts, holidays }: OfficeHours, day: DateTime): Shift[] {
  if (holidays.includes(day.toISODate() ?? '')) return [];
  const weekday = WEEKDAYS[day.weekday - 1];
  return shifts
    .filter(({ days }) => weekday !== undefined && days.includes(weekday))
    .map(({ start, end }) => ({ start: timeOn(day, start), end: timeOn(day, end) }));
}

function nextOpening(hours: OfficeHours, now: DateTime): Date | null {
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1) {
    const starts = shiftsOn(hours, now.plus({ days: ahead }))
      .map(({ start }) => start.toMillis())
      .filter((start) => start > now.toMillis());
    if (starts.length > 0) return new Date(Math.min(...starts));
  }
  return null;
}

/** 24:00 is the next day's beginning. A time that the clocks skip is that much later. */
function timeOn(day: DateTime, time: string): DateTime {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const midnight = day.startOf('day');
  return hour === 24 ? midnight.plus({ days: 1 }) : midnight.set({ hour, minute });
}
