import { expect, test } from '@jest/globals';
import { createSecretCheck, hashSecret } from '../../../src/db/connections/webhook-secrets.ts';

function setUp() {
  const stored = new Map([['default', 'first']]);
  const state = { nowMs: 0, reads: 0, down: false };
  const check = createSecretCheck(
    async () => {
      state.reads += 1;
      if (state.down) throw new Error('database away');
      return [...stored].map(([id, secret]) => ({ id, webhookSecretHash: hashSecret(secret) }));
    },
    () => new Date(state.nowMs),
  );
  return { stored, state, ...check };
}

test('W2 the database is read once in 5 s, however many connections are guessed', async () => {
  const { state, check } = setUp();
  const guesses = Array.from({ length: 100 }, (_, index) => check(`guess-${index}`, 'x'));
  expect(await Promise.all(guesses)).toEqual(guesses.map(() => false));
  expect(await check('default', 'first')).toBe(true);
  expect(state.reads).toBe(1);
  state.nowMs = 5_000;
  await check('default', 'first');
  expect(state.reads).toBe(2);
});

test('W2 a secret saved here counts at once, one saved elsewhere within 5 s', async () => {
  const { stored, state, check, forget } = setUp();
  expect(await check('default', 'first')).toBe(true);
  stored.set('default', 'second');
  expect(await check('default', 'second')).toBe(false);
  state.nowMs = 5_000;
  expect(await check('default', 'second')).toBe(true);
  stored.set('default', 'third');
  forget();
  expect(await check('default', 'second')).toBe(false);
  expect(await check('default', 'third')).toBe(true);
});

test('W2 a read that began before a secret was saved is not kept', async () => {
  const { stored, check, forget } = setUp();
  const early = check('default', 'first');
  stored.set('default', 'second');
  forget();
  await early;
  expect(await check('default', 'second')).toBe(true);
});

test('W4 webhooks still get through while the database is away, if it was ever there', async () => {
  const { state, check } = setUp();
  state.down = true;
  await expect(check('default', 'first')).rejects.toThrow('database away');
  state.down = false;
  expect(await check('default', 'first')).toBe(true);
  state.down = true;
  state.nowMs = 60_000;
  expect(await check('default', 'first')).toBe(true);
  expect(await check('default', 'wrong')).toBe(false);
  expect(state.reads).toBe(3);
});
