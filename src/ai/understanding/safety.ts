import { isCardNumber } from './card-number.ts';
import { visible } from '../reading/text.ts';

/** What always goes to people, whatever the settings say (H6). */
export type SafetyTopic = 'self_harm' | 'threat' | 'legal_action' | 'payment_card' | 'account_takeover';

/** 13 to 19 digits as people write them: in one, or in groups with spaces or dashes. */
const CARD_LIKE = /(?<![\p{L}\p{N}])[2-6](?:[ -]?\d){12,18}(?![\p{L}\p{N}])/gu;
/** Whether the text holds a number that a payment card could have: its length, its first digit, its check digit (Luhn). */
export function holdsCardNumber(text: string): boolean {
  const numbers = (visible(text).match(CARD_LIKE) ?? []).map((number) => number.replace(/\D/g, ''));
  // The expiry date or the security code may follow directly: the usual lengths are tried as well.
  return numbers.some((digits) =>
    [digits, digits.slice(0, 16), ...(/^3[47]/.test(digits) ? [digits.slice(0, 15)] : [])].some(isCardNumber),
  );
}
