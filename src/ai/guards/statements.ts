import { foldedValues, withValues } from './values.ts';

/** One sentence, or one line that is none: as it is written, and its words with every value in one spelling. */
export type Statement = { text: string; words: readonly string[] };

const SENTENCES = new Intl.Segmenter('en', { granularity: 'sentence' });
/** Words that end in a full stop in the middle of a sentence. Single letters do, too: "z. B.", "p. ex.". */
const SHORT =
  /(?:^|[\s("'/])(?:\p{L}|dr|prof|mr|mrs|ms|st|mt|approx|ca|resp|bzw|inkl|incl|exkl|excl|max|min|vs|tel|str|evtl|ggf|zzgl|abzgl|sog|vgl|d\.h|u\.a|z\.b|i\.d\.r|e\.g|i\.e|p\.ex|p\.ej|env|aprox|av|bv|m\.b\.t|np|ul|godz|tzn|sig|dott)\.$/iu;
const SHORT_BEFORE_NUMBER = /(?:^|[\s("'/])(?:no|nos|nr|art|fig|num|kap|p|pp|s)\.$/iu;
/** A full stop behind a small number makes it an ordinal in many languages; in these it ends the sentence. */
const ENDS_WITH_NUMBERS: ReadonlySet<string> = new Set(['en', 'fr', 'es', 'pt', 'it', 'nl', 'ca']);
const ORDINAL = /(?<=^|[\s(])\d{1,2}\.$/;

/**
 * The statements of a plain text, in their order. Where it is not certain that a full stop ends a sentence ("7. Mai", "z. B."),
 * it does not: a part of a sentence can say what the sentence does not.
 * @param language ISO 639-1 of the text; null when it could not be told
 */
export function statementsOf(text: string, language: string | null): Statement[] {
  return linesOf(text)
    .flatMap((line) => sentencesOf(line, language))
    .map(statementOf)
    .filter(({ words }) => words.length > 0);
}

/** The pieces that lie between all full stops of a sentence, certain or not; none where there is but one. */
export function piecesOf({ text }: Statement): Statement[] {
  const pieces = text.split(/(?<=[.!?…])\s+/u);
  return pieces.length < 2 ? [] : pieces.map(statementOf).filter(({ words }) => words.length > 0);
}

function linesOf(text: string): string[] {
  return text.split(/\n+/).map((line) => line.replace(/^(?:[\s*•]|[-–](?!\d))+(?=\S)/u, ''));
}

function statementOf(text: string): Statement {
  return { text, words: wordsOf(text) };
}

/** The sentences of a line as they are written. */
export function sentencesOf(line: string, language: string | null): string[] {
  const segments = [...SENTENCES.segment(line)].map(({ segment }) => segment);
  const found: string[] = [];
  let open = '';
  for (const [index, segment] of segments.entries()) {
    open += segment;
    if (isOpen(open.trimEnd(), segments[index + 1] ?? '', language)) continue;
    found.push(open.trim());
    open = '';
  }
  return open.trim() === '' ? found : [...found, open.trim()];
}

function isOpen(text: string, next: string, language: string | null): boolean {
  if (SHORT.test(text) || /^\(?\d+[.)]$/.test(text)) return true;
  if (/^\d/.test(next)) return SHORT_BEFORE_NUMBER.test(text);
  return ORDINAL.test(text) && !(language !== null && ENDS_WITH_NUMBERS.has(language));
}

const CONTRACTED: readonly [RegExp, string][] = [
  [/\bcan(?:no|')t\b/g, 'can not'],
  [/\bwon't\b/g, 'will not'],
  [/\bshan't\b/g, 'shall not'],
  [/n't\b/g, ' not'],
  [/\b(i)'m\b/g, '$1 am'],
  [/\b(it|that|there|he|she|what|who)'s\b/g, '$1 is'],
  [/'re\b/g, ' are'],
  [/'ve\b/g, ' have'],
  [/'ll\b/g, ' will'],
];

/** The words of a statement in one spelling: values as `values.ts` writes them, contractions in full, no punctuation. */
export function wordsOf(text: string): string[] {
  return withValues(inFull(text)).match(/−?⟨[^⟩]*⟩|[\p{L}\p{N}]+|[%‰+<>=≤≥±×~^\p{Sc}]/gu) ?? [];
}

/** Folded, and without contractions: "can't" and "cannot" say the same. */
export function inFull(text: string): string {
  return CONTRACTED.reduce((plain, [contracted, full]) => plain.replace(contracted, full), foldedValues(text));
}
