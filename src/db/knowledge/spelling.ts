import { distance } from 'fastest-levenshtein';

/** Shorter words have too many neighbours. */
const MIN_LENGTH = 5;
/** From this length on two mistakes are forgiven. */
const LONG = 8;

/** Lower case, without accents: what people leave out on phones. */
function unaccented(word: string): string {
  return word
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replaceAll('ß', 'ss');
}

/**
 * Of the words the knowledge holds, the one that a word was probably meant to be; null when none is near enough. One letter
 * missing, added, wrong or swapped with its neighbour is forgiven from 5 letters on, two from 8; an accent always. Of
 * equally near ones the most frequent.
 */
export function meantWord<T extends { word: string; passages: number }>(
  written: string,
  known: readonly T[],
): T | null {
  const plain = unaccented(written);
  const forgiven = plain.length < MIN_LENGTH ? 0 : plain.length < LONG ? 1 : 2;
  let best: { candidate: T; mistakes: number } | null = null;
  for (const candidate of known) {
    const mistakes = mistakesBetween(plain, unaccented(candidate.word));
    if (mistakes > forgiven) continue;
    const better =
      best === null ||
      mistakes < best.mistakes ||
      (mistakes === best.mistakes && candidate.passages > best.candidate.passages);
    if (better) best = { candidate, mistakes };
  }
  return best?.candidate ?? null;
}

function mistakesBetween(one: string, other: string): number {
  const mistakes = distance(one, other);
  return mistakes === 2 && one.length === other.length && isSwap(one, other) ? 1 : mistakes;
}

/** Two neighbours in the wrong order, and nothing else. */
function isSwap(one: string, other: string): boolean {
  let first = 0;
  while (first < one.length && one[first] === other[first]) first += 1;
  return (
    one[first] === other[first + 1] &&
    one[first + 1] === other[first] &&
    one.slice(first + 2) === other.slice(first + 2)
  );
}
