import type { PlanDetail } from '../../domain/plan-detail.ts';
import type { Sentiment } from '../../domain/handoff.ts';
import type { Settings } from '../../domain/settings.ts';
import { asks } from './question.ts';
import { holdsCardNumber, type SafetyTopic } from './safety.ts';
import { isThanksOnly } from './thanks.ts';
import type { HeadName } from '../../domain/heads.ts';
import { THRESHOLDS } from './heads.ts';
import type { Understood } from './understand.ts';

/** What is waiting says, whatever there is to answer. */
export type Signals = {
  safety: SafetyTopic | null;
  person: boolean;
  angry: boolean;
  /** How the customer sounds, for the people who read the note (H2). */
  mood: Sentiment;
  /** Nothing but thanks or a goodbye (E9). */
  thanked: boolean;
  /** Surely no person's mail (E8). */
  automatic: boolean;
  /** What it may be: people look, and are told (N8). */
  suspected: PlanDetail | null;
};

type Said = { texts: readonly string[]; waiting: readonly string[]; before: string | null };

/** Those of the safety topics that are understood; a card number is arithmetic. */
const SAFETY = ['self_harm', 'threat', 'legal_action', 'account_takeover'] as const;

/** Where nothing of ours stands before it, thanks may be in advance, or answer what nobody sees: the head has to be surer. */
const THANKS_ALONE = 0.5;

/** By meaning, with the heads. Doubt is never silence: what may be one of these is said to people, not answered (N8). */
export function signalsByMeaning(
  { said, heard }: Understood,
  { texts, waiting, before }: Said,
  { explicitRequest }: Settings['handoff']['triggers'],
): Signals {
  const is = (name: HeadName) => said[name].verdict === 'sure';
  const asked = waiting.some(asks);
  const above = (name: HeadName) => said[name].score - THRESHOLDS[name].sure;
  const [surest] = SAFETY.filter(is).toSorted((a, b) => above(b) - above(a));
  const safety = surest ?? (texts.some(holdsCardNumber) ? 'payment_card' : null);
  const doubtful = SAFETY.some((name) => said[name].verdict === 'doubt');
  // Who gives notice writes as formally as a program does: what is nearest to a person's mail is dropped by no score.
  const nearest = heard.find(({ head }) => head === 'automatic')?.nearest ?? null;
  const formal = nearest?.positive === false || doubtful;
  // Absence notes name who is there instead: that asks for nobody.
  const automatic = is('automatic') && !asked && !is('account') && safety === null && !formal;
  const doubts: [boolean, PlanDetail][] = [
    [doubtful, 'maybe_safety'],
    [explicitRequest && said.person.verdict === 'doubt', 'maybe_person'],
    [said.automatic.verdict !== 'no', 'maybe_automatic'],
    [said.thanks.verdict !== 'no' && !asked, 'maybe_thanks'],
  ];
  const angry = is('anger');
  // After a question of ours "thank you" and a thumb up decide something: only the head reads both.
  const plain = !asks(before ?? '') && waiting.every((text) => isThanksOnly(text));
  const alone = before === null || before === '';
  const thanked = !asked && (plain || (is('thanks') && (!alone || said.thanks.score >= THANKS_ALONE)));
  return {
    safety,
    person: is('person') && !automatic,
    angry,
    mood: angry ? 'angry' : thanked || (is('joy') && !asked) ? 'happy' : 'neutral',
    thanked,
    automatic,
    suspected: automatic ? null : (doubts.find(([suspected]) => suspected)?.[1] ?? null),
  };
}

/**
 * Without an embedder nothing but a card number is known for sure: a model is asked for the rest, and where there is none
 * nothing is sent in public (N7).
 */
export function signalsByWords({ texts, waiting, before }: Said): Signals {
  const thanked = waiting.every((text) => isThanksOnly(text, { before }));
  return {
    safety: texts.some(holdsCardNumber) ? 'payment_card' : null,
    person: false,
    angry: false,
    mood: thanked ? 'happy' : 'neutral',
    thanked,
    automatic: false,
    suspected: null,
  };
}
