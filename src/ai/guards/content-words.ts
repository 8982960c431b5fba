import { ALL_FUNCTION_WORDS } from '../reading/function-words.ts';
import { folded, words } from '../reading/text.ts';

const MIN_LENGTH = 3;
const MIN_STEM = 4;
const MAX_ENDING = 4;
const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]{2,}/gu;

/** Whether two words are forms of one: the same stem with short endings. */
export function isAkin(word: string, other: string): boolean {
  if (word === other || isPlural(word, other) || isPlural(other, word)) return true;
  let common = 0;
  while (common < word.length && word[common] === other[common]) common += 1;
  return common >= MIN_STEM && word.length - common <= MAX_ENDING && other.length - common <= MAX_ENDING;
}

/** Short words have short plurals. */
function isPlural(word: string, other: string): boolean {
  return other.length >= MIN_LENGTH && word.startsWith(other) && /^(?:e?[ns]|e)$/.test(word.slice(other.length));
}

/** Words that carry the subject; in scripts without spaces, pairs of characters. */
export function contentOf(text: string): string[] {
  const plain = folded(text);
  const pairs = (plain.match(DENSE) ?? []).flatMap((run) =>
    Array.from({ length: run.length - 1 }, (_, index) => run.slice(index, index + 2)),
  );
  const spelled = words(plain.replace(DENSE, ' ')).flatMap((word) => word.split('-'));
  return [...pairs, ...spelled.filter((word) => word.length >= MIN_LENGTH && !ALL_FUNCTION_WORDS.has(word))];
}
