import { describe, expect, test } from '@jest/globals';
import {
  backgroundShare,
  isBehind,
  listPauseMs,
  wakePauseMs,
  type MirroredTicket,
} from '../../../src/domain/backfill.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { isUrgent } from '../../../src/domain/temporal-names.ts';

const CHANGED_MS = Date.UTC(2026, 0, 5, 9);
const listed = { id: 7, updatedAtMs: CHANGED_MS };
const mirrored = (changes: Partial<MirroredTicket> = {}): MirroredTicket => ({
  ticketUpdatedAtMs: CHANGED_MS,
  lookedAtMs: CHANGED_MS + 1_000,
  gone: false,
  erased: false,
  ...changes,
});

describe('X1 whether the mirror is behind a list', () => {
  test.each([
    ['a ticket that is not tracked', null, true],
    ['one that was looked at after its last change', mirrored(), false],
    ['one that has changed since', mirrored({ ticketUpdatedAtMs: CHANGED_MS - 1_000 }), true],
    ['one looked at in the very second of the change', mirrored({ lookedAtMs: CHANGED_MS }), true],
    ['one looked at before the change', mirrored({ lookedAtMs: CHANGED_MS - 1 }), true],
    ['one whose requester was erased, which changed since', mirrored({ erased: true, ticketUpdatedAtMs: 0 }), false],
    ['one whose requester was erased, which is gone too', mirrored({ erased: true, gone: true }), false],
    ['one that is closed as gone, and is listed all the same', mirrored({ gone: true }), true],
  ])('X1 %s', (_what, known, behind) => {
    expect(isBehind(known, listed)).toBe(behind);
  });
});

test.each([
  [{}, 0.5],
  [{ backfill: { rateShare: 0.1 } }, 0.1],
  [{ backfill: { rateShare: 1 } }, 1],
])('B4 background work takes the share that the settings leave it: %j', (changes, share) => {
  expect(backgroundShare({ ...DEFAULT_SETTINGS, ...changes })).toBe(share);
});

test('B4 lists are read within the separate limit of every plan, and of the share', () => {
  const perMinute = (total: number, share: number) => 60_000 / listPauseMs(total, share);
  for (const [total, lists] of [
    [200, 20],
    [400, 100],
    [700, 200],
    [1_000, 300],
    [2_000, 400],
  ] as const) {
    expect(perMinute(total, 1)).toBeLessThanOrEqual(lists);
    expect(perMinute(total, 0.5)).toBeLessThanOrEqual(lists / 2);
  }
  expect(listPauseMs(null, 0.5)).toBe(listPauseMs(50, 0.5));
});

test.each([
  [50, 1, 12_000],
  [399, 1, 1_504],
  [400, 1, 750],
  [700, 0.5, 858],
  [50, 0.01, 60_000],
])('B4 with %d credits a minute and a share of %d there are %d ms between two pages of a list', (total, share, ms) => {
  expect(listPauseMs(total, share)).toBe(ms);
});

test.each([
  [700, 0.5, 490],
  [50, 1, 3_429],
  [50, 0.01, 180_000],
])('B4 with %d credits a minute and a share of %d there are %d ms between two tickets', (total, share, ms) => {
  expect(wakePauseMs(total, share)).toBe(ms);
});

test('B4 tickets are woken evenly: a minute of them costs a little more than the share, which holds the rest', () => {
  const creditsAMinute = (60_000 / wakePauseMs(700, 0.5)) * 3;
  expect(creditsAMinute).toBeGreaterThan(350);
  expect(creditsAMinute).toBeLessThan(350 * 1.3);
  expect(wakePauseMs(null, 1)).toBe(wakePauseMs(50, 1));
});

test('B4 only webhooks and operators are in a hurry', () => {
  expect((['webhook', 'operator', 'reconcile', 'backfill'] as const).map(isUrgent)).toEqual([true, true, false, false]);
});
