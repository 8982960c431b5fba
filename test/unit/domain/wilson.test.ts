import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wilson } from '../../../src/domain/wilson.ts';

test('G7 the Wilson interval of a share, as it is printed in textbooks', () => {
  expect(wilson(0, 0)).toBeNull();
  // R: prop.test(15, 50, correct = FALSE), prop.test(0, 10, …), prop.test(10, 10, …)
  expect(wilson(15, 50)?.from).toBeCloseTo(0.191, 4);
  expect(wilson(15, 50)?.to).toBeCloseTo(0.4375, 4);
  expect(wilson(0, 10)?.from).toBe(0);
  expect(wilson(0, 10)?.to).toBeCloseTo(0.2775, 4);
  expect(wilson(10, 10)?.from).toBeCloseTo(0.7225, 4);
  expect(wilson(10, 10)?.to).toBe(1);
});

test('G7 it holds the share, lies within 0 and 1, and is narrower the more there are', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.integer({ min: 1, max: 1_000 }), (some, n) => {
      const hits = some % (n + 1);
      const one = wilson(hits, n);
      const ten = wilson(hits * 10, n * 10);
      if (one === null || ten === null) throw new Error('something of something has an interval');
      expect(one.from).toBeGreaterThanOrEqual(0);
      expect(one.to).toBeLessThanOrEqual(1);
      expect(one.from).toBeLessThanOrEqual(hits / n + 1e-12);
      expect(one.to).toBeGreaterThanOrEqual(hits / n - 1e-12);
      expect(ten.to - ten.from).toBeLessThan(one.to - one.from);
    }),
  );
});
