import { distance } from 'fastest-levenshtein';

/** More letters than this apart, it is another word. */
const MOST_APART = 3;

/** The words that were probably meant, the nearest first; upper and lower case are the same. */
function nearest(word: string, words: readonly string[]): string[] {
  const typed = word.toLowerCase();
  const allowed = Math.min(MOST_APART, Math.floor(typed.length / 2));
  const found = words.map((candidate) => ({ candidate, apart: distance(typed, candidate.toLowerCase()) }));
  const least = Math.min(allowed, ...found.map(({ apart }) => apart));
  return found.filter(({ apart }) => apart === least).map(({ candidate }) => candidate);
}

/** ` Did you mean …?`, or nothing. */
export function didYouMean(word: string, words: readonly string[]): string {
  const meant = nearest(word, words).slice(0, 3);
  return meant.length === 0 ? '' : ` Did you mean ${meant.map((one) => `"${one}"`).join(' or ')}?`;
}
