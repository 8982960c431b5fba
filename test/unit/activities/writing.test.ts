import '../../../testbed/quiet.ts';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { writing } from '../../../src/activities/admitted.ts';
import type { ActivityDeps } from '../../../src/activities/deps.ts';

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => void jest.useRealTimers());

test('L1 the heart of a write that takes long beats, and stops with it', async () => {
  const deps = { takeCredits: async () => ({ close: async () => undefined }) } as unknown as ActivityDeps;
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const environment = new MockActivityEnvironment();
  let beats = 0;
  environment.on('heartbeat', () => (beats += 1));
  const running = environment.run(() => writing(deps, { connectionId: 'default', ticketId: 7 }, () => over));
  await jest.advanceTimersByTimeAsync(3_000);
  expect(beats).toBe(0);
  await jest.advanceTimersByTimeAsync(9_000);
  expect(beats).toBe(3);
  end();
  await running;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(beats).toBe(3);
});
