import { mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createEmbeddedEngine } from '../../../src/ai/embedded.ts';
import type { Plan, PlanInput } from '../../../src/ai/port.ts';
import { EXAMPLES_FOLDER, readExamples } from '../../../src/ai/understanding/examples.ts';
import { loadHeads } from '../../../src/ai/understanding/fitted.ts';
import { HEAD_NAMES } from '../../../src/domain/heads.ts';
import { createUnderstand } from '../../../src/ai/understanding/understand.ts';
import { EmbedderUnavailable, type Embedder } from '../../../src/domain/embedder.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { runFolder } from '../../../testbed/run-folder.ts';
import { testEmbedder, testUnderstand } from '../../../testbed/understanding.ts';

type Topics = PlanInput['settings']['handoff']['topics'];

const understand = testUnderstand();
const engine = createEmbeddedEngine({ knowledge: { search: async () => [] }, understand });

function planOf(
  text: string,
  {
    before,
    subject = 'Hello',
    topics = { allow: [], deny: [] },
    earlier,
  }: { before?: string; subject?: string; topics?: Topics; earlier?: string } = {},
): Promise<Plan> {
  const said = (author: 'ai' | 'customer', words: string): PlanInput['thread'][number] => ({
    author,
    visibility: 'public',
    text: words,
    at: new Date(0),
    waiting: author === 'customer' && words !== earlier,
  });
  return engine.plan({
    connectionId: 'shop',
    ticketId: 7,
    channel: 'email',
    mode: 'autopilot',
    subject,
    thread: [
      ...(earlier === undefined ? [] : [said('customer', earlier)]),
      ...(before === undefined ? [] : [said('ai', before)]),
      said('customer', text),
    ],
    settings: { reply: DEFAULT_SETTINGS.reply, handoff: { ...DEFAULT_SETTINGS.handoff, topics } },
    now: new Date(0),
  });
}

/** None of these texts is an example that the heads were fitted on. */
const ASKS = [
  'Is there a chance I could talk this through with one of your colleagues?',
  'Give me a human being, not this bot.',
  'Könnte mich bitte jemand von Ihnen anrufen?',
  'Ich will jetzt endlich einen Menschen sprechen und keine Maschine.',
  'Je voudrais parler à quelqu’un de votre équipe.',
  'Quiero hablar con una persona de verdad.',
  'Posso falar com alguém da vossa equipa?',
  'Vorrei parlare con una persona vera.',
  'Ik wil graag met een echte medewerker praten.',
  'Chciałabym porozmawiać z żywym człowiekiem.',
];

test.each(ASKS)('N8 H1 %j asks for a person', async (text) => {
  expect(await planOf(text)).toMatchObject({ verdict: 'handoff', reasons: ['user_requested_human_assistance'] });
});

test.each<[string, string]>([
  ['I honestly do not want to be alive any longer.', 'self harm'],
  ['Ich möchte einfach nicht mehr leben.', 'self harm'],
  ['Non ho più voglia di vivere.', 'self harm'],
  ['My attorney will contact you about this.', 'legal action'],
  ['Ich werde die Sache meinem Rechtsanwalt übergeben.', 'legal action'],
  ['Someone hacked my profile and ordered things in my name.', 'account takeover'],
  ['Ktoś się włamał na moje konto.', 'account takeover'],
  ['I will come to your office and hurt you.', 'threat'],
])('N8 H6 %j is about %s', async (text, topic) => {
  expect(await planOf(text)).toMatchObject({ verdict: 'handoff', reasons: ['safety'], topic });
});

test.each([
  'How long does delivery take to Austria?',
  'I spoke to your colleague on Tuesday and she was lovely. Where do I find the size chart?',
  'Welche Größe soll ich nehmen?',
  'La batería de mi bici se muere, ¿cómo la cambio?',
  'How do I change my password?',
  'This heat is killing me. Do you sell fans?',
  'We are on holiday for two weeks from Saturday, how do I have the newspaper stopped meanwhile?',
  'My mail to your returns desk came back undelivered. Where should I write?',
  'I am a letting agent: which of your plans suits three flats?',
  'cancelling',
])('N8 %j is an ordinary question: nothing is found, nothing suspected', async (text) => {
  const plan = await planOf(text);
  expect(plan).toMatchObject({ verdict: 'handoff', reasons: ['insufficient_knowledge'] });
  expect(plan.detail).toBeUndefined();
});

describe('what wants no answer', () => {
  const answered = { before: 'You can return it within 30 days. Is there anything else I can help you with?' };

  test.each([
    'No, that is all. Thank you very much!',
    'Super, vielen Dank für die schnelle Hilfe!',
    'Perfecto, muchas gracias.',
  ])('N8 E9 %j is thanks alone', async (text) => {
    expect(await planOf(text, answered)).toMatchObject({ verdict: 'no_reply', rule: 'E9' });
  });

  test.each([
    ['Shall I cancel the order for you?', 'Yes, thank you.'],
    ['We can send a new one or refund you. Which do you prefer?', 'A refund please, thanks!'],
  ])('N8 E9 after %j, %j decides something and is never silence', async (before, text) => {
    expect(await planOf(text, { before })).toMatchObject({ verdict: 'handoff' });
  });

  test('N8 E8 an absence note that no structure gives away is not answered', async () => {
    const note =
      'I am away from my desk until 3 June without access to mail. For anything urgent, please turn to my colleague Jo.';
    expect(await planOf(note, { subject: 'Away' })).toMatchObject({
      verdict: 'no_reply',
      rule: 'E8',
      detail: 'automatic_mail',
    });
  });

  test.each([
    [
      'Kündigung Vertrag',
      'Hiermit kündige ich meinen Vertrag zum nächstmöglichen Zeitpunkt. Bitte bestätigen Sie mir die Kündigung schriftlich.',
    ],
    ['Zählerstand', 'Anbei der Zählerstand vom 30.11.: 4711 kWh.'],
    ['Unterlagen', 'Anbei erhalten Sie die angeforderten Unterlagen. Mit freundlichen Grüßen'],
  ])('N8 E8 formal words of a person are not dropped as a program’s: %s', async (subject, text) => {
    expect(await planOf(text, { subject })).toMatchObject({ verdict: 'handoff' });
  });

  test.each([
    'Dear customer,\nthank you for contacting Example. We have received your message and will get back to you soon.',
    'Vielen Dank für Ihre Nachricht. Sie ist bei uns eingegangen, Ihre Vorgangsnummer ist A-17.',
    'Hello, please do not reply to this message. Your request has been logged under 4711.',
  ])('N8 E8 another desk that confirms is not answered: %j', async (text) => {
    const { verdict, detail } = await planOf(text, answered);
    expect(verdict === 'no_reply' || detail === 'maybe_automatic').toBe(true);
  });

  test.each([
    'I am on holiday next week. Can you deliver to my neighbour instead?',
    'Your automatic reply says two days, and that was last month. Where is my parcel?',
  ])('N8 E8 %j is a person, and gets to people', async (text) => {
    expect(await planOf(text)).toMatchObject({ verdict: 'handoff' });
  });
});

test('N8 a card number is arithmetic, whatever the heads say', async () => {
  expect(await planOf('It is 4111 1111 1111 1111, thanks')).toMatchObject({
    reasons: ['safety'],
    topic: 'payment card',
  });
});

test('N8 the heads that come along belong to these examples: npm run fit makes them', async () => {
  const { examples } = readExamples(EXAMPLES_FOLDER);
  const asked: string[] = [];
  const counting: Embedder = { ...testEmbedder(), embed: async (texts) => (asked.push(...texts), []) };
  const { heads } = await loadHeads(counting, [EXAMPLES_FOLDER]);
  expect(asked).toEqual([]);
  expect(Object.keys(heads)).toEqual(HEAD_NAMES);
  expect(examples.length).toBeGreaterThan(1_500);
});

test('N8 examples that contradict each other are refused by name', () => {
  const folder = mkdtempSync(path.join(runFolder('examples'), 'x'));
  writeFileSync(
    path.join(folder, 'a.yaml'),
    'head: person\npositive:\n  en: ["call me"]\nnegative:\n  en: ["call me"]\n',
  );
  expect(() => readExamples(folder)).toThrow('"call me" is and is not one of "person"');
  writeFileSync(path.join(folder, 'a.yaml'), 'head: persons\n');
  expect(() => readExamples(folder)).toThrow('is no file of examples');
});

test('N8 an embedder of another model gets heads of its own, from all examples', async () => {
  const folder = mkdtempSync(path.join(runFolder('examples'), 'x'));
  writeFileSync(
    path.join(folder, 'a.yaml'),
    'head: person\npositive:\n  en: ["call me", "ring me up"]\nnegative:\n  en: ["where is it"]\n',
  );
  writeFileSync(path.join(folder, 'b.yaml'), 'head: thanks\npositive:\n  en: [["It is on its way.", "thank you"]]\n');
  const asked: string[] = [];
  const other: Embedder = {
    name: 'another',
    embed: async (texts) => {
      asked.push(...texts);
      return texts.map((text) => Float32Array.from([text.length % 7, text.length % 5, 1]));
    },
  };
  const { mean } = await loadHeads(other, [folder]);
  expect(asked.toSorted()).toEqual(['It is on its way.', 'call me', 'ring me up', 'thank you', 'where is it']);
  expect(mean).toHaveLength(3);
  const judged = createUnderstand(other, () => loadHeads(other, [folder]));
  expect((await judged({ waiting: ['call me'], before: '', subject: '' })).said.person.verdict).toBe('sure');
});

test('N8 a failure to load the heads is not for ever', async () => {
  let tries = 0;
  const flaky = createUnderstand(testEmbedder(), async () => {
    tries += 1;
    if (tries === 1) throw new Error('down');
    return loadHeads(testEmbedder(), [EXAMPLES_FOLDER]);
  });
  const unread = { waiting: ['call me'], before: '', subject: '' };
  await expect(flaky(unread)).rejects.toThrow('down');
  expect((await flaky(unread)).said.person.verdict).not.toBe('no');
});

test('H10 a topic is met by what is meant, in whichever words', async () => {
  const deny = ['cancelling an order'];
  for (const text of ['How do I call off what I have ordered?', 'I would like to cancel what I bought yesterday.'])
    expect([text, await planOf(text, { topics: { allow: [], deny } })]).toMatchObject([
      text,
      { verdict: 'handoff', reasons: ['prohibited_topic'], topic: deny[0] },
    ]);
  const washing = 'At how many degrees may I wash the jacket?';
  expect((await planOf(washing, { topics: { allow: [], deny } })).reasons).not.toContain('prohibited_topic');
  expect((await planOf(washing, { topics: { allow: deny, deny: [] } })).reasons).toContain('prohibited_topic');
  const allowed = await planOf('How do I call off what I have ordered?', { topics: { allow: deny, deny: [] } });
  expect(allowed.reasons).not.toContain('prohibited_topic');
});

test('N8 a message of a word or two is in the language of its thread', async () => {
  const earlier = 'Wie lange dauert der Versand nach Österreich, und was kostet er?';
  expect((await planOf('Merci beaucoup!', { earlier, before: 'Zwei bis vier Werktage.' })).language).toBe('de');
  expect((await planOf('Merci beaucoup!')).language).not.toBe('de');
  const long = 'Can you also deliver the parcel to my office in Vienna?';
  expect((await planOf(long, { earlier, before: 'Zwei bis vier Werktage.' })).language).toBe('en');
});

test('H1 a subject of one word names what a message is about, and asks for nobody; one that asks is heard, and one with nothing below it', async () => {
  const question = 'How long does it take until it arrives, and what does it cost?';
  for (const subject of ['Contact', 'Kontaktformular', 'Feedback', 'Partnership', 'Besprechung', 'Technician'])
    expect([subject, (await planOf(question, { subject })).reasons]).toEqual([subject, ['insufficient_knowledge']]);
  for (const subject of ['Please call me', 'Mitarbeiter sprechen'])
    expect([subject, (await planOf(question, { subject })).reasons]).toEqual([
      subject,
      ['user_requested_human_assistance'],
    ]);
  const alone = await understand({ waiting: [''], before: '', subject: 'Callback' });
  expect(alone.said.person.verdict).toBe('sure');
});

test.each([
  'Email not verified',
  'Delivery failed',
  'Nachricht nicht gesendet',
  'Undeliverable again!',
  'E-mail non vérifié',
])('N8 E8 a few words of a customer are never dropped as an automatic mail: %s', async (text) => {
  for (const subject of ['', 'Delivery', 'Out of office chair'])
    expect([text, subject, (await planOf(text, { subject })).verdict]).toEqual([text, subject, 'handoff']);
});

test('N7 N8 a server that gives vectors of another length in the middle is none: the turn waits, nothing is answered or dropped', async () => {
  let short = false;
  const real = testEmbedder();
  const swapped: Embedder = {
    name: real.name,
    embed: async (texts, as, signal) => {
      const vectors = await real.embed(texts, as, signal);
      return short ? vectors.map((vector) => vector.slice(0, 128)) : vectors;
    },
  };
  const judged = createUnderstand(swapped, () => loadHeads(swapped, [EXAMPLES_FOLDER]));
  const unread = { waiting: ['I want to talk to a real person.'], before: '', subject: '' };
  expect((await judged(unread)).said.person.verdict).toBe('sure');
  short = true;
  await expect(judged(unread)).rejects.toThrow(EmbedderUnavailable);
});

test.each([
  ['one emoji', '🤔'],
  ['two megabytes', 'Where is it? '.repeat(160_000)],
  ['nothing that is seen', String.fromCodePoint(0x200b, 0x2060)],
  ['half a character', 'Where is \uD83D my parcel?'],
  ['a ninth language', 'Var är mitt paket? Det skulle ha kommit i måndags.'],
  ['another script', '荷物はいつ届きますか？'],
])('N8 %s is neither answered nor dropped, and breaks nothing', async (_what, text) => {
  expect((await planOf(text)).verdict).toBe('handoff');
});

test('N8 a ninth language is understood where it says something plainly', async () => {
  expect((await planOf('Jag vill prata med en riktig människa, tack.')).reasons).toContain(
    'user_requested_human_assistance',
  );
});
