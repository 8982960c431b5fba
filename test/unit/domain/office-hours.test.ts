import { describe, expect, test } from '@jest/globals';
import { officeAt, openingInWords } from '../../../src/activities/look/office-hours.ts';
import type { OfficeHours, Weekday } from '../../../src/domain/settings.ts';

const WEEK: Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const hours = (changes: Partial<OfficeHours> = {}): OfficeHours => ({
  timezone: 'Europe/Berlin',
  outside: 'handoff',
  shifts: [
    { days: WEEK, start: '09:00', end: '12:30' },
    { days: WEEK, start: '13:30', end: '17:30' },
  ],
  holidays: [],
  ...changes,
});
/** What the office is at this moment: open, or closed until then. */
function at(moment: string, changes: Partial<OfficeHours> = {}): string {
  const office = officeAt(hours(changes), new Date(moment));
  return office.open ? 'open' : (office.opensAt?.toISOString().replace(':00.000Z', 'Z') ?? 'never');
}

describe('H7 office hours', () => {
  test.each([
    ['within the first shift', '2026-01-05T08:00:00Z', 'open'], // a Monday, 09:00 in Berlin
    ['right before it', '2026-01-05T07:59:59Z', '2026-01-05T08:00Z'],
    ['right at its end', '2026-01-05T11:30:00Z', '2026-01-05T12:30Z'],
    ['right before its end', '2026-01-05T11:29:59Z', 'open'],
    ['between two shifts of the day', '2026-01-05T12:00:00Z', '2026-01-05T12:30Z'],
    ['within the second shift', '2026-01-05T12:30:00Z', 'open'],
    ['in the evening', '2026-01-05T18:00:00Z', '2026-01-06T08:00Z'],
    ['on Friday evening it opens on Monday', '2026-01-09T18:00:00Z', '2026-01-12T08:00Z'],
    ['on Sunday', '2026-01-11T10:00:00Z', '2026-01-12T08:00Z'],
  ])('H7 %s', (_when, moment, office) => {
    expect(at(moment)).toBe(office);
  });

  test.each([
    ['Asia/Tokyo', '2026-01-05T00:00:00Z', 'open'],
    ['America/New_York', '2026-01-05T00:00:00Z', '2026-01-05T14:00Z'],
    ['Asia/Kathmandu', '2026-01-05T03:00:00Z', '2026-01-05T03:15Z'],
    ['UTC', '2026-01-05T09:00:00Z', 'open'],
  ])('H7 by the clocks of %s', (timezone, moment, office) => {
    expect(at(moment, { timezone })).toBe(office);
  });

  test.each([
    ['in winter', '2026-03-27T08:30:00Z', 'open'],
    ['in summer', '2026-03-30T07:30:00Z', 'open'],
    ['before summer time opens an hour earlier by UTC', '2026-03-27T18:00:00Z', '2026-03-30T07:00Z'],
    ['before winter time, an hour later', '2026-10-23T18:00:00Z', '2026-10-26T08:00Z'],
  ])('H7 daylight saving: %s', (_when, moment, office) => {
    expect(at(moment)).toBe(office);
  });

  test('H7 a shift that begins within the hour the clocks skip begins after it', () => {
    const night = { shifts: [{ days: ['sunday' as const], start: '02:30', end: '06:00' }] };
    expect(at('2026-03-29T00:00:00Z', night)).toBe('2026-03-29T01:30Z'); // 03:30 summer time
    expect(at('2026-03-29T01:45:00Z', night)).toBe('open');
  });

  test('H7 a holiday is closed for the whole local day', () => {
    const holidays = ['2026-12-24', '2026-12-25'];
    expect(at('2026-12-24T09:00:00Z', { holidays })).toBe('2026-12-28T08:00Z');
    expect(at('2026-12-23T23:30:00Z', { holidays })).toBe('2026-12-28T08:00Z');
    expect(at('2026-12-23T09:00:00Z', { holidays })).toBe('open');
  });

  test('H7 a night is two shifts that touch at midnight', () => {
    const shifts: OfficeHours['shifts'] = [
      { days: ['friday'], start: '22:00', end: '24:00' },
      { days: ['saturday'], start: '00:00', end: '06:00' },
    ];
    expect(at('2026-01-09T22:59:59Z', { shifts })).toBe('open');
    expect(at('2026-01-09T23:00:00Z', { shifts })).toBe('open');
    expect(at('2026-01-10T05:00:00Z', { shifts })).toBe('2026-01-16T21:00Z');
  });

  test('H7 an office without shifts never opens', () => {
    expect(at('2026-01-05T09:00:00Z', { shifts: [] })).toBe('never');
  });

  test('H7 the opening is told in the office’s own time', () => {
    expect(openingInWords(new Date('2026-01-12T08:00:00Z'), 'Europe/Berlin')).toBe(
      'The office opens on Monday, 12 January 2026 at 09:00 (Europe/Berlin).',
    );
    expect(openingInWords(null, 'UTC')).toBe('The office hours name no opening.');
  });
});
