import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createLastWebhook } from '../../../src/api/last-webhook.ts';

const log = pino({ level: 'silent' });

test('C6 the last webhook is written at most once a minute for each connection, and again after a failure', async () => {
  const written: string[] = [];
  let nowMs = 0;
  let down = false;
  const saw = createLastWebhook(
    {
      sawWebhook: async (id, at) => {
        if (down) throw new Error('the database is away');
        written.push(`${id} ${at.getTime()}`);
      },
    },
    log,
    () => new Date(nowMs),
  );
  saw('a');
  saw('b');
  nowMs = 59_999;
  saw('a');
  expect(written).toEqual(['a 0', 'b 0']);
  nowMs = 60_000;
  saw('a');
  expect(written.at(-1)).toBe('a 60000');

  nowMs = 120_000;
  down = true;
  saw('a');
  await new Promise(setImmediate);
  down = false;
  saw('a');
  expect(written.at(-1)).toBe('a 120000');
});
