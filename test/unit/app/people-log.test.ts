import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createPeopleLog } from '../../../src/app/people-log.ts';

/** A log for people, and the lines it has written, without colours. */
function written() {
  const lines: string[] = [];
  const clock = { ms: 0 };
  const target = { write: (text: string) => void lines.push(stripVTControlCharacters(text).trimEnd()) };
  const log = pino(
    { level: 'info' },
    createPeopleLog(target, () => clock.ms),
  );
  return { log, lines, clock };
}

test('a line for a person says when, on which ticket, what, and the ids and numbers that belong to it', () => {
  const { log, lines } = written();
  log.info(
    { connection: 'default', ticketId: 42, rule: 'E6', confidence: 0.9097060253402, reasons: ['a', 'b'] },
    'replied',
  );
  log.warn({ connection: 'shop', ticketId: 7 }, 'careful');
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d {2}#42 {2}replied {2}\(rule E6, confidence 0\.91, reasons a b\)$/);
  expect(lines[1]).toMatch(/ {2}#7 shop {2}warning {2}careful$/);
});

test('task tokens, stacks and whatever is no plain value are left out', () => {
  const { log, lines } = written();
  log.error({ from: 'temporal', taskToken: 'AAAA', meta: { a: 1 }, error: { at: ['x'] }, attempt: 3 }, 'failed');
  expect(lines[0]).toMatch(/ {2}error {2}Temporal: failed {2}\(attempt 3\)$/);
});

test('while Temporal is away its hundred warnings are one line a minute, with how many were left out', () => {
  const { log, lines, clock } = written();
  for (let nth = 0; nth < 140; nth += 1) log.warn({ from: 'temporal', nth }, `grpc call ${nth} failed, retrying`);
  expect(lines).toHaveLength(1);
  clock.ms += 61_000;
  log.warn({ from: 'temporal' }, 'grpc call failed, retrying');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('139 more like it were left out');
  log.info('ready again');
  expect(lines).toHaveLength(3);
});

test('what is no line of a log is written as it is', () => {
  const lines: string[] = [];
  createPeopleLog({ write: (text) => void lines.push(text) }).write('plain\n');
  expect(lines).toEqual(['plain\n']);
});
