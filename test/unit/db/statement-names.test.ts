import { expect, test } from '@jest/globals';
import { statementNames } from '../../../src/db/client.ts';

test('a statement is prepared when it comes again, and keeps its name', () => {
  const nameOf = statementNames();
  expect(nameOf({ sql: 'SELECT 1' })).toBe('');
  const name = nameOf({ sql: 'SELECT 1' });
  expect(name).toMatch(/^[\w-]{40,63}$/); // PostgreSQL cuts off what is longer
  expect(nameOf({ sql: 'SELECT 1' })).toBe(name);
  expect(nameOf({ sql: 'SELECT 2' })).toBe('');
});

test('a connection of PostgreSQL keeps no more than 200 of them, however many there are', () => {
  const nameOf = statementNames();
  const texts = Array.from({ length: 5_000 }, (_, values) => ({ sql: `SELECT ${values}` }));
  const names = texts.map((text) => [nameOf(text), nameOf(text)][1]);
  expect(names.slice(0, 200)).not.toContain('');
  expect(new Set(names.slice(200))).toEqual(new Set(['']));
  expect(nameOf(texts[0] ?? { sql: '' })).toBe(names[0]);
});
