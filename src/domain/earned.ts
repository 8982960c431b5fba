import type { DraftFate } from './draft-fate.ts';
import type { Settings } from './settings.ts';
import type { WritingMode } from './ticket.ts';
import type { Verdict } from './turn.ts';

/** N11: what public answers have to be earned by, and when that is lost again. */
export const EARNED = {
  /** Graded answers in all, and at or above the threshold, before anything is public. */
  graded: 100,
  above: 20,
  /** The share of the latter that may be wrong. */
  mostWrong: 0.04,
  /** It closes where more than `closesAbove` of the newest `closesOver` graded since are wrong. */
  closesAbove: 0.075,
  closesOver: 100,
  /** The newest grades that are looked at; older ones tell of another knowledge and other questions. */
  newest: 1_000,
} as const;

/** While the threshold is earned, an answer is written from here on: people get what is worth grading, and no nonsense. */
const WRITTEN_FROM = 0.3;
/** A draft that a person sent is right up to this distance; one changed further says nothing clear. */
const RIGHT_UP_TO = 0.1;

/** What the confidence has to reach for an answer to be written at all, 0–1; what is below goes to people. */
export function leastConfidence({ confidenceThreshold }: Pick<Settings['handoff'], 'confidenceThreshold'>): number {
  return confidenceThreshold === 'earned' ? WRITTEN_FROM : confidenceThreshold;
}

/** One answer that people have judged, by what they did with the draft or by a review. */
export type Grade = { confidence: number; right: boolean; atMs: number };

export type Judged = {
  draft: { fate: DraftFate | null; distance: number | null } | null;
  review: { grade: string; harmful: boolean } | null;
};

/** Whether what the AI wrote was right; null: that is not clear. A review says more than what became of a draft. */
export function isRight({ draft, review }: Judged): boolean | null {
  if (review !== null) return !review.harmful && review.grade !== 'poor';
  if (draft === null) return null;
  switch (draft.fate) {
    case 'sent':
      return true;
    case 'ignored':
      return false;
    case 'edited':
      return draft.distance !== null && draft.distance <= RIGHT_UP_TO ? true : null;
    case 'superseded':
    case null:
      return null;
  }
}

/** Thresholds are hundredths, so that the one that is shown is the one that counts. */
const THRESHOLDS = Array.from({ length: 101 - WRITTEN_FROM * 100 }, (_, step) => (WRITTEN_FROM * 100 + step) / 100);

/** How many are graded at or above the threshold, and how many of them are wrong. */
export function countAt(grades: readonly Grade[], threshold: number): { graded: number; wrong: number } {
  const above = grades.filter(({ confidence }) => confidence >= threshold);
  return { graded: above.length, wrong: above.filter(({ right }) => !right).length };
}

/** The lowest threshold that the grades support; null while they support none. */
export function lowestEarned(grades: readonly Grade[]): number | null {
  if (grades.length < EARNED.graded) return null;
  return THRESHOLDS.find((threshold) => supports(countAt(grades, threshold))) ?? null;
}

function supports({ graded, wrong }: { graded: number; wrong: number }): boolean {
  return graded >= EARNED.above && wrong <= graded * EARNED.mostWrong;
}

/** How a connection stands: null is closed. `sinceMs`: since it opened, or closed; only grades after `countedFromMs` count. */
export type Standing = { threshold: number | null; sinceMs: number | null; countedFromMs: number | null };

export const NOTHING_EARNED: Standing = { threshold: null, sinceMs: null, countedFromMs: null };

/**
 * How it stands after these grades: it opens at the lowest threshold that they support, goes lower when they support that,
 * and closes when too many are wrong; after that it has to be earned anew. As soon as the wrong ones are too many for the
 * newest hundred, whatever else comes, they are too many.
 */
export function judge(before: Standing, grades: readonly Grade[], nowMs: number): Standing {
  const { threshold, sinceMs, countedFromMs } = before;
  const counted = grades.filter(({ atMs }) => atMs > (countedFromMs ?? Number.NEGATIVE_INFINITY));
  if (threshold !== null && isLost(counted, threshold, sinceMs))
    return { threshold: null, sinceMs: nowMs, countedFromMs: nowMs };
  const lowest = lowestEarned(counted);
  if (lowest === null || (threshold !== null && (lowest >= threshold || isLost(counted, lowest, sinceMs))))
    return before;
  return { threshold: lowest, sinceMs: threshold === null ? nowMs : sinceMs, countedFromMs };
}

function isLost(grades: readonly Grade[], threshold: number, openedAtMs: number | null): boolean {
  return newestSince(grades, threshold, openedAtMs).wrong > EARNED.closesOver * EARNED.closesAbove;
}

/** Of the newest hundred graded at or above the threshold since it opened. */
function newestSince(grades: readonly Grade[], threshold: number, openedAtMs: number | null) {
  const since = grades
    .filter(({ atMs, confidence }) => atMs > (openedAtMs ?? Number.NEGATIVE_INFINITY) && confidence >= threshold)
    .toSorted((one, other) => other.atMs - one.atMs);
  return countAt(since.slice(0, EARNED.closesOver), threshold);
}

/** How it stands, for people: see `earnedInWords`. */
export type Earned = {
  /** From which confidence on answers are public, 0–1; null: none are. */
  threshold: number | null;
  /** Since when that is so; null where it never was otherwise. */
  since: Date | null;
  /** Graded answers that count, and how many are needed. */
  graded: number;
  needed: number;
  /** At this threshold: of the newest since it opened; while closed, of all that count. null where too few are graded to say. */
  at: { threshold: number; graded: number; wrong: number } | null;
};

export function shownStanding({ threshold, sinceMs, countedFromMs }: Standing, grades: readonly Grade[]): Earned {
  const counted = grades.filter(({ atMs }) => atMs > (countedFromMs ?? Number.NEGATIVE_INFINITY));
  return {
    threshold,
    since: sinceMs === null ? null : new Date(sinceMs),
    graded: counted.length,
    needed: EARNED.graded,
    at: threshold === null ? nearestTo(counted) : { threshold, ...newestSince(counted, threshold, sinceMs) },
  };
}

/** The threshold that is nearest to be earned, of those with enough graded: the lowest that would do, or the least wrong. */
function nearestTo(grades: readonly Grade[]): Earned['at'] {
  const all = THRESHOLDS.map((threshold) => ({ threshold, ...countAt(grades, threshold) })).filter(
    ({ graded }) => graded >= EARNED.above,
  );
  const least = (one: { graded: number; wrong: number }) => one.wrong / one.graded;
  return all.find(supports) ?? all.toSorted((one, other) => least(one) - least(other))[0] ?? null;
}

/** "earned: 41 of 100 graded; at 0.80 today 2 of 31 wrong; answers are left as drafts" */
export function earnedInWords({ threshold, since, graded, needed, at }: Earned): string {
  const day = since === null ? '' : since.toISOString().slice(0, 10);
  if (threshold !== null)
    return `earned: answers are public from ${threshold.toFixed(2)} on, since ${day}; ${at === null || at.graded === 0 ? 'none graded since' : `${at.wrong} of the last ${at.graded} graded since wrong`}`;
  return [
    `earned: ${day === '' ? '' : `closed ${day}; `}${graded} of ${needed} graded${day === '' ? '' : ' since'}`,
    ...(at === null ? [] : [`at ${at.threshold.toFixed(2)} today ${at.wrong} of ${at.graded} wrong`]),
    'answers are left as drafts',
  ].join('; ');
}

/** Why an answer that would be public is left as a draft. */
export const HELD_BACK = {
  unearned: 'Left as a draft: public answers are not earned yet.',
  below_earned: 'Left as a draft: its confidence is below what is earned.',
  sample: 'Left as a draft: a share of the answers goes on being graded.',
  no_embedder: 'Left as a draft: without an embedding server and without a model nothing is sent in public.',
} as const;
export type HeldBack = keyof typeof HELD_BACK;
export const HELD_BACK_FOR = Object.keys(HELD_BACK) as [HeldBack, ...HeldBack[]];

/**
 * What a plan's confidence had to reach (null: nothing was judged, or nothing is earned), and why an answer on autopilot is
 * left as a draft (N7, N11; null: it is not). The same turn is always told the same. Where the AI speaks with the customer
 * already (`begun`), nothing is kept back only to be graded.
 */
export function weighed({
  settings: { handoff, autopilot },
  plan: { verdict, confidence, draftOnly = false },
  earned,
  mode,
  turnId,
  begun,
}: {
  settings: { handoff: Pick<Settings['handoff'], 'confidenceThreshold'>; autopilot: Settings['autopilot'] };
  plan: { verdict: Verdict; confidence: number | null; draftOnly?: boolean };
  /** The threshold that is earned; null: none is. */
  earned: number | null;
  mode: WritingMode;
  turnId: string;
  begun: boolean;
}): { threshold: number | null; heldBack: HeldBack | null } {
  const isToEarn = verdict === 'answer' && handoff.confidenceThreshold === 'earned';
  const needed = isToEarn ? earned : leastConfidence(handoff);
  const threshold = confidence === null ? null : needed;
  if (verdict !== 'answer') return { threshold, heldBack: null };
  if (draftOnly) return { threshold, heldBack: 'no_embedder' };
  if (mode === 'assist' || !isToEarn) return { threshold, heldBack: null };
  if (earned === null) return { threshold, heldBack: 'unearned' };
  if (confidence === null || confidence < earned) return { threshold, heldBack: 'below_earned' };
  return { threshold, heldBack: !begun && placeOf(turnId) < autopilot.sampleShare ? 'sample' : null };
}

/** Where a random id stands between 0 and 1. */
function placeOf(id: string): number {
  return Number.parseInt(id.slice(-8), 16) / 0x1_0000_0000;
}
