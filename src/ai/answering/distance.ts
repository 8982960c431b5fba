import { distance as levenshtein } from 'fastest-levenshtein';

/** Longer texts are compared by their beginnings: the time it takes grows with the product of both lengths. */
const MAX_LENGTH = 10_000;

/**
 * How far a reply is from a draft (A10): the share of letters to change, from 0, the same words, to 1; and whether the reply
 * holds all of the draft. Upper and lower case and white space do not count.
 */
export function compareTexts(draft: string, reply: string): { distance: number; kept: boolean } {
  const [from, to] = [comparable(draft), comparable(reply)];
  const longest = Math.max(from.length, to.length);
  return {
    distance: longest === 0 ? 0 : levenshtein(from, to) / longest,
    kept: from !== '' && to.includes(from),
  };
}

function comparable(text: string): string {
  return text.slice(0, MAX_LENGTH).replaceAll(/\s+/g, ' ').trim().toLowerCase();
}
