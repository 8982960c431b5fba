import { describe, expect, test } from '@jest/globals';
import type { Message, Trace, Turn } from '../../../web/src/api/wire.ts';
import { queryOf, readFilters } from '../../../web/src/pages/inbox-filters.ts';
import { changed, withChanges } from '../../../web/src/pages/settings-values.ts';
import { entriesOf } from '../../../web/src/pages/thread.ts';
import { wordsChanged } from '../../../web/src/words/diff.ts';
import { hostOf } from '../../../web/src/words/links.ts';
import { span } from '../../../web/src/words/numbers.ts';
import { shareInWords } from '../../../web/src/words/reports.ts';

const message = (id: number, author: Message['author'] = 'customer', ignored: Message['ignored'] = null) =>
  ({ freshdeskId: `conversation:${id}`, author, ignored }) as Message;
const turn = (id: string, through: number, episode = 1, at = '2026-01-01T00:00:00Z') =>
  ({ id, throughMessage: `conversation:${through}`, episode, at }) as Turn;
const shown = (messages: Message[], turns: Turn[], handoffs: unknown[] = []) =>
  entriesOf(messages, { turns, writes: [], handoffs } as unknown as Trace).map((entry) =>
    entry.kind === 'message'
      ? Number(entry.message.freshdeskId.slice(13))
      : entry.kind === 'card'
        ? `${entry.card.turn.id}${entry.card.handoffs.length === 0 ? '' : '!'}`
        : `conversation ${entry.number}`,
  );

describe('a thread with its decisions', () => {
  test('U8 each decision stands below the newest message it has seen, and what has seen one that is gone at the end', () => {
    expect(shown([message(1), message(2), message(3, 'ai'), message(4)], [turn('a', 2), turn('b', 9)])).toEqual([
      1,
      2,
      'a',
      3,
      4,
      'b',
    ]);
  });

  test('U8 a later conversation begins with the first message that the customer wrote in it', () => {
    const messages = [
      message(1),
      message(2, 'ai'),
      message(3, 'customer', { rule: 'E8', why: 'auto_reply' }),
      message(4),
      message(5),
    ];
    expect(shown(messages, [turn('a', 1), turn('b', 5, 2)])).toEqual([1, 'a', 2, 3, 'conversation 2', 4, 5, 'b']);
  });

  test('U8 a handoff belongs to the last turn before it that had seen the same message', () => {
    const turns = [turn('a', 1, 1, '2026-01-01T00:00:00Z'), turn('b', 1, 1, '2026-01-01T00:01:00Z')];
    const handoff = { throughMessage: 'conversation:1', episode: 1, at: '2026-01-01T00:02:00Z' };
    expect(shown([message(1)], turns, [handoff])).toEqual([1, 'a', 'b!']);
  });

  test('a thread of two thousand entries is laid out at once', () => {
    const messages = Array.from({ length: 2_000 }, (_one, nth) => message(nth));
    const turns = messages.map((_one, nth) => turn(`t${nth}`, nth));
    const began = performance.now();
    expect(shown(messages, turns)).toHaveLength(4_000);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

test('U8 of a draft and what was sent the changed words are told apart; two texts with nothing in common are not', () => {
  expect(wordsChanged('You have 30 days.', 'You have forty days.')).toEqual([
    { kind: 'same', text: 'You have ' },
    { kind: 'gone', text: '30' },
    { kind: 'new', text: 'forty' },
    { kind: 'same', text: ' days.' },
  ]);
  const many = (word: string) => Array.from({ length: 20_000 }, (_one, nth) => `${word}${nth}`).join(' ');
  expect(wordsChanged(many('a'), many('b'))).toBeNull();
});

test('U6 an address holds the filters alone, and days become the whole of the day', () => {
  expect(readFilters({ status: 'open', evil: '1', q: '', tag: 'vip' })).toEqual({ status: 'open', tag: 'vip' });
  const { from, to } = queryOf({ from: '2026-03-29', to: '2026-03-29' });
  expect(Date.parse(String(to)) - Date.parse(String(from))).toBeGreaterThanOrEqual(22 * 3_600_000);
  expect(queryOf({ from: 'yesterday' }).from).toBe('yesterday');
});

test('U4 a link shows the host it leads to; what a browser would run is none', () => {
  expect(hostOf('https://evil.example/shop.example')).toBe('evil.example');
  expect(hostOf('mailto:help%40shop.example')).toBe('help@shop.example');
  for (const href of ['javascript:alert(1)', 'data:text/html,x', '//evil.example', '/x', '', null])
    expect(hostOf(href)).toBeNull();
});

test('U17 a change is kept by its path, and is none once it is as it was', () => {
  const settings = { reply: { cc: 'keep' }, paused: false } as never;
  const once = changed(new Map(), settings, 'reply.cc', 'none');
  expect(withChanges({}, once)).toEqual({ reply: { cc: 'none' } });
  expect(withChanges(settings as object, once)).toEqual({ reply: { cc: 'none' }, paused: false });
  expect(changed(once, settings, 'reply.cc', 'keep').size).toBe(0);
});

test('G1 below twenty a share is said as a fraction', () => {
  expect(shareInWords({ hits: 3, n: 7, share: 3 / 7 })).toBe('3 of 7');
  expect(shareInWords({ hits: 30, n: 70, share: 3 / 7 })).toBe('43 %');
  expect(shareInWords({ hits: 0, n: 0, share: null })).toBe('none yet');
});

test('how long ago is said in the largest unit that fits, and never as less than nothing', () => {
  expect([0, 89, 90, 60 * 48].map((minutes) => span(0, minutes * 60_000))).toEqual(['now', '89 min', '2 h', '2 days']);
  expect(span(60_000, 0)).toBe('now');
});
