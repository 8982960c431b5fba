import { expect, test } from '@jest/globals';
import { loopSuspected, type ReplyCounts } from '../../../src/domain/limits.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';

const { limits } = DEFAULT_SETTINGS;
const counts = (changes: Partial<ReplyCounts> = {}): ReplyCounts => ({
  onTicketLastHour: 0,
  onTicketLastDay: 0,
  toRequesterLastDay: 0,
  onConnectionLastHour: 0,
  ...changes,
});

test.each([
  ['onTicketLastHour', 'repliesPerTicketPerHour'],
  ['onTicketLastDay', 'repliesPerTicketPerDay'],
  ['toRequesterLastDay', 'repliesPerRequesterPerDay'],
  ['onConnectionLastHour', 'repliesPerConnectionPerHour'],
] as const)('E11 %s: as many replies as %s allows, and no more', (count, limit) => {
  expect(loopSuspected(limits, counts({ [count]: limits[limit] - 1 }))).toBeNull();
  expect(loopSuspected(limits, counts({ [count]: limits[limit] }))).toBe(limit);
  expect(loopSuspected({ ...limits, [limit]: 0 }, counts())).toBe(limit);
});

test('E11 nothing sent yet trips no brake', () => {
  expect(loopSuspected(limits, counts())).toBeNull();
});
