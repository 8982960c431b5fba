import { explain, glossaryWords } from '../domain/glossary/glossary.ts';
import { didYouMean } from '../db/did-you-mean.ts';
import { toJson, UsageError } from './subcommand.ts';

/** One word of the glossary, in all its meanings. Throws UsageError. */
export function explained(word: string, asJson: boolean): string {
  const meanings = explain(word);
  if (meanings.length === 0)
    throw new UsageError(
      `"${word}" is no word of the glossary.${didYouMean(word, glossaryWords())} docs/glossary.md has all of them.`,
    );
  if (asJson) return toJson(meanings);
  return meanings
    .map(({ word: name, kind, says, whatToDo }) => `${name} (${kind}): ${says}\nWhat to do: ${whatToDo}\n`)
    .join('\n');
}
