import { describe, expect, test } from '@jest/globals';
import { createEmbeddedEngine } from '../../../src/ai/embedded.ts';
import type { PlanInput } from '../../../src/ai/port.ts';
import type { KnowledgeSearch, Passage } from '../../../src/domain/knowledge.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { testUnderstand } from '../../../testbed/understanding.ts';

type Entry = PlanInput['thread'][number];
const customer = (text: string): Entry => ({
  author: 'customer',
  visibility: 'public',
  text,
  at: new Date(0),
  waiting: true,
});
const earlier = (author: Entry['author'], text: string): Entry => ({
  author,
  visibility: 'public',
  text,
  at: new Date(0),
  waiting: false,
});

const fits: Passage = {
  articleId: 'a1',
  title: 'Shipping times',
  visibility: 'public',
  language: 'en',
  position: 0,
  heading: '',
  text: 'It takes **2 days**.',
  score: 1.6,
  coverage: 1,
  words: ['long', 'shipping', 'take'].map((word) => ({ word, share: 1 / 3, named: true })),
};

/** A passage that holds only some of the question's words, `share` of it in all. */
function holding(words: string[], share: number, change: { named?: boolean } & Partial<Passage> = {}): Passage {
  const { named = true, ...rest } = change;
  const held = words.map((word) => ({ word, share: share / words.length, named }));
  return { ...fits, score: share * (named ? 1.6 : 1), coverage: share, words: held, ...rest };
}

type Query = Parameters<KnowledgeSearch['search']>[0];

/** A knowledge that finds the same for every question, and remembers what it was asked. */
function knowing(...passages: Passage[]) {
  const asked: Query[] = [];
  const search = (query: Query) => {
    asked.push(query);
    return Promise.resolve(passages);
  };
  const knowledge = { search };
  return {
    asked,
    engine: createEmbeddedEngine({ knowledge }),
    /** With heads; found by full text all the same. */
    understanding: createEmbeddedEngine({ knowledge, understand: testUnderstand() }),
  };
}

function input(change: Partial<PlanInput> & { handoff?: Partial<PlanInput['settings']['handoff']> } = {}): PlanInput {
  const { handoff, ...rest } = change;
  return {
    connectionId: 'shop',
    ticketId: 7,
    channel: 'email',
    mode: 'autopilot',
    subject: '',
    thread: [customer('How long does shipping take?')],
    settings: {
      reply: DEFAULT_SETTINGS.reply,
      handoff: { ...DEFAULT_SETTINGS.handoff, confidenceThreshold: 0.6, ...handoff },
    },
    now: new Date(0),
    ...rest,
  };
}

const THANKS = 'Thank you for your message.';
const OPEN = 'If anything is still open, simply reply to this message.';

test('N2 an answer is the passage as it is written, with its source', async () => {
  const plan = await knowing(fits).engine.plan(input());
  expect(plan).toMatchObject({
    verdict: 'answer',
    markdown: `${THANKS}\n\nIt takes **2 days**.\n\n${OPEN}\n\n*Source: Shipping times*`,
    confidence: expect.closeTo(0.95, 1),
    reasons: [],
    sources: [{ articleId: 'a1', title: 'Shipping times', score: 1 }],
    language: 'en',
    sentiment: 'neutral',
    engine: 'embedded',
    model: null,
    tokens: null,
  });
});

test.each<[what: string, said: Entry, text: string, verdict: string]>([
  [
    'the customer writes on after it',
    earlier('ai', `${THANKS} It takes 2 days. ${OPEN}`),
    'Shipping takes long.',
    'handoff',
  ],
  ['a person had said it', earlier('agent', 'Hello, it takes 2 days!'), 'Shipping takes long.', 'handoff'],
  ['the customer asks about it', earlier('ai', 'It takes 2 days.'), 'How long does shipping take?', 'answer'],
  ['something else was said', earlier('ai', 'It takes 3 days.'), 'Shipping takes long.', 'answer'],
  [
    'only people know of it',
    { ...earlier('ai', 'It takes 2 days.'), visibility: 'private' },
    'Shipping takes long.',
    'answer',
  ],
])('N2 what the customer has been told already is not said again: %s', async (_what, said, text, verdict) => {
  const plan = await knowing(fits).engine.plan(input({ thread: [said, customer(text)] }));
  expect(plan.verdict).toBe(verdict);
  if (verdict === 'handoff') expect(plan).toMatchObject({ reasons: ['low_confidence'], detail: 'said_before' });
});

test('N2 the same input gives the same plan', async () => {
  const { engine } = knowing(fits);
  expect(await engine.plan(input())).toEqual(await engine.plan(input()));
});

test('N4 only drafts ask for internal knowledge', async () => {
  const autopilot = knowing(fits);
  await autopilot.engine.plan(input({ mode: 'autopilot' }));
  expect(autopilot.asked.every((query) => !query.includeInternal && query.connectionId === 'shop')).toBe(true);
  const assist = knowing(fits);
  await assist.engine.plan(input({ mode: 'assist' }));
  expect(assist.asked.every((query) => query.includeInternal)).toBe(true);
});

test.each([
  ['nothing', [], 'insufficient_knowledge'],
  ['next to nothing', [holding(['take'], 0.2, { named: false })], 'insufficient_knowledge'],
  [
    'two answers that fit alike',
    [holding(['long', 'shipping'], 0.6), holding(['shipping', 'take'], 0.6, { articleId: 'a2' })],
    'low_confidence',
  ],
  ['one word of it', [holding(['shipping'], 0.5)], 'low_confidence'],
  ['words that neither title nor heading names', [holding(['long', 'take'], 0.6, { named: false })], 'low_confidence'],
  ['an article in another language', [{ ...fits, language: 'de' }], 'low_confidence'],
] satisfies [string, Passage[], string][])(
  'N2 H1 a question the knowledge holds %s of goes to people',
  async (_what, passages, reason) => {
    expect(await knowing(...passages).engine.plan(input())).toMatchObject({ verdict: 'handoff', reasons: [reason] });
  },
);

test('A9 a handoff for want of certainty keeps the article that came nearest, one for want of knowledge keeps none', async () => {
  const sourcesOf = async (passage: Passage) => (await knowing(passage).engine.plan(input())).sources;
  expect(await sourcesOf(holding(['shipping'], 0.5))).toEqual([
    { articleId: fits.articleId, title: fits.title, score: expect.any(Number) },
  ]);
  expect(await sourcesOf(holding(['take'], 0.2, { named: false }))).toEqual([]);
});

test('N2 an article that fits about as well makes the answer less certain', async () => {
  const alone = await knowing(fits).engine.plan(input());
  const rivalled = await knowing(fits, holding(['shipping', 'take'], 0.9, { articleId: 'a2' })).engine.plan(input());
  expect(rivalled.confidence).toBeLessThan(alone.confidence ?? 0);
});

test('the threshold of the settings decides', async () => {
  const { engine } = knowing(holding(['long', 'shipping'], 0.4));
  expect((await engine.plan(input({ handoff: { confidenceThreshold: 0.4 } }))).verdict).toBe('answer');
  expect((await engine.plan(input({ handoff: { confidenceThreshold: 0.9 } }))).verdict).toBe('handoff');
});

test('N11 while the threshold is earned, what is worth grading is answered, and nonsense goes to people', async () => {
  const plan = (found: Passage) => knowing(found).engine.plan(input({ handoff: { confidenceThreshold: 'earned' } }));
  const unsure = await plan(holding(['shipping'], 0.5));
  expect(unsure.verdict).toBe('answer');
  expect(unsure.confidence).toBeLessThan(0.6);
  expect((await plan(holding(['take'], 0.2, { named: false }))).verdict).toBe('handoff');
});

test('N7 what is understood and found by words alone is for drafts only', async () => {
  expect(await knowing(fits).engine.plan(input())).toMatchObject({ verdict: 'answer', draftOnly: true });
});

test('without the lowConfidence trigger an uncertain answer is given, but never one without a source', async () => {
  const triggers = { explicitRequest: true, frustration: true, lowConfidence: false };
  expect((await knowing(holding(['shipping'], 0.5)).engine.plan(input({ handoff: { triggers } }))).verdict).toBe(
    'answer',
  );
  expect(
    (await knowing(holding(['take'], 0.2, { named: false })).engine.plan(input({ handoff: { triggers } }))).verdict,
  ).toBe('handoff');
  expect((await knowing().engine.plan(input({ handoff: { triggers } }))).verdict).toBe('handoff');
});

test('N2 a threshold of 0 lets no answer through that has no source', async () => {
  const { engine } = knowing(holding(['take'], 0.2, { named: false }));
  expect((await engine.plan(input({ handoff: { confidenceThreshold: 0 } }))).verdict).toBe('handoff');
});

test.each([
  ['My lawyer will call you', 'safety'],
  ['I want to talk to a human', 'user_requested_human_assistance'],
])('H1 H6 what stands in the subject counts: %s', async (subject, reason) => {
  const plan = await knowing(fits).understanding.plan(input({ subject }));
  expect(plan).toMatchObject({ verdict: 'handoff', reasons: [reason] });
});

const off = { explicitRequest: false, frustration: false, lowConfidence: false };

test.each([
  ['I want to talk to a human about shipping.', 'user_requested_human_assistance'],
  ['Shipping this slowly is unacceptable.', 'frustrated_customer'],
])('H1 %s hands off, unless its trigger is off', async (text, reason) => {
  const { understanding } = knowing(fits);
  const thread = [customer(text)];
  expect(await understanding.plan(input({ thread }))).toMatchObject({ verdict: 'handoff', reasons: [reason] });
  expect(await understanding.plan(input({ thread, handoff: { triggers: off } }))).toMatchObject({ verdict: 'answer' });
});

test.each([
  ['self harm', 'I want to kill myself.'],
  ['threat', 'I know where you live.'],
  ['legal action', 'My lawyer will write to you.'],
  ['payment card', 'My card is 4111 1111 1111 1111.'],
  ['account takeover', 'Someone has hacked my account.'],
])('H6 %s hands off, whatever is switched off', async (topic, text) => {
  const thread = [customer(`How long does shipping take? ${text}`)];
  const everythingOff = {
    triggers: off,
    confidenceThreshold: 0,
    topics: { allow: ['shipping', text], deny: [] },
    officeHours: null,
  };
  for (const mode of ['autopilot', 'assist'] as const) {
    const plan = await knowing(fits).understanding.plan(input({ mode, thread, handoff: everythingOff }));
    expect(plan).toMatchObject({ verdict: 'handoff', reasons: ['safety'], topic });
  }
});

test('H6 a safety topic among thanks is no mere thanks', async () => {
  const thread = [earlier('ai', 'So.'), customer('Thank you!'), customer('I want to die.')];
  const plan = await knowing(fits).understanding.plan(input({ thread, handoff: { triggers: off } }));
  expect(plan).toMatchObject({ verdict: 'handoff', reasons: ['safety'] });
});

test('H1 several reasons are all told', async () => {
  const thread = [customer('This is unacceptable. I want to speak to a manager. My lawyer will write to you.')];
  const plan = await knowing(fits).understanding.plan(input({ thread }));
  expect(plan.reasons).toEqual(['safety', 'user_requested_human_assistance', 'frustrated_customer']);
  expect(plan.sentiment).toBe('angry');
});

test('N2 a question about something of their own is answered with less confidence than one about how it is', async () => {
  const { understanding } = knowing(fits);
  const general = await understanding.plan(input());
  const own = await understanding.plan(
    input({ thread: [customer('Where is my order 88213, how long does shipping take?')] }),
  );
  expect(own.confidence).toBeLessThan(general.confidence ?? 0);
});

test('N2 a message that leads elsewhere when its subject is read with it is answered with less confidence', async () => {
  const search = ({ question }: Query) =>
    Promise.resolve([
      question.includes('Austria') ? holding(['long', 'shipping', 'take'], 0.9, { articleId: 'a2' }) : fits,
    ]);
  const { engine } = { engine: createEmbeddedEngine({ knowledge: { search } }) };
  const agreed = await knowing(fits).engine.plan(input({ subject: 'Austria' }));
  const disputed = await engine.plan(input({ subject: 'Austria' }));
  expect(disputed.confidence).toBeLessThan(agreed.confidence ?? 0);
});

test('H1 H10 a denied topic hands off and is named', async () => {
  const topics = { allow: [], deny: ['shipping'] };
  expect(await knowing(fits).engine.plan(input({ handoff: { topics } }))).toMatchObject({
    verdict: 'handoff',
    reasons: ['prohibited_topic'],
    topic: 'shipping',
  });
});

test.each(['engine', 'understanding'] as const)('E9 thanks get no reply: %s', async (by) => {
  const { asked, ...engines } = knowing(fits);
  const thread = [earlier('customer', 'How?'), earlier('ai', 'So.'), customer('Thank you!'), customer('👍')];
  expect(await engines[by].plan(input({ thread, subject: 'How?' }))).toMatchObject({
    verdict: 'no_reply',
    rule: 'E9',
    sentiment: 'happy',
  });
  expect(asked).toEqual([]);
});

test('E9 thanks with a question among what is waiting are a question', async () => {
  const thread = [earlier('ai', 'So.'), customer('Thank you!'), customer('How long does shipping take?')];
  expect((await knowing(fits).engine.plan(input({ thread }))).verdict).toBe('answer');
});

test('E9 thanks below a subject that asks, on a ticket nobody has answered, go to people', async () => {
  const plan = await knowing(fits).understanding.plan(
    input({ subject: 'When will my order ship?', thread: [customer('Thanks, Anna!')] }),
  );
  expect(plan).toMatchObject({ verdict: 'handoff', reasons: ['low_confidence'] });
});

test('A1 one answer for several questions, from each of their articles', async () => {
  const returns: Passage = {
    ...fits,
    articleId: 'a2',
    title: 'Returns [new](http://x)',
    text: 'Within 30 days.',
    heading: 'How',
  };
  const search = ({ question }: Query) => {
    if (/shipping.*return/s.test(question)) return Promise.resolve([holding(['shipping'], 0.5)]);
    return Promise.resolve(question.includes('return') ? [returns] : [fits]);
  };
  const engine = createEmbeddedEngine({ knowledge: { search } });
  const plan = await engine.plan(
    input({ thread: [customer('How long does shipping take?'), customer('Can I return it for free?')] }),
  );
  expect(plan).toMatchObject({ verdict: 'answer', sources: [{ articleId: 'a1' }, { articleId: 'a2' }] });
  expect(plan.verdict === 'answer' && plan.markdown).toBe(
    `${THANKS}\n\nIt takes **2 days**.\n\n### How\n\nWithin 30 days.\n\n${OPEN}\n\n*Sources: Shipping times · Returns \\[new\\]\\(http\\:\\/\\/x\\)*`,
  );
});

test('N2 H2 two questions of which the knowledge carries one go to people, who are given the known answer', async () => {
  const search = ({ question }: Query) => Promise.resolve(question.includes('shipping') ? [fits] : []);
  const engine = createEmbeddedEngine({ knowledge: { search } });
  const plan = await engine.plan(input({ thread: [customer('How long does shipping take? And do you sell kayaks?')] }));
  expect(plan.verdict).toBe('handoff');
  expect(plan.summary).toMatch(/\nKnown, from “Shipping times”: It takes 2 days\.$/);
  const unknown = await engine.plan(input({ thread: [customer('Do you sell kayaks? And tents?')] }));
  expect(unknown.summary).not.toContain('Known');
});

test('the subject of an unanswered ticket is part of the question, that of an answered one is not', async () => {
  const first = knowing(fits);
  await first.engine.plan(input({ subject: 'Shipping to Austria', thread: [customer('How long does it take?')] }));
  expect(first.asked.some((query) => query.question.includes('Austria'))).toBe(true);
  const later = knowing(fits);
  await later.engine.plan(
    input({ subject: 'Shipping to Austria', thread: [earlier('ai', 'So.'), customer('How long does it take?')] }),
  );
  expect(later.asked.some((query) => query.question.includes('Austria'))).toBe(false);
});

test('a message too short to tell has the language of the earlier ones', async () => {
  const thread = [
    earlier('customer', 'Wo ist meine Bestellung?'),
    earlier('ai', 'Here is how it works.'),
    customer('Versand??'),
  ];
  expect((await knowing(fits).engine.plan(input({ thread }))).language).toBe('de');
});

test('H2 the summary holds the words that were written, and no others', async () => {
  const thread = [
    earlier('customer', 'Old question'),
    earlier('agent', 'Old answer'),
    customer(`Kayaks?\n${'x'.repeat(900)}`),
    customer('And paddles?'),
  ];
  const { summary } = await knowing().engine.plan(input({ thread, subject: 'Boats' }));
  expect(summary.split('\n')).toEqual([
    'Subject: Boats',
    '2 messages waiting, 2 earlier messages.',
    'Last answer (agent): Old answer',
    expect.stringMatching(/^Customer: Kayaks\? x{100,300}…$/),
    'Customer: And paddles?',
  ]);
});

const EARLIER = 'Earlier conversation of 2 messages.\nCustomer: Where is it?\nAI: On its way.';

test('I7 what was said before this episode is in the summary for people, and is no question any more', async () => {
  const { engine, asked } = knowing(fits);
  const plan = await engine.plan(
    input({ earlier: EARLIER, subject: 'Shipping to Austria', thread: [customer('How long does shipping take?')] }),
  );
  expect(plan.summary.split('\n')).toEqual([
    'Subject: Shipping to Austria',
    '1 message waiting, 0 earlier messages.',
    'Customer: How long does shipping take?',
    ...EARLIER.split('\n'),
  ]);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.some(({ question }) => /Austria|Where is it|On its way/.test(question))).toBe(false);
});

test('I7 E9 thanks in a new episode get no reply, though the subject asks', async () => {
  const plan = await knowing(fits).engine.plan(
    input({ earlier: EARLIER, subject: 'When will my order ship?', thread: [customer('Thank you!')] }),
  );
  expect(plan).toMatchObject({ verdict: 'no_reply', rule: 'E9' });
});

const GARBAGE: [string, string][] = [
  ['nothing', ''],
  ['one emoji', '🤔'],
  ['zero-width characters', '\u200b\u200d\ufeff'],
  ['punctuation', '?!?!...'],
  ['a lone surrogate', '\ud83d'],
  ['a zero byte', '\0'],
  ['one endless word', 'a'.repeat(2_000_000)],
  ['a million questions', 'why? '.repeat(400_000)],
  ['a million quotes', "' | & ! ( ) : * <-> \\ ".repeat(90_000)],
  ['French', 'Combien de temps prend la livraison en Suisse ?'],
  ['Spanish', '¿Cuánto tarda el envío a Canarias?'],
  ['Portuguese', 'Quanto tempo demora a entrega nos Açores?'],
  ['Russian', 'Сколько времени занимает доставка?'],
  ['five languages', 'How long? Wie lange dauert es? Combien de temps? ¿Cuánto tarda? Quanto tempo demora?'],
  ['Japanese', '配送にはどのくらいかかりますか?'],
];

test.each(GARBAGE)('N6 %s ends in a handoff with a reason', async (_what, text) => {
  const plan = await knowing().engine.plan(input({ thread: [customer(text)] }));
  const reason = text.length > 10_000 ? 'low_confidence' : 'insufficient_knowledge';
  expect(plan).toMatchObject({ verdict: 'handoff', reasons: [reason] });
});

test('N6 a knowledge that cannot be searched fails the plan instead of looking empty', async () => {
  const engine = createEmbeddedEngine({ knowledge: { search: () => Promise.reject(new Error('database gone')) } });
  await expect(engine.plan(input())).rejects.toThrow('database gone');
});

test('a turn with nothing to answer is refused', async () => {
  await expect(knowing(fits).engine.plan(input({ thread: [earlier('customer', 'Hi')] }))).rejects.toThrow(
    'Ticket 7 has no waiting message',
  );
});

describe('H7 outside office hours', () => {
  test('H7 everything goes to people, and what else speaks for it is said as well', async () => {
    const closed = await knowing(fits).engine.plan(input({ officeClosed: true }));
    expect(closed).toMatchObject({ verdict: 'handoff', reasons: ['outside_office_hours'] });
    const thread = [customer('I want to talk to a real person')];
    expect(await knowing(fits).understanding.plan(input({ officeClosed: true, thread }))).toMatchObject({
      reasons: ['user_requested_human_assistance', 'outside_office_hours'],
    });
  });

  test('H7 thanks wake nobody', async () => {
    const thread = [customer('Thank you, that worked!')];
    expect(await knowing(fits).understanding.plan(input({ officeClosed: true, thread }))).toMatchObject({
      verdict: 'no_reply',
    });
  });
});

test.each([
  ['a message too long to be read whole', [customer(`${'x'.repeat(9_992)} How long?`)]],
  ['more messages than are read', Array.from({ length: 21 }, () => customer('How long does shipping take?'))],
] as const)('N6 %s: people get it, and the trace says so', async (_what, thread) => {
  const { engine, asked } = knowing(fits);
  expect(await engine.plan(input({ thread: [...thread] }))).toMatchObject({
    verdict: 'handoff',
    reasons: ['low_confidence'],
    topic: 'more than can be read',
  });
  expect(asked).toEqual([]);
});

test('N6 of the longest messages that are answered the end is read as well, and all that wait', async () => {
  const { engine, asked } = knowing(fits);
  const short = Array.from({ length: 19 }, (_, n) => customer(`Question number${n}?`));
  await engine.plan(input({ thread: [customer(`${'x'.repeat(9_990)} how lang?`), ...short] }));
  const whole = asked.map(({ question }) => question).join(' ');
  expect(whole).toContain('lang');
  expect(whole).toContain('number18');
});

test.each([
  ['after an answer', [earlier('ai', 'It takes two days.')], 'no_reply'],
  ['after a question of ours', [earlier('agent', 'Shall we cancel the order?')], 'handoff'],
  ['out of nowhere', [], 'handoff'],
] as const)('E9 "ok, thanks" %s', async (_when, before, verdict) => {
  const { engine } = knowing();
  expect((await engine.plan(input({ thread: [...before, customer('Ok, thanks')] }))).verdict).toBe(verdict);
});
