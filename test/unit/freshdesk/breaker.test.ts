import { describe, expect, test } from '@jest/globals';
import { breakOff, createBreaker } from '../../../src/freshdesk/breaker.ts';
import type { Freshdesk } from '../../../src/freshdesk/client.ts';
import { NotFound, OutcomeUnknown, RateLimited, Unreachable } from '../../../src/freshdesk/errors.ts';

/** An account that does what it is told to, and how often it was asked. */
function account() {
  const clock = { ms: 0 };
  const told: string[] = [];
  const state = { asked: 0, does: (): Promise<unknown> => Promise.resolve('a ticket') };
  const client = {
    ticket: () => {
      state.asked += 1;
      return state.does();
    },
  } as unknown as Freshdesk;
  const breaker = createBreaker({ shut: () => told.push('shut'), opened: () => told.push('opened') }, () => clock.ms);
  const ask = () =>
    breakOff(client, breaker)
      .ticket(1)
      .then(
        () => 'answered',
        (error: Error) => (error instanceof Unreachable ? (error.retryAfterMs ?? error.seen) : error.name),
      );
  return { ask, state, clock, told };
}

const timeout = () => Promise.reject(new Unreachable('GET /tickets/1', 'timeout'));

describe('L4 an account that does not answer is left alone', () => {
  test('L4 after five requests without an answer nobody waits for it any more, and all are told when to come back', async () => {
    const { ask, state, told } = account();
    state.does = timeout;
    for (let nth = 0; nth < 5; nth += 1) expect(await ask()).toBe('timeout');
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([15_000, 15_000, 15_000]);
    expect(state.asked).toBe(5);
    expect(told).toEqual(['shut']);
  });

  test('L4 then one request asks whether it is back, ever more rarely, and the others wait for what it finds', async () => {
    const { ask, state, clock } = account();
    state.does = timeout;
    for (let nth = 0; nth < 5; nth += 1) await ask();
    clock.ms = 15_000;
    expect(await ask()).toBe('timeout');
    expect(await ask()).toBe(30_000);
    clock.ms = 45_000;
    expect(await ask()).toBe('timeout');
    expect(await ask()).toBe(60_000);
    expect(state.asked).toBe(7);
  });

  test('L4 the first answer lets everybody in again', async () => {
    const { ask, state, clock, told } = account();
    state.does = timeout;
    for (let nth = 0; nth < 5; nth += 1) await ask();
    clock.ms = 15_000;
    state.does = () => Promise.reject(new NotFound('GET /tickets/1'));
    expect(await ask()).toBe('NotFound');
    state.does = () => Promise.resolve('a ticket');
    expect(await Promise.all([ask(), ask()])).toEqual(['answered', 'answered']);
    expect(told).toEqual(['shut', 'opened']);
  });

  test('L4 an answer in between begins the count anew', async () => {
    const { ask, state } = account();
    for (let nth = 0; nth < 20; nth += 1) {
      state.does = nth % 5 === 4 ? () => Promise.resolve('a ticket') : timeout;
      expect(await ask()).toBe(nth % 5 === 4 ? 'answered' : 'timeout');
    }
    expect(state.asked).toBe(20);
  });

  test.each([
    ['refuses connections', () => new Unreachable('GET /tickets/1', 'ECONNREFUSED')],
    ['answers 502', () => new Unreachable('GET /tickets/1', 'http_502')],
    ['breaks the connection off in a write', () => new OutcomeUnknown('POST /tickets/1/reply', 'reset')],
    ['limits us', () => new RateLimited(60_000)],
  ])('L4 one that %s holds no slot, and is asked as ever', async (_what, error) => {
    const { ask, state } = account();
    state.does = () => Promise.reject(error());
    for (let nth = 0; nth < 10; nth += 1) await ask();
    expect(state.asked).toBe(10);
  });

  test('L4 a write without an answer before the deadline counts as well', async () => {
    const { ask, state } = account();
    state.does = () => Promise.reject(new OutcomeUnknown('POST /tickets/1/reply', 'timeout'));
    for (let nth = 0; nth < 6; nth += 1) await ask();
    expect(state.asked).toBe(5);
  });
});
