import { describe, expect, test } from '@jest/globals';
import type { ActivityExecuteInput } from '@temporalio/worker';
import { createFairShare, fairShareOf } from '../../../src/temporal/fair-share.ts';

const SLOTS = 10;

/** A worker's slots, and activities in them that end when they are told to. */
function slots() {
  const clock = { ms: 1_000_000 };
  const share = createFairShare(SLOTS, () => clock.ms);
  const ends: (() => void)[] = [];
  const begin = (connectionId: string) =>
    new Promise<'began' | number>((resolve) => {
      const held = () =>
        new Promise<void>((end) => {
          ends.push(end);
          resolve('began');
        });
      share
        .within(connectionId, held)
        .catch(({ nextRetryDelay }: { nextRetryDelay: number }) => resolve(nextRetryDelay));
    });
  return {
    clock,
    async start(connectionId: string, times: number) {
      const outcomes: ('began' | number)[] = [];
      for (let nth = 0; nth < times; nth += 1) outcomes.push(await begin(connectionId));
      return outcomes;
    },
    async endOne() {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('L4 one slow account does not take the slots of the others', () => {
  test('L4 a connection that is alone has them all', async () => {
    const { start } = slots();
    expect(await start('slow', SLOTS)).toEqual(Array.from({ length: SLOTS }, () => 'began'));
  });

  test('L4 where there is another, the last slots are kept free of whoever has its share', async () => {
    const { start } = slots();
    await start('other', 1);
    const outcomes = await start('slow', SLOTS);
    expect(outcomes.filter((outcome) => outcome === 'began')).toHaveLength(7);
    expect(await start('other', 2)).toEqual(['began', 'began']);
  });

  test('L4 what is told to come later comes in line, at a pace', async () => {
    const { start } = slots();
    await start('other', 1);
    const outcomes = await start('slow', 27);
    expect(outcomes.slice(7)).toEqual(Array.from({ length: 20 }, (_, nth) => 1_000 + 50 * nth));
  });

  test('L4 a slot that is given back can be had again', async () => {
    const { start, endOne } = slots();
    await start('other', 1);
    await start('slow', 8);
    expect(await start('slow', 1)).not.toEqual(['began']);
    await endOne();
    expect(await start('slow', 1)).toEqual(['began']);
  });

  test('L4 for one that has not been heard of for long nothing is kept free', async () => {
    const { start, clock, endOne } = slots();
    await start('other', 1);
    await endOne();
    clock.ms += 11 * 60_000;
    expect(await start('slow', SLOTS)).toEqual(Array.from({ length: SLOTS }, () => 'began'));
  });

  test('L4 it stands around every activity of a worker, whichever that is', async () => {
    const execute = fairShareOf(SLOTS).activity?.[0]?.({} as never).inbound?.execute;
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    const begin = (connectionId: string) =>
      execute?.({ args: [{ connectionId }], headers: {} } satisfies ActivityExecuteInput, () => over);
    const slow = Array.from({ length: SLOTS - 2 }, () => begin('slow'));
    const other = begin('other');
    await expect(begin('slow')).rejects.toMatchObject({ type: 'Later', nextRetryDelay: 1_000 });
    end();
    await Promise.all([...slow, other]);
  });
});
