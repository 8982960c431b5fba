import { describe, expect, test } from '@jest/globals';
import { compareTexts } from '../../../src/ai/answering/distance.ts';
import { isSuperseded, renderDraftNote, renderSuperseded } from '../../../src/ai/answering/render.ts';
import { fateOf, whatFollowed } from '../../../src/domain/draft-fate.ts';
import type { SeenMessage } from '../../../src/domain/thread.ts';

const said = (seq: number, changes: Partial<SeenMessage>): SeenMessage => ({
  seq,
  author: 'customer',
  visibility: 'public',
  kind: 'reply',
  createdAtMs: seq * 1_000,
  byRequester: true,
  writtenAs: null,
  answerable: (changes.author ?? 'customer') === 'customer',
  fresh: false,
  ...changes,
});
/** A draft for message 10, lying there as note 20. */
const draft = { throughSeq: 10, noteSeq: 20 };
const before = [said(0, { kind: 'description' }), said(10, {}), said(20, { author: 'ai', visibility: 'private' })];
const agent = { author: 'agent' } as const;

describe('A10 what closes a draft, and what overtakes it', () => {
  test.each<[string, SeenMessage[], ReturnType<typeof whatFollowed>]>([
    ['nothing yet', [], { replySeq: null, overtaken: false }],
    ["a person's public reply", [said(30, agent)], { replySeq: 30, overtaken: false }],
    ['the first of two replies', [said(30, agent), said(40, agent)], { replySeq: 30, overtaken: false }],
    [
      'a note of a person is none',
      [said(30, { ...agent, visibility: 'private' })],
      { replySeq: null, overtaken: false },
    ],
    ['a public note is none', [said(30, { ...agent, kind: 'note' })], { replySeq: null, overtaken: false }],
    ["the AI's own reply is none", [said(30, { author: 'ai' })], { replySeq: null, overtaken: false }],
    ['a reply from before the note is none', [said(15, agent)], { replySeq: null, overtaken: false }],
    ['the customer has written again', [said(30, {})], { replySeq: null, overtaken: true }],
    ['written between question and note', [said(15, {})], { replySeq: null, overtaken: true }],
    [
      'what is never answered overtakes nothing',
      [said(30, { answerable: false })],
      { replySeq: null, overtaken: false },
    ],
    ['written before the reply', [said(30, {}), said(40, agent)], { replySeq: 40, overtaken: true }],
    ['written after the reply', [said(30, agent), said(40, {})], { replySeq: 30, overtaken: false }],
  ])('%s', (_, after, followed) => expect(whatFollowed(draft, [...before, ...after])).toEqual(followed));

  test.each([
    ['sent', { distance: 0, kept: true, overtaken: false }],
    ['sent', { distance: 0, kept: true, overtaken: true }],
    ['edited', { distance: 0.01, kept: false, overtaken: false }],
    ['edited', { distance: 0.5, kept: false, overtaken: true }],
    ['edited', { distance: 0.8, kept: true, overtaken: false }],
    ['ignored', { distance: 0.51, kept: false, overtaken: false }],
    ['superseded', { distance: 0.51, kept: false, overtaken: true }],
  ])('%s after %j', (fate, reply) => expect(fateOf(reply)).toBe(fate));
});

describe('A10 how far a reply is from a draft', () => {
  test('the same words are no distance, however they are spaced', () => {
    expect(compareTexts('You have 30 days.\n\nIt is free.', ' you have 30 days. It is free. ')).toEqual({
      distance: 0,
      kept: true,
    });
  });
  test('a greeting and a signature around it are little, and all of it is kept', () => {
    const draftText = 'You can return a jacket within 30 days of delivery, as long as it is unworn.';
    const { distance, kept } = compareTexts(draftText, `Hi Mia,\n${draftText}\nBest, Tom`);
    expect(kept).toBe(true);
    expect(distance).toBeGreaterThan(0);
    expect(distance).toBeLessThan(0.3);
  });
  test('another answer is far away', () => {
    const other = 'Sorry, we have no idea where that might be. A colleague of mine will call you.';
    expect(compareTexts('Standard shipping takes 3 to 5 working days.', other).distance).toBeGreaterThan(0.6);
  });
  test('nothing is all of the distance, and keeps nothing', () => {
    expect(compareTexts('', 'Hello')).toEqual({ distance: 1, kept: false });
    expect(compareTexts('', '')).toEqual({ distance: 0, kept: false });
  });
  test('texts of any length are compared', () => {
    expect(compareTexts('abc '.repeat(100_000), 'cba '.repeat(100_000)).kept).toBe(false);
  });
});

test('A10 a superseded note says so first, and still shows the draft', () => {
  const note = renderDraftNote('<p>You have 30 days.</p>', { footer: 'Drafted by OpenCX AI.' });
  expect(isSuperseded(note)).toBe(false);
  const marked = renderSuperseded(note);
  expect(isSuperseded(marked)).toBe(true);
  expect(marked.startsWith('<p><strong>Superseded')).toBe(true);
  expect(marked.endsWith(note)).toBe(true);
});
