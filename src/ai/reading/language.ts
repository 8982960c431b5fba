import { detectAll } from 'tinyld';
import { HAS_FUNCTION_WORDS, languageByFunctionWords, languageOfFewWords } from './function-words.ts';
import { visible } from './text.ts';

/** What is told apart. Fewer would name Polish German; more would find Afrikaans in every short English sentence. */
const KNOWN = 'en de fr es pt it nl da sv no fi pl cs hu ro tr el ru uk ar he fa hi ja ko zh'.split(' ');
/** Languages written without spaces: a few characters say as much as several words. */
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu;
const MIN_LETTERS = 10;
const MIN_WORDS = 2;
const MIN_DENSE = 4;
/** Words; longer texts are told by their letters. */
const SHORT = 30;
const FEW = 5;
/** Enough to tell; more only costs time. */
const MAX_LENGTH = 2_000;
const MIN_ACCURACY = 0.08;
const MIN_LEAD = 1.35;

/** ISO 639-1 of a clean text; null when it is too short, or two languages fit about as well. */
export function detectLanguage(text: string): string | null {
  const sample = visible(text)
    .slice(0, MAX_LENGTH)
    .replace(/\S+@\S+|https?:\S+|[\p{N}#_*>|]+/gu, ' ');
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  const wordCount = sample.match(/\p{L}+/gu)?.length ?? 0;
  const dense = sample.match(DENSE)?.length ?? 0;
  if (dense < MIN_DENSE && (letters < MIN_LETTERS || wordCount < MIN_WORDS)) return null;
  const guess = guessed(sample);
  // "payment failed" could be many a language: of a few words in Latin letters, those between the others have to tell.
  if (wordCount <= FEW && !/[^\P{L}\p{Script=Latin}]/u.test(sample)) return languageOfFewWords(sample, guess);
  // In a short message a name or a product decides what the letters look like; "wie", "das" and "der" say more.
  const short = wordCount <= SHORT && (guess === null || HAS_FUNCTION_WORDS.has(guess));
  return (short ? languageByFunctionWords(sample) : null) ?? guess;
}

function guessed(sample: string): string | null {
  const [first, second] = detectAll(sample, { only: KNOWN });
  if (first === undefined || first.accuracy < MIN_ACCURACY) return null;
  return second === undefined || first.accuracy >= second.accuracy * MIN_LEAD ? first.lang : null;
}

/** The first of these texts whose language can be told decides; null when none can. */
export function firstLanguage(texts: readonly string[]): string | null {
  for (const text of texts) {
    const language = detectLanguage(text);
    if (language !== null) return language;
  }
  return null;
}
