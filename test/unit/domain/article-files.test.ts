import { expect, test } from '@jest/globals';
import { chooseFiles, MAX_REPLY_BYTES } from '../../../src/domain/article-files.ts';

const file = (key: string, size: number) => ({ name: `${key}.pdf`, contentType: 'application/pdf', size, key });

test.each<[string, [string, number][], string[], string[]]>([
  ['nothing', [], [], []],
  [
    'all that fit',
    [
      ['a', 4],
      ['b', 6],
    ],
    ['a', 'b'],
    [],
  ],
  [
    'one byte too many',
    [
      ['a', 4],
      ['b', 7],
    ],
    ['a'],
    ['b'],
  ],
  [
    'a smaller one after one that does not fit',
    [
      ['a', 4],
      ['b', 7],
      ['c', 6],
    ],
    ['a', 'c'],
    ['b'],
  ],
  [
    'one that is too large by itself',
    [
      ['a', 11],
      ['b', 1],
    ],
    ['b'],
    ['a'],
  ],
  [
    'the same content once',
    [
      ['a', 6],
      ['a', 6],
      ['b', 4],
    ],
    ['a', 'b'],
    [],
  ],
])('F4 the sum decides which files a reply carries: %s', (_what, files, attached, leftOut) => {
  const chosen = chooseFiles(
    files.map(([key, size]) => file(key, size)),
    10,
  );
  expect(chosen.attached.map(({ key }) => key)).toEqual(attached);
  expect(chosen.leftOut.map(({ key }) => key)).toEqual(leftOut);
});

test('F4 the limit is 20 MB for a reply', () => {
  expect(MAX_REPLY_BYTES).toBe(20_971_520);
  expect(chooseFiles([file('a', MAX_REPLY_BYTES)]).leftOut).toEqual([]);
  expect(chooseFiles([file('a', 20 * 1_024 * 1_024), file('b', 1)]).leftOut).toHaveLength(1);
});
