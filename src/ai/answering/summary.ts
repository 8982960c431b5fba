import type { Author, Visibility } from '../../domain/ticket.ts';
import type { Found } from '../knowledge/retrieval.ts';
import { plainText } from './plain-text.ts';
import { markdownToHtml } from './reply-html.ts';
import { shortened, visible } from '../reading/text.ts';

/** `waiting` marks what is to be answered; without it, the customer's messages since the last public answer are. */
type Entry = { author: Author; visibility: Visibility; text: string; waiting?: boolean };

const MAX_SUBJECT = 120;
const MAX_MESSAGE = 300;
const MAX_MESSAGES = 5;
const MAX_ANSWER = 600;

/**
 * The conversation for the person who takes over, in the participants' own words: the subject, how much was written, the
 * last public answer and what is waiting, each cut to a line. Plain text; nothing in it is inferred.
 */
export function summarise(thread: readonly Entry[], subject = ''): string {
  const spoken = thread.filter((entry) => entry.visibility === 'public');
  const answered = spoken.findLastIndex((entry) => entry.author === 'ai' || entry.author === 'agent');
  const waiting = spoken.filter((entry, index) => entry.waiting ?? (entry.author === 'customer' && index > answered));
  const answer = spoken[answered];
  const shown = waiting.slice(-MAX_MESSAGES);
  return [
    ...(subject.trim() === '' ? [] : [`Subject: ${line(subject, MAX_SUBJECT)}`]),
    `${count(waiting.length, 'message')} waiting, ${count(spoken.length - waiting.length, 'earlier message')}.`,
    ...(answer === undefined
      ? []
      : [`Last answer (${answer.author === 'ai' ? 'AI' : 'agent'}): ${line(answer.text, MAX_MESSAGE)}`]),
    ...(shown.length < waiting.length ? [`The last ${shown.length} of them:`] : []),
    ...shown.map((entry) => `Customer: ${line(entry.text, MAX_MESSAGE)}`),
  ].join('\n');
}

/** What was said in earlier episodes (I7): how much, what the customer wanted last, and what was answered. null when nothing. */
export function summariseEarlier(thread: readonly Entry[]): string | null {
  const spoken = thread.filter((entry) => entry.visibility === 'public');
  const question = spoken.findLast((entry) => entry.author === 'customer');
  const answer = spoken.findLast((entry) => entry.author === 'ai' || entry.author === 'agent');
  if (spoken.length === 0) return null;
  return [
    `Earlier conversation of ${count(spoken.length, 'message')}.`,
    ...(question === undefined ? [] : [`Customer: ${line(question.text, MAX_MESSAGE)}`]),
    ...(answer === undefined ? [] : [`${answer.author === 'ai' ? 'AI' : 'Agent'}: ${line(answer.text, MAX_MESSAGE)}`]),
  ].join('\n');
}

/**
 * H2: what the AI does know of several questions, for the person who answers them all, in the articles' own words. The summary
 * as it is where it knows none.
 */
export function withKnown(summary: string, parts: readonly { found: Found }[]): string {
  const answers = parts.map(({ found: { title, passages } }) => {
    const text = passages.map((passage) => plainText(markdownToHtml(passage.text, new Set()))).join(' ');
    return `Known, from “${line(title, MAX_SUBJECT)}”: ${line(text, MAX_ANSWER)}`;
  });
  return [summary, ...new Set(answers)].join('\n');
}

function line(text: string, maxLength: number): string {
  const short = shortened(visible(text.slice(0, maxLength * 10)), maxLength);
  return short === '' ? '(no text)' : short;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
