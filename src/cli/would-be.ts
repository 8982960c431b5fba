import type { AskedPlan, Question } from '../contract/knowledge.ts';
import { HELD_BACK } from '../domain/earned.ts';
import { reasonInWords } from '../domain/handoff.ts';
import { detailInWords } from '../domain/plan-detail.ts';
import { indented, oneLine, printable } from './lines.ts';

/** What would become of a question; `text` is the answer as the customer would read it. */
export type WouldBe = AskedPlan & { text: string | null };

/** The reply as the customer would get it, or why people would get the ticket; and what it has cost to find out. */
export function wouldBeInWords(would: WouldBe, asked: Pick<Question, 'channel' | 'mode'>): string[] {
  const { text, model, tokens, money } = would;
  const cost = money === null ? '' : `, cost ${money.toFixed(4)}`;
  return [
    headOf(would, asked),
    ...(would.heldBack === null ? [] : [HELD_BACK[would.heldBack]]),
    ...(text === null ? reasonsOf(would) : ['', ...text.split('\n').flatMap(quoted)]),
    ...(model === null ? [] : ['', `Asked of ${model}: ${tokens ?? 0} tokens${cost}.`]),
  ];
}

function headOf(would: WouldBe, { channel, mode }: Pick<Question, 'channel' | 'mode'>): string {
  const { verdict, sources, heldBack } = would;
  const titles = sources.map(({ title }) => oneLine(title)).join(', ');
  if (verdict === 'no_reply') return 'Would write nothing: thanks alone want no answer. (E9)';
  if (verdict === 'handoff')
    return `Would hand over${sure(would)}${titles === '' ? '; nothing near it was found' : `; nearest: ${titles}`}.`;
  const what =
    mode === 'autopilot' && heldBack === null ? 'Would reply in public' : 'Would leave this draft for people';
  return `${what} on ${channel}${sure(would)}, from ${titles}:`;
}

function sure({ confidence, threshold }: WouldBe): string {
  if (confidence === null) return '';
  return `: confidence ${confidence.toFixed(2)}${threshold === null ? '' : `, the threshold is ${threshold.toFixed(2)}`}`;
}

function reasonsOf({ verdict, reasons, detail, topic }: WouldBe): string[] {
  if (verdict !== 'handoff') return [];
  return indented([
    ...reasons.map((reason) => `${reasonInWords(reason)} (${reason})`),
    ...(detail === null ? [] : [`${detailInWords(detail)} (${detail})`]),
    ...(topic === null ? [] : [`Topic: ${oneLine(topic)}`]),
  ]);
}

function quoted(line: string): string[] {
  const lines = printable(line);
  return lines.length === 0 ? ['  |'] : lines.map((one) => `  | ${one}`);
}
