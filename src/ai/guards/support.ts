import type { AnswerProblem } from '../../domain/plan-detail.ts';
import { turnAlike } from './bounds.ts';
import { ALL_FUNCTION_WORDS } from '../reading/function-words.ts';
import { contentOf, isAkin } from './content-words.ts';
import { wordsOf, type Statement } from './statements.ts';

/** How much of a statement may be said in words that the sentence it rests on does not have; two in a row say something new. */
const FREE_SHARE = 0.25;
/** A sentence of the source with less of the statement's words says something else. */
const NEAR = 0.5;
/** Folded words and signs for parts, multiples and numbers that `values.ts` does not read: one for another is another value. */
const SHARES = [
  String.raw`[\p{Sc}‰]|hal(?:f|ves|b\w*|fte|v\w*|ft\w*)|\w*einhalb|anderthalb|moitie|demi\w*|mitad|metade|meta|mezz[oa]|medi[oa]|mei[oa]|helft|po[lł]ow\w*`,
  String.raw`doubl\w*|doppelt\w*|doble|dobro|doppio|dubbel\w*|dobbelt\w*|podwojn\w*|twice|thrice|tripl\w*|potrojn\w*|(?:two|three|four|ten)fold|(?:zwei|drei|vier|funf|zehn)fach\w*`,
  String.raw`drittel\w*|viertel\w*|thirds?|quarters?|tiers|quart[os]?|terci\w*|terco|terzo|cuarto|derde|kwart|trzeci\w*|cwierc\w*|tredjedel\w*|ca[lł]osc\w*`,
  String.raw`dozens?|dutzend\w*|(?:dou|quin|di|ving|tren|cen)[zt]aines?|millier\w*|(?:doc|dec|quinc)ena\w*|duzia\w*|dezena\w*|dozzin\w*|dozijn\w*|tuzin\w*|dussin|score|couple`,
  String.raw`(?:thir|four|fif|six|seven|eigh|nine)(?:teen|ty)|hundreds?|thousands?|mil(?:a|le)?|million\w*|millon\w*|milion\w*|\w*(?:hundert|tausend|honderd|duizend)\w*|tysiac\w*`,
  String.raw`\w*(?:(?:zwan|vier|funf|sech|sieb|acht|neun)zig|dreissig|(?:drei|vier|funf|sech|sieb|acht|neun)zehn)|\w*(?:twin|der|veer|vijf|zes|zeven|tach|negen)tig|(?:der|veer|vijf|zes|zeven|acht|negen)tien`,
  String.raw`\w{3,}(?:mila|cent[oi]s?|cientos|centas|dziesiat|nascie)|dwiescie|trzysta|czterysta|(?:piec|szesc|siedem|osiem|dziewiec)set`,
];
const SHARE = new RegExp(`^(?:${SHARES.join('|')})$`, 'u');

/** What parts the things a sentence gives values to. */
const CLAUSES = /[,;:]\s|\s(?:and|und|et|y|e|en|oraz|but|aber|mais|pero|mas|ma|maar|ale)\s/iu;
const BEFORE_CLAUSES = new RegExp(`(?=${CLAUSES.source})`, 'iu');
const OPPOSITES = /^(?:un|in|im|ir|il|dis|non|mis|des|nie|on)(?=\p{L}{3})/u;

/**
 * What is wrong with a statement in words of its own; null where the sentence of the sources that is nearest to it says the
 * same, or that one and its neighbour: the same values in the same order, as many negations, the same bounds and conditions,
 * and hardly a word more. A sentence of the sources with one spot changed is none in other words. It refuses what differs;
 * what it lets through may still be wrong.
 */
export function problemOf(
  statement: Statement,
  known: readonly Statement[],
  language: string | null,
): AnswerProblem | null {
  const { words } = statement;
  const content = contentOf(words.join(' '));
  const shared = known.map((source) => heldBy(source, content));
  if (isSupported(statement, known, shared, language)) return null;
  const stated = known.flatMap((source) => valuesOf(source.words));
  const foreign = valuesOf(words).find((value) => value !== ARTICLE && !stated.some((other) => isIn(value, other)));
  if (foreign !== undefined) return kindOf(foreign);
  const isAbout = (_: Statement, index: number) =>
    new Set([...(shared[index] ?? []), ...(shared[index + 1] ?? [])]).size >= new Set(content).size * NEAR;
  return known.some(isAbout) ? 'altered' : 'ungrounded';
}

function isSupported(
  statement: Statement,
  known: readonly Statement[],
  shared: readonly Set<string>[],
  language: string | null,
): boolean {
  const { words } = statement;
  if (known.some((source, index) => isChangedInOneSpot(statement, source, known[index - 1]))) return false;
  const most = shared.reduce((found, { size }) => Math.max(found, size), 0);
  const isNearest = (index: number) => shared[index]?.size === most;
  return known.some((first, index) => {
    const second = known[index + 1];
    if (isNearest(index) && saysTheSame(words, first, language)) return true;
    return (
      second !== undefined &&
      (isNearest(index) || isNearest(index + 1)) &&
      eachAdds(shared[index], shared[index + 1]) &&
      saysTheSame(words, joined(first, second), language)
    );
  });
}

/** "ein", "un", "uma" are numbers, and far more often none. */
const ARTICLE = '⟨1⟩';

/** Whether one value is another, or a bare number in it: "5" of "5 €". */
function isIn(value: string, other: string): boolean {
  return value === other || other.split(/[^\d.]/).includes(value.slice(1, -1));
}

/** What a value is, as `values.ts` writes it. */
function kindOf(value: string): AnswerProblem {
  if (value.includes(':')) return 'time';
  if (value.includes('%')) return 'percentage';
  if (value.includes(' ')) return 'amount';
  return value.includes('-') ? 'date' : 'number';
}

/** Which of some content words a sentence has. */
function heldBy({ words }: Statement, content: readonly string[]): Set<string> {
  const there = contentOf(words.join(' '));
  return new Set(content.filter((word) => there.some((other) => isAkin(word, other))));
}

function eachAdds(one = new Set<string>(), other = new Set<string>()): boolean {
  return [...one].some((word) => !other.has(word)) && [...other].some((word) => !one.has(word));
}

/**
 * Whether most of a statement stands in a sentence word by word, and at one place it says something else, more or less. Less is
 * nothing else where a clause ends, and what stands for "it" may be what the sentence before speaks of.
 */
function isChangedInOneSpot({ words }: Statement, sentence: Statement, before: Statement | undefined): boolean {
  const source = sentence.words;
  const shorter = Math.min(words.length, source.length);
  let start = 0;
  while (start < shorter && words[start] === source[start]) start += 1;
  let end = 0;
  while (end < shorter - start && words.at(-1 - end) === source.at(-1 - end)) end += 1;
  if ((start + end) * 2 <= words.length) return false;
  const said = sayingOf(words.slice(start, words.length - end));
  const left = sayingOf(source.slice(start, source.length - end));
  if (!isHeld(said, left.length === 0 ? sayingOf(before?.words ?? []) : left)) return true;
  const isClause = (at: number) => start === at || (end > 0 && start < at && at <= source.length - end);
  return !isHeld(left, said) && !endsOf(sentence).some(isClause);
}

/** The words that say something: values, and those that carry the subject. */
function sayingOf(words: readonly string[]): string[] {
  return words.filter((word) => isValue(word) || contentOf(word).length > 0);
}

function isHeld(words: readonly string[], others: readonly string[]): boolean {
  return words.every((word) =>
    others.some((other) => (isValue(word) || isValue(other) ? word === other : isAkin(word, other))),
  );
}

/** Behind which words of a sentence a clause ends, but the last. */
function endsOf({ text }: Statement): number[] {
  let count = 0;
  return text
    .split(BEFORE_CLAUSES)
    .slice(0, -1)
    .map((clause) => (count += wordsOf(clause).length));
}

function joined(first: Statement, second: Statement): Statement {
  return { text: `${first.text}, ${second.text}`, words: [...first.words, ...second.words] };
}

function saysTheSame(words: readonly string[], source: Statement, language: string | null): boolean {
  return (
    isNear(words, source.words) &&
    inOrder(valuesOf(words), valuesOf(source.words)) &&
    sharesOf(words) === sharesOf(source.words) &&
    unitsKept(words, source.words) &&
    turnAlike(words, source.words, language) &&
    clausesKept(words, source)
  );
}

function isNear(words: readonly string[], source: readonly string[]): boolean {
  const there = contentOf(source.join(' '));
  const content = contentOf(words.join(' '));
  // Letters without words say nothing that can be held against the source.
  if (content.length === 0) return words.every((word) => source.includes(word));
  const isFree = content.map((word) => !there.some((other) => isAkin(word, other)));
  const free = content.filter((_, index) => isFree[index]);
  if (isFree.some((one, index) => one && isFree[index + 1] === true)) return false;
  if (free.some((word) => there.some((other) => isOpposite(word, other)))) return false;
  return (
    content.length - free.length >= content.length * NEAR &&
    free.length <= Math.max(content.length > 2 ? 1 : 0, content.length * FREE_SHARE)
  );
}

function isOpposite(word: string, other: string): boolean {
  const [a, b] = [word.replace(OPPOSITES, ''), other.replace(OPPOSITES, '')];
  return (a !== word) !== (b !== other) && isAkin(a, b);
}

function valuesOf(words: readonly string[]): string[] {
  return words.filter(isValue);
}

function sharesOf(words: readonly string[]): string {
  return words.filter((word) => SHARE.test(word)).join(' ');
}

/** With the sign before it, if it has one. */
function isValue(word: string): boolean {
  return word.endsWith('⟩');
}

/** Whether all of the first stand in the second, in their order. */
function inOrder(values: readonly string[], source: readonly string[]): boolean {
  let at = 0;
  return values.every((value) => {
    at = source.indexOf(value, at) + 1;
    return at > 0;
  });
}

/** Whether what directly follows a value in the first follows it in the second, with a word between at most. */
function unitsKept(words: readonly string[], source: readonly string[]): boolean {
  return words.every((value, at) => {
    const unit = words[at + 1];
    if (!isValue(value) || unit === undefined || !/^\p{L}+$/u.test(unit) || ALL_FUNCTION_WORDS.has(unit)) return true;
    return source.some(
      (other, index) =>
        other === value && source.slice(index + 1, index + 3).some((word) => word === unit || isAkin(word, unit)),
    );
  });
}

/**
 * Where a sentence gives several things values of their own ("2 days to Germany, and 4 to Austria"), whoever speaks of one of
 * them has to give it its own.
 */
function clausesKept(words: readonly string[], { text }: Statement): boolean {
  const clauses = text
    .split(CLAUSES)
    .map(wordsOf)
    .filter((clause) => valuesOf(clause).length > 0);
  if (clauses.length < 2) return true;
  const content = contentOf(words.join(' '));
  const contents = clauses.map((clause) => contentOf(clause.join(' ')));
  return clauses.every((clause, index) => {
    const others = contents.flatMap((other, at) => (at === index ? [] : other));
    const own = (contents[index] ?? []).filter((word) => !others.some((other) => isAkin(word, other)));
    const isMeant = content.some((word) => own.some((other) => isAkin(word, other)));
    return !isMeant || valuesOf(clause).every((value) => words.includes(value));
  });
}
