import { expect, test } from '@jest/globals';
import { takeCredits } from '../../../src/accounts/credits.ts';
import { RateLimited, type RateLimit, type Settlement } from '../../../src/domain/rate-limit.ts';

const TICKET = { name: 'ticket:7', lane: 'live', share: 1 } as const;
const GET = { credits: 1, kind: 'GET /tickets/:id' };

/** A budget that has what is asked for, and writes down what it is asked. */
function budget(closed: [kind: string, ms: number][] = []) {
  const asked: number[] = [];
  const settled: Settlement[] = [];
  const limit: RateLimit = {
    acquire: async ({ credits }) => {
      asked.push(credits);
      return { closed: new Map(closed) };
    },
    settle: async (settlement) => void settled.push(settlement),
    learned: async () => undefined,
    closedFor: async () => undefined,
  };
  return { limit, asked, settled };
}

test('L1 what an attempt needs is taken together, and what it did not use goes back', async () => {
  const { limit, asked, settled } = budget();
  const credits = await takeCredits(limit, { ...TICKET, credits: 9 });
  for (let call = 0; call < 3; call += 1) await credits.acquire(GET);
  await credits.close();
  expect(asked).toEqual([9]);
  expect(settled).toEqual([{ lane: 'live', credits: 6 }]);
});

test('L1 what is kept for the write stays with the ticket, and the rest goes back', async () => {
  const { limit, settled } = budget();
  const credits = await takeCredits(limit, { ...TICKET, credits: 9 });
  await credits.acquire(GET);
  credits.keep(5);
  await credits.close();
  expect(settled).toEqual([{ lane: 'live', credits: 8, keep: { name: 'ticket:7', credits: 5 } }]);
});

test('L1 an attempt that fails keeps nothing for a write that does not follow', async () => {
  const { limit, settled } = budget();
  const credits = await takeCredits(limit, { ...TICKET, credits: 9 });
  credits.keep(5);
  await credits.close(new Error('no answer'));
  expect(settled).toEqual([{ lane: 'live', credits: 9 }]);
});

test('L1 one that needs more than it has taken goes on without waiting, and the line pays for it', async () => {
  const { limit, asked, settled } = budget();
  const credits = await takeCredits(limit, { ...TICKET, credits: 2 });
  for (let call = 0; call < 5; call += 1) await credits.acquire(GET);
  await credits.close();
  expect(asked).toEqual([2]);
  expect(settled).toEqual([{ lane: 'live', credits: -3 }]);
});

test('L1 one that the account refuses is first in line when it opens, and pays anew', async () => {
  const { limit, settled } = budget();
  const credits = await takeCredits(limit, { ...TICKET, credits: 4 });
  await credits.acquire(GET);
  await credits.closedFor(30_000, null);
  await credits.close(new RateLimited(30_000));
  expect(settled).toEqual([{ lane: 'live', credits: 0, keep: { name: 'ticket:7', credits: 0 } }]);
});

test('L3 a call of a kind that is closed is not sent, others are; what was taken is there when it opens', async () => {
  const { limit, settled } = budget([['GET /tickets', 20_000]]);
  const credits = await takeCredits(limit, { ...TICKET, credits: 4 });
  await credits.acquire(GET);
  const refused = credits.acquire({ credits: 1, kind: 'GET /tickets' });
  await expect(refused).rejects.toMatchObject({ name: 'RateLimited', retryAfterMs: expect.any(Number) });
  await credits.close(await refused.catch((error: unknown) => error));
  expect(settled).toEqual([{ lane: 'live', credits: 3, keep: { name: 'ticket:7', credits: 3 } }]);
});
