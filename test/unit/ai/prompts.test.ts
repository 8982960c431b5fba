import { expect, test } from '@jest/globals';
import { draftPrompt } from '../../../src/ai/model/prompts.ts';
import type { PlanInput } from '../../../src/ai/port.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';

type Entry = PlanInput['thread'][number];
const said = (author: Entry['author'], text: string, change: Partial<Entry> = {}): Entry => ({
  author,
  visibility: 'public',
  text,
  at: new Date(0),
  waiting: false,
  ...change,
});

function promptOf(thread: Entry[], change: Partial<PlanInput> = {}): { system: string; prompt: string } {
  const input: PlanInput = {
    connectionId: 'shop',
    ticketId: 7,
    channel: 'email',
    mode: 'autopilot',
    subject: 'Jackets',
    thread,
    settings: { reply: DEFAULT_SETTINGS.reply, handoff: DEFAULT_SETTINGS.handoff },
    now: new Date(0),
    ...change,
  };
  return draftPrompt({ input, language: 'en', passages: [] }, null);
}

test('N5 the model reads whole what it answers: the end of a long message, and every message that waits', () => {
  const long = said('customer', `${'x'.repeat(9_990)} the end`, { waiting: true });
  const waiting = Array.from({ length: 19 }, (_, n) => said('customer', `waits ${n}.`, { waiting: true }));
  const later = Array.from({ length: 25 }, (_, n) => said('agent', `later ${n}.`));
  const { prompt } = promptOf([long, ...waiting, ...later]);
  expect(prompt).toContain('the end');
  for (const { text } of waiting) expect(prompt).toContain(text);
});

test('N3 earlier messages are cut and only the last are shown, so that no old mail is paid for again and again', () => {
  const old = Array.from({ length: 30 }, (_, n) => said('agent', `old ${n}. ${'y'.repeat(7_000)}`));
  const { prompt } = promptOf([...old, said('customer', 'How long?', { waiting: true })]);
  expect(prompt).not.toContain('old 10.');
  expect(prompt).toContain('old 11.');
  expect(prompt).not.toContain('y'.repeat(6_000));
  expect(prompt).toContain(' […]');
});

test('N5 private notes are not shown to a model, and the summary of what was said before is fenced', () => {
  const note = said('agent', 'The discount code is SECRET', { visibility: 'private' });
  const { prompt, system } = promptOf([note, said('customer', 'Hm?', { waiting: true })], { earlier: 'They sang.' });
  expect(prompt).not.toContain('SECRET');
  expect(prompt).toMatch(/<<[0-9a-f]{24} what was said before\nThey sang\.\n/);
  expect(system).not.toContain('They sang');
});

test('H1 H10 the model is told of the triggers and topics that are on, and of no others', () => {
  const { handoff } = DEFAULT_SETTINGS;
  const waiting = [said('customer', 'Hm?', { waiting: true })];
  const on = promptOf(waiting).system;
  expect(on).toContain('user_requested_human_assistance');
  expect(on).toContain('frustrated_customer');
  expect(on).not.toContain('prohibited_topic');
  const off = promptOf(waiting, {
    settings: {
      reply: DEFAULT_SETTINGS.reply,
      handoff: {
        ...handoff,
        triggers: { explicitRequest: false, frustration: false, lowConfidence: true },
        topics: { allow: ['returns'], deny: ['the law', 'prices'] },
      },
    },
  }).system;
  expect(off).not.toContain('user_requested_human_assistance');
  expect(off).not.toContain('frustrated_customer');
  expect(off).toContain('go to people (prohibited_topic):\n1. the law\n2. prices');
  expect(off).toContain('Allowed topics; everything else goes to people (prohibited_topic):\n1. returns');
  expect(off).toContain('safety'); // H6: whatever is on
});
