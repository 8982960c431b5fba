import { describe, expect, test } from '@jest/globals';
import { clockTrouble, diskTrouble, isLoopback, sizeInWords } from '../../../src/domain/machine.ts';

const [MIB, GIB] = [1024 ** 2, 1024 ** 3];

describe('C6 what an operator is told of a machine', () => {
  test.each<[what: string, free: number, total: number, told: boolean]>([
    ['a disk with room', 20 * GIB, 100 * GIB, false],
    ['one with a GiB left', GIB, 100 * GIB, false],
    ['one with less', GIB - 1, 100 * GIB, true],
    ['one that is full', 0, 100 * GIB, true],
    ['a small one with a tenth left', 50 * MIB, 500 * MIB, false],
    ['a small one with less', 49 * MIB, 500 * MIB, true],
  ])('%s', (_what, free, total, told) => {
    expect(diskTrouble('/srv/data on web-1', { free, total }) !== null).toBe(told);
  });

  test('says how much is left, and where', () => {
    expect(diskTrouble('/srv/data on web-1', { free: 300 * MIB, total: 100 * GIB })?.what).toMatch(
      /^300 MiB of 100\.0 GiB are free on the disk of \/srv\/data on web-1\./,
    );
    expect(sizeInWords(1.5 * GIB)).toBe('1.5 GiB');
  });

  test.each<[aheadMs: number, said: RegExp | null]>([
    [0, null],
    [60_000, null],
    [-60_000, null],
    [61_000, /61 seconds ahead of Freshdesk's/],
    [-90_000, /90 seconds behind Freshdesk's/],
    [600_000, /10 minutes ahead of Freshdesk's/],
    [-600_000, /10 minutes behind Freshdesk's/],
  ])('a clock that is %d ms ahead', (aheadMs, said) => {
    const what = clockTrouble('web-1', aheadMs)?.what ?? null;
    if (said === null) expect(what).toBeNull();
    else expect(what).toMatch(said);
  });
});

test.each([
  ['http://localhost/desk', true],
  ['http://127.0.0.1:3000', true],
  ['http://127.20.0.1', true],
  ['http://[::1]:3000', true],
  ['https://ai.example.com', false],
  ['http://localhost.example.com', false],
  ['http://127.0.0.1.example.com', false],
])('U1 %s is this machine, and no address to send others to: %s', (url, is) => {
  expect(isLoopback(new URL(url).hostname)).toBe(is);
});
