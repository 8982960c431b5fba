import type { Passage } from '../../domain/knowledge.ts';
import type { PlanInput } from '../port.ts';
import { isQuestion } from '../understanding/question.ts';
import { sentences, visible } from '../reading/text.ts';
import { plainText } from './plain-text.ts';
import { markdownToHtml } from './reply-html.ts';

/**
 * Whether the customer has all of these passages already, from a public reply, and asks nothing about them: "it is still red"
 * below what to do about red. The same once more would help nobody.
 */
export function isSaidBefore(passages: readonly Passage[], thread: PlanInput['thread']): boolean {
  const asks = ({ waiting, text }: PlanInput['thread'][number]) => waiting && sentences(visible(text)).some(isQuestion);
  if (passages.length === 0 || thread.some(asks)) return false;
  const told = thread
    .filter(({ author, visibility }) => visibility === 'public' && author !== 'customer')
    .map(({ text }) => lettersOf(text));
  return passages
    .map(({ text }) => lettersOf(plainText(markdownToHtml(text, new Set()))))
    .every((passage) => told.some((text) => text.includes(passage)));
}

/** What is the same however it was set: Freshdesk and mail programs change all else. */
function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
