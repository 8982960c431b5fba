import type { Token, Tokens } from 'marked';
import { sentencesOf } from '../guards/statements.ts';
import { blocksOf } from '../reading/blocks.ts';

/** A part of a passage that can be quoted by itself: a sentence, a line of a list, or a table, as it is written. */
export type Sentence = { markdown: string; block: number; joins: ' ' | '\n' };

/** The sentences of a passage in their order. Headings are none. */
export function sentencesOfPassage(markdown: string, language: string | null): Sentence[] {
  return blocksOf(markdown).flatMap((token, block) => partsOf(token, language).map((part) => ({ ...part, block })));
}

function partsOf(token: Token, language: string | null): Omit<Sentence, 'block'>[] {
  switch (token.type) {
    case 'space':
    case 'heading':
    case 'hr':
    case 'def':
      return [];
    case 'paragraph':
      return proseOf(token.raw.trim(), language).map((part) => ({ markdown: part, joins: ' ' }));
    case 'list':
      return (token as Tokens.List).items.map(({ raw }) => ({ markdown: raw.trimEnd(), joins: '\n' }));
    default:
      return [{ markdown: token.raw.trim(), joins: '\n' }];
  }
}

/** Emphasis or a link that goes over the end of a sentence keeps its paragraph in one. */
function proseOf(raw: string, language: string | null): string[] {
  if (/ {2,}\n|\\\n|:[ \t]*\n/.test(raw)) return [raw];
  const sentences = sentencesOf(raw.replace(/[ \t]*\n[ \t]*/g, ' '), language);
  return sentences.every(isWhole) ? sentences : [raw];
}

function isWhole(sentence: string): boolean {
  const count = (mark: RegExp) => sentence.match(mark)?.length ?? 0;
  return (
    count(/\*\*|__/g) % 2 === 0 &&
    count(/(?<!\*)\*(?!\*)/g) % 2 === 0 &&
    count(/`/g) % 2 === 0 &&
    count(/\[/g) === count(/\]/g) &&
    count(/\(/g) === count(/\)/g)
  );
}

/** The chosen sentences as they are read: those of one paragraph or list together, the others apart. */
export function joined(chosen: readonly (Sentence & { passage: number })[]): string {
  return chosen.reduce((text, { markdown, block, passage, joins }, index) => {
    const before = chosen[index - 1];
    if (before === undefined) return markdown;
    const together = before.passage === passage && before.block === block;
    return `${text}${together ? joins : '\n\n'}${markdown}`;
  }, '');
}
