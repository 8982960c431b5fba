import type { Passage } from '../../domain/knowledge.ts';
import { withCourtesy } from '../answering/courtesy.ts';
import { joined } from '../answering/sentences.ts';
import type { PlanInput } from '../port.ts';
import { quotes, sentencesShown } from './prompts.ts';
import type { Draft } from './schemas.ts';

/**
 * What a draft answers and the passages it rests on, null for one that was not given: the sentences chosen by number between
 * courtesy, where answers are made of them (N9), or the model's own words.
 */
export function answerOf(
  { answer, sentences, sources }: Draft,
  input: PlanInput,
  { language, passages }: { language: string | null; passages: readonly Passage[] },
): { words: string; named: (Passage | null)[] } {
  if (quotes(input) && sentences.length > 0) {
    const chosen = chosenSentences(sentences, passages);
    const spoken = language ?? chosen[0]?.language ?? null;
    return {
      words: withCourtesy(joined(chosen.filter((sentence) => sentence !== null)), spoken),
      named: chosen.map((sentence) => passages[sentence?.passage ?? passages.length] ?? null),
    };
  }
  const labels = new Map(passages.map((passage, index) => [`S${index + 1}`, passage]));
  return {
    words: quotes(input) ? answer.replace(/⟦[^⟧]*⟧ ?/g, '') : answer,
    named: sources.map((label) => labels.get(label.replace(/[^\w]/g, '').toUpperCase()) ?? null),
  };
}

function chosenSentences(numbers: readonly string[], passages: readonly Passage[]) {
  return [...new Set(numbers)].map((number) => {
    const [, passage = '0', sentence = '0'] = /S?(\d+)\.(\d+)/i.exec(number) ?? [];
    const from = passages[Number(passage) - 1];
    const found = from === undefined ? undefined : sentencesShown(from)[Number(sentence) - 1];
    return found === undefined ? null : { ...found, passage: Number(passage) - 1, language: from?.language ?? null };
  });
}
