import { turnAlike } from './bounds.ts';
import { contentOf, isAkin } from './grounding.ts';
import type { Statement } from './statements.ts';

/** How much of a statement may be said in words that the sentence it rests on does not have; two in a row say something new. */
const FREE_SHARE = 0.25;
/** A sentence of the source with less of the statement's words says something else. */
const NEAR = 0.5;
const OPPOSITES = /^(?:un|in|im|ir|il|dis|non|mis|des|nie|on)(?=\p{L}{3})/u;

/**
 * Whether a statement in words of its own says what a sentence of the sources says, or two that follow each other: the same
 * values in the same order, as many negations, the same bounds and conditions, and hardly a word more. It refuses what differs;
 * what it lets through may still be wrong.
 */
export function isSupported(statement: Statement, known: readonly Statement[], language: string | null): boolean {
  const pairs = known.flatMap((first, index) => {
    const second = known[index + 1];
    return second === undefined ? [first.words] : [first.words, [...first.words, ...second.words]];
  });
  return pairs.some((source) => saysTheSame(statement.words, source, language));
}

function saysTheSame(words: readonly string[], source: readonly string[], language: string | null): boolean {
  return isNear(words, source) && inOrder(valuesOf(words), valuesOf(source)) && turnAlike(words, source, language);
}

function isNear(words: readonly string[], source: readonly string[]): boolean {
  const there = contentOf(source.join(' '));
  const content = contentOf(words.join(' '));
  const isFree = content.map((word) => !there.some((other) => isAkin(word, other)));
  const free = content.filter((_, index) => isFree[index]);
  if (isFree.some((one, index) => one && isFree[index + 1] === true)) return false;
  if (free.some((word) => there.some((other) => isOpposite(word, other)))) return false;
  return (
    content.length - free.length >= content.length * NEAR && free.length <= Math.max(1, content.length * FREE_SHARE)
  );
}

function isOpposite(word: string, other: string): boolean {
  const [a, b] = [word.replace(OPPOSITES, ''), other.replace(OPPOSITES, '')];
  return (a !== word) !== (b !== other) && isAkin(a, b);
}

function valuesOf(words: readonly string[]): string[] {
  return words.filter((word) => word.startsWith('⟨'));
}

/** Whether all of the first stand in the second, in their order. */
function inOrder(values: readonly string[], source: readonly string[]): boolean {
  let at = 0;
  return values.every((value) => {
    at = source.indexOf(value, at) + 1;
    return at > 0;
  });
}
