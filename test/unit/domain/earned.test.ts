import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  countAt,
  earnedInWords,
  type Grade,
  isRight,
  judge,
  leastConfidence,
  lowestEarned,
  NOTHING_EARNED,
  shownStanding,
  type Standing,
  weighed,
} from '../../../src/domain/earned.ts';

const grade = (confidence: number, right: boolean, atMs = 0): Grade => ({ confidence, right, atMs });
const many = (n: number, confidence: number, right: boolean, atMs = 0) =>
  Array.from({ length: n }, () => grade(confidence, right, atMs));

const graded = fc.array(
  fc.record({
    // Hundredths: the threshold that is found then parts them as it parts any others.
    confidence: fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
    right: fc.boolean().chain((right) => fc.constantFrom(right, true, true, true, true, true)),
    atMs: fc.integer({ min: 1, max: 1_000 }),
  }),
  { minLength: 0, maxLength: 300 },
);

test.each([
  ['a draft sent as it was', { fate: 'sent', distance: 0 }, null, true],
  ['a draft changed by a tenth', { fate: 'edited', distance: 0.1 }, null, true],
  ['a draft changed by more', { fate: 'edited', distance: 0.11 }, null, null],
  ['a draft that was not used', { fate: 'ignored', distance: 0.8 }, null, false],
  ['a draft that did not fit any more', { fate: 'superseded', distance: 0.8 }, null, null],
  ['a draft that nobody has replied after', { fate: null, distance: null }, null, null],
  ['a public answer that nobody has reviewed', null, null, null],
  ['a good one', null, { grade: 'good', harmful: false }, true],
  ['an acceptable one', null, { grade: 'acceptable', harmful: false }, true],
  ['a poor one', null, { grade: 'poor', harmful: false }, false],
  ['a harmful one, however it reads', { fate: 'sent', distance: 0 }, { grade: 'good', harmful: true }, false],
  ['an ignored draft that was good', { fate: 'ignored', distance: 0.8 }, { grade: 'good', harmful: false }, true],
  ['a sent draft that was poor', { fate: 'sent', distance: 0 }, { grade: 'poor', harmful: false }, false],
] as const)('N11 whether it was right: %s', (_what, draft, review, right) => {
  expect(isRight({ draft, review })).toBe(right);
});

test('N11 earned is the lowest hundredth with a hundred graded, twenty at or above it and 4 % of them wrong at most', () => {
  fc.assert(
    fc.property(graded, (grades) => {
      const found = lowestEarned(grades);
      const fits = (threshold: number) => {
        const above = grades.filter(({ confidence }) => confidence >= threshold);
        return above.length >= 20 && above.filter(({ right }) => !right).length <= 0.04 * above.length;
      };
      const hundredths = Array.from({ length: 71 }, (_, nth) => (30 + nth) / 100);
      expect(found).toBe(grades.length < 100 ? null : (hundredths.find(fits) ?? null));
    }),
  );
  expect(lowestEarned([...many(70, 0.4, false), ...many(30, 0.85, true)])).toBe(0.41);
  expect(lowestEarned([...many(69, 0.4, false), ...many(30, 0.85, true)])).toBeNull();
  expect(lowestEarned([...many(90, 0.4, false), ...many(19, 0.85, true)])).toBeNull();
  expect(lowestEarned([...many(75, 0.4, false), grade(0.85, false), ...many(24, 0.85, true)])).toBe(0.41);
  expect(lowestEarned([...many(76, 0.4, false), grade(0.85, false), ...many(23, 0.85, true)])).toBeNull();
});

test('N11 it closes at the eighth wrong one of the last hundred graded since it opened, and not at the seventh', () => {
  const open: Standing = { threshold: 0.8, sinceMs: 10, countedFromMs: null };
  const since = (wrong: number) => [...many(100 - wrong, 0.9, true, 20), ...many(wrong, 0.9, false, 30)];
  expect(judge(open, since(7), 99)).toBe(open);
  expect(judge(open, since(8), 99)).toEqual({ threshold: null, sinceMs: 99, countedFromMs: 99 });
  // Those below it were drafts; those from before it opened have had their say.
  expect(judge(open, [...many(50, 0.79, false, 30), ...many(50, 0.9, false, 10)], 99)).toBe(open);
  // What is older than the last hundred does not count any more.
  expect(judge(open, [...many(100, 0.9, true, 40), ...many(50, 0.9, false, 20)], 99)).toBe(open);
});

test('N11 once closed, it is earned by what is graded after that alone', () => {
  const closed: Standing = { threshold: null, sinceMs: 50, countedFromMs: 50 };
  expect(judge(closed, many(500, 0.9, true, 50), 99)).toBe(closed);
  expect(judge(closed, many(100, 0.9, true, 51), 99)).toEqual({ threshold: 0.3, sinceMs: 99, countedFromMs: 50 });
});

test('N11 more evidence lowers it, and less than the closing leaves it', () => {
  const open: Standing = { threshold: 0.8, sinceMs: 10, countedFromMs: null };
  expect(judge(open, [...many(50, 0.5, true, 20), ...many(50, 0.9, true, 5)], 99)).toEqual({ ...open, threshold: 0.3 });
  expect(judge(open, [...many(10, 0.79, false, 20), ...many(90, 0.9, true, 5)], 99)).toBe(open);
});

test('N11 whatever is graded in whatever order, nothing is open that the grades did not support', () => {
  fc.assert(
    fc.property(graded, (all) => {
      let standing = NOTHING_EARNED;
      for (const [nth] of all.entries()) {
        const grades = all.slice(0, nth + 1).map((one, at) => ({ ...one, atMs: at + 1 }));
        const before = standing;
        standing = judge(before, grades, nth + 1);
        if (standing === before || standing.threshold === null) continue;
        const { graded: above, wrong } = countAt(
          grades.filter(({ atMs }) => atMs > (standing.countedFromMs ?? 0)),
          standing.threshold,
        );
        expect(above).toBeGreaterThanOrEqual(20);
        expect(wrong / above).toBeLessThanOrEqual(0.04);
        if (before.threshold !== null) expect(standing.threshold).toBeLessThan(before.threshold);
      }
    }),
    { numRuns: 30 },
  );
});

test('N11 how it stands is said in words', () => {
  const said = (standing: Standing, grades: Grade[]) => earnedInWords(shownStanding(standing, grades));
  expect(said(NOTHING_EARNED, many(3, 0.9, true))).toBe('earned: 3 of 100 graded; answers are left as drafts');
  expect(said(NOTHING_EARNED, [...many(10, 0.75, false), ...many(2, 0.8, false), ...many(29, 0.8, true)])).toBe(
    'earned: 41 of 100 graded; at 0.76 today 2 of 31 wrong; answers are left as drafts',
  );
  const day = Date.UTC(2026, 10, 30, 9);
  const open = { threshold: 0.8, sinceMs: day, countedFromMs: null };
  expect(said(open, many(100, 0.9, true, day - 1))).toBe(
    'earned: answers are public from 0.80 on, since 2026-11-30; none graded since',
  );
  expect(said(open, [...many(11, 0.9, true, day + 1), grade(0.8, false, day + 1), grade(0.7, false, day + 1)])).toBe(
    'earned: answers are public from 0.80 on, since 2026-11-30; 1 of the last 12 graded since wrong',
  );
  expect(said({ threshold: null, sinceMs: day, countedFromMs: day }, many(120, 0.9, true, day - 1))).toBe(
    'earned: closed 2026-11-30; 0 of 100 graded since; answers are left as drafts',
  );
});

const settings = (confidenceThreshold: number | 'earned', sampleShare = 0) => ({
  handoff: { confidenceThreshold },
  autopilot: { sampleShare },
});
const turn = { mode: 'autopilot', turnId: '0'.repeat(8), begun: false } as const;
const answer = (confidence: number) => ({ verdict: 'answer', confidence }) as const;

test('N11 on autopilot an answer is sent from the earned threshold on, and left as a draft below it or without one', () => {
  const of = (confidence: number, earned: number | null) =>
    weighed({ settings: settings('earned'), plan: answer(confidence), earned, ...turn });
  expect(of(0.8, 0.8)).toEqual({ threshold: 0.8, heldBack: null });
  expect(of(0.79, 0.8)).toEqual({ threshold: 0.8, heldBack: 'below_earned' });
  expect(of(1, null)).toEqual({ threshold: null, heldBack: 'unearned' });
  expect(weighed({ settings: settings('earned'), plan: answer(0.5), earned: 0.8, ...turn, mode: 'assist' })).toEqual({
    threshold: 0.8,
    heldBack: null,
  });
});

test('N11 a number is the choice of who set it, and nothing has to be earned', () => {
  expect(weighed({ settings: settings(0.6, 1), plan: answer(0.6), earned: null, ...turn })).toEqual({
    threshold: 0.6,
    heldBack: null,
  });
});

test('N11 a share of the answers is left as drafts, the same of them whenever it is asked, and none where the AI speaks', () => {
  const held = (turnId: string, begun = false) =>
    weighed({ settings: settings('earned', 0.1), plan: answer(0.9), earned: 0.8, ...turn, turnId, begun }).heldBack;
  const ids = Array.from({ length: 4_000 }, (_, nth) =>
    (Math.imul(nth, 2_654_435_761) >>> 0).toString(16).padStart(8, '0'),
  );
  const share = ids.filter((id) => held(id) === 'sample').length / ids.length;
  expect(share).toBeGreaterThan(0.09);
  expect(share).toBeLessThan(0.11);
  expect(ids.map((id) => held(id))).toEqual(ids.map((id) => held(id)));
  expect(held('00000000')).toBe('sample');
  expect(held('00000000', true)).toBeNull();
  expect(held('ffffffff')).toBeNull();
});

test('N7 what was understood by words alone is never sent, whoever set what number', () => {
  const plan = { ...answer(1), draftOnly: true };
  expect(weighed({ settings: settings(0), plan, earned: null, ...turn }).heldBack).toBe('no_embedder');
  expect(weighed({ settings: settings('earned'), plan, earned: 0.3, ...turn }).heldBack).toBe('no_embedder');
});

test('N11 what goes to people is measured against what an answer needs to be written at all', () => {
  expect(leastConfidence({ confidenceThreshold: 0.7 })).toBe(0.7);
  const handoff = { verdict: 'handoff', confidence: 0.2 } as const;
  expect(weighed({ settings: settings('earned'), plan: handoff, earned: 0.8, ...turn })).toEqual({
    threshold: leastConfidence({ confidenceThreshold: 'earned' }),
    heldBack: null,
  });
});
