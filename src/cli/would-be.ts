import type { WouldBe } from '../ai/ask.ts';
import { reasonInWords } from '../domain/handoff.ts';
import { detailInWords } from '../domain/plan-detail.ts';
import { indented, oneLine, printable } from './lines.ts';

/** What would become of a question: the reply as the customer would get it, or why people would get the ticket. */
export function wouldBeInWords(would: WouldBe): string[] {
  const { reply, modelNotAsked } = would;
  return [
    ...(modelNotAsked
      ? [
          'A model answers tickets here. It costs money and was not asked: this is what the embedded engine makes of it.',
          '',
        ]
      : []),
    headOf(would),
    ...(reply === null ? reasonsOf(would) : ['', ...reply.split('\n').flatMap(quoted)]),
  ];
}

function headOf(would: WouldBe): string {
  const { verdict, mode, channel, sources } = would;
  const titles = sources.map(({ title }) => oneLine(title)).join(', ');
  if (verdict === 'no_reply') return 'Would write nothing: thanks alone want no answer. (E9)';
  if (verdict === 'handoff')
    return `Would hand over${sure(would)}${titles === '' ? '; nothing near it was found' : `; nearest: ${titles}`}.`;
  const what = mode === 'autopilot' ? 'Would reply in public' : 'Would leave this draft for people';
  return `${what} on ${channel}${sure(would)}, from ${titles}:`;
}

function sure({ confidence, threshold }: WouldBe): string {
  return confidence === null ? '' : `: confidence ${confidence.toFixed(2)}, the threshold is ${threshold.toFixed(2)}`;
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
