import { describe, expect, test } from '@jest/globals';
import { COURTESY_LANGUAGES, withCourtesy } from '../../../src/ai/answering/courtesy.ts';
import { joined, sentencesOfPassage } from '../../../src/ai/answering/sentences.ts';
import { judgeAnswer, type Answer } from '../../../src/ai/guards/guard.ts';

const OPENING = `We are open from 9:00–18:00 on weekdays. You can return a jacket within 30 days of delivery if it is unworn, and the return is free of charge.
Gift cards cannot be paid out. An order costs at least 5 € and at most €1,000.50 in postage. Orders before 18 December 2026 arrive in time.

1. Open the form.
2. Print the label, e.g. at home.

| Country | Days |
| --- | --- |
| Germany | 2 |

Do not wash it above 30 degrees. It doesn't shrink.`;

function judged(markdown: string, change: Partial<Answer> = {}) {
  return judgeAnswer({
    markdown,
    mode: 'autopilot',
    citedIds: ['a1'],
    cited: [{ articleId: 'a1', title: 'Opening & returns', visibility: 'public', markdown: OPENING }],
    language: null,
    allowedHosts: [],
    ...change,
  });
}

function problem(markdown: string, change: Partial<Answer> = {}): string | null {
  const result = judged(markdown, change);
  return result.ok ? null : result.problem;
}

describe('N9 what goes out unattended is sentences of the cited source', () => {
  test.each([
    'We are open from 9:00–18:00 on weekdays.',
    'Gift cards cannot be paid out. Do not wash it above 30 degrees.',
    '1. Open the form.',
    'Print the label, e.g. at home.',
    '| Country | Days |\n| --- | --- |\n| Germany | 2 |',
    'It doesn’t shrink.\n\n*Source: Opening & returns*',
    OPENING,
  ])('and passes as it is: %j', (markdown) => {
    expect(problem(markdown)).toBeNull();
  });

  test.each([
    'We are open from 9 am to 6 pm on weekdays.',
    'We are open 9:00 to 18:00 on weekdays.',
    'We are open between 9 a.m. and 6 p.m. on weekdays.',
    'Gift cards can not be paid out.',
    'Gift cards can’t be paid out.',
    'An order costs at least 5 euros and at most 1000.50 EUR in postage.',
    'Orders before December 18, 2026 arrive in time.',
    'It does not shrink.',
    'Dear customer, gift cards cannot be paid out.',
  ])('with its values in any notation: %s', (markdown) => {
    expect(problem(markdown)).toBeNull();
  });

  test.each([
    ['a negation taken out', 'Gift cards can be paid out.'],
    ['a negation put in', 'We are not open from 9:00–18:00 on weekdays.'],
    ['a time', 'We are open from 9 am to 8 pm on weekdays.'],
    ['the half of the day', 'We are open from 9 pm to 6 pm on weekdays.'],
    ['a date', 'Orders before 24 December 2026 arrive in time.'],
    ['two values changed about', 'An order costs at least €1,000.50 and at most 5 € in postage.'],
    ['a bound', 'An order costs at most 5 € and at least €1,000.50 in postage.'],
    ['before and after', 'Orders after 18 December 2026 arrive in time.'],
    ['a condition left out', 'You can return a jacket within 30 days of delivery, and the return is free of charge.'],
    ['a condition left out at the end', 'You can return a jacket within 30 days of delivery.'],
    ['a sentence joined to a true one', 'We are open from 9:00–18:00 on weekdays, and you get your money back.'],
    ['a sentence beside a true one', 'We are open from 9:00–18:00 on weekdays. The manager approves it.'],
    ['a part of a sentence', 'Wash it above 30 degrees.'],
    [
      'another unit',
      'You can return a jacket within 30 weeks of delivery if it is unworn, and the return is free of charge.',
    ],
    ['an affirmation of its own', 'Of course! We are open from 9:00–18:00 on weekdays.'],
    ['words in a greeting', 'Hello, your order is cancelled. Gift cards cannot be paid out.'],
    ['words behind the sources', 'Gift cards cannot be paid out.\n\nSource: Opening & returns and you may keep it'],
  ])('and nothing else does: %s', (_what, markdown) => {
    expect(problem(markdown)).not.toBeNull();
  });

  test('a full stop that may not end a sentence ends none', () => {
    const cited = [
      {
        articleId: 'a1',
        title: 'Tage',
        visibility: 'public' as const,
        markdown: 'Nicht vom 7. Mai bis 9. Mai ist offen. Wir nehmen nichts zurück, z. B. Jacken.',
      },
    ];
    for (const part of ['Mai ist offen.', 'Jacken.', 'Mai bis 9. Mai ist offen.'])
      expect(problem(part, { cited })).not.toBeNull();
    expect(problem('Wir nehmen nichts zurück, z. B. Jacken.', { cited })).toBeNull();
  });
});

test('N9 numbers of an article that look like one phone number keep none of its sentences back', () => {
  const markdown = 'These are the parts 12 345 678. 90 123 45 is the old one.';
  const cited = [{ articleId: 'a1', title: 'Parts', visibility: 'public' as const, markdown }];
  expect(problem('90 123 45 is the old one.', { cited })).toBeNull();
  expect(problem('90 123 46 is the old one.', { cited })).toBe('phone');
});

const COURTESIES = [
  'Hello Anna,',
  'Hi there! Thanks for reaching out.',
  'Dear Mr. Miller, thank you very much for your question.',
  "We're happy to help. If you need anything else, just let us know!",
  'We are sorry for the inconvenience.',
  "Please don't hesitate to contact us again.",
  'Kind regards, your support team',
  'Guten Tag Frau Müller, vielen Dank für Ihre Anfrage.',
  'Bei weiteren Fragen melden Sie sich gerne. Mit freundlichen Grüßen',
  'Bonjour, merci pour votre message. N’hésitez pas à nous contacter. Cordialement',
  'Hola Ana: gracias por su mensaje. No dude en contactarnos. Saludos',
  'Olá! Obrigada pela sua mensagem. Estamos à disposição.',
  'Buongiorno, grazie per il suo messaggio. Restiamo a disposizione. Cordiali saluti',
  'Hallo, bedankt voor je bericht. Laat het ons gerust weten. Met vriendelijke groet',
  'Dzień dobry, dziękujemy za wiadomość. Jesteśmy do dyspozycji. Pozdrawiamy',
];

test.each(COURTESIES)('N9 courtesy needs no source: %s', (courtesy) => {
  expect(problem(`${courtesy}\n\nGift cards cannot be paid out.`)).toBeNull();
});

test.each([
  'Gerne helfe ich Ihnen weiter. Ich hoffe, das hilft Ihnen.',
  '¡Que tenga un buen día!',
  'Beste klant, bedankt voor uw bericht.',
])('N9 courtesy counts in the language of the reply alone: %s', (courtesy) => {
  const reply = `${courtesy}\n\nGift cards cannot be paid out.`;
  expect([problem(reply), problem(reply, { language: 'pl' })]).toEqual([null, expect.anything()]);
});

test.each(COURTESY_LANGUAGES)('N9 our own courtesy passes in every language: %s', (language) => {
  expect(problem(withCourtesy('Gift cards cannot be paid out.', language))).toBeNull();
});

test('N9 every sentence that can be chosen passes, alone and with the next one', () => {
  const sentences = sentencesOfPassage(OPENING, 'en').map((sentence) => ({ ...sentence, passage: 0 }));
  expect(sentences).toHaveLength(10);
  for (const [index, sentence] of sentences.entries()) {
    const next = sentences[index + 1];
    expect(problem(joined(next === undefined ? [sentence] : [sentence, next]))).toBeNull();
  }
});

describe('N9 free wording', () => {
  test.each([
    ['Your jacket can be returned within 30 days of delivery if it is unworn; the return is free of charge.', null],
    ['Our opening hours on weekdays are from 9 am to 6 pm.', null],
    ['Gift cards can be paid out.', 'altered'],
    ['G@#t c@r#s c@n b# p@#d #@t.', 'altered'],
    ['You can return a jacket within 30 days of delivery.', 'altered'],
    ['Your jacket can be returned within 30 days even if it was worn.', 'altered'],
    ['Orders after 18 December 2026 arrive in time.', 'altered'],
    ['We are open from 9 am to 6 am on weekdays.', 'time'],
    ['An order weighs at most 5 GB in postage.', 'altered'],
    ['The shop has a café with parking nearby.', 'ungrounded'],
  ])('in public may differ in words alone: %s', (markdown, expected) => {
    expect(problem(markdown, { wording: 'free' })).toBe(expected);
  });

  test.each([
    'Shops are closed on Sundays.',
    'The second repair is free.',
    'The first repair is rarely free.',
    'The repair is free.',
    'Customers pay by invoice.',
    'Parcels to Malta take weeks.',
    'Post parcels to Spain.',
    'Yes.',
  ])('is not a sentence of the source with one spot changed, nor one of another: %s', (markdown) => {
    const text =
      'Shops are open on Sundays. The first repair is free. Business customers pay by invoice. Parcels to Malta take three weeks. We do not post parcels to Spain. Boxes go to France.';
    const cited = [{ articleId: 'a1', title: 'Shop', visibility: 'public' as const, markdown: text }];
    expect(problem(markdown, { wording: 'free', cited })).not.toBeNull();
  });

  test.each([
    ['Shipping takes 2 to 4 days to Germany.', null],
    ['Shipping takes 4 to 7 days to Germany.', 'altered'],
    ['Each box weighs 5 kg.', null],
    ['Each box weighs 5 g.', 'altered'],
  ])('gives each thing its own value and unit: %s', (markdown, expected) => {
    const article = { articleId: 'a1', title: 'Shipping', visibility: 'public' as const };
    const text = 'Shipping takes 2 to 4 days to Germany, and 4 to 7 days to Austria. Each of the boxes weighs 5 kg.';
    expect(problem(markdown, { wording: 'free', cited: [{ ...article, markdown: text }] })).toBe(expected);
  });

  test('in drafts is marked where the sources do not carry it', () => {
    const draft = 'Gift cards can be paid out. You get 50 € back. It does not shrink.';
    expect(judged(draft, { mode: 'assist' })).toMatchObject({
      ok: true,
      unsupported: [
        { sentence: 'Gift cards can be paid out.', problem: 'altered' },
        { sentence: 'You get 50 € back.', problem: 'amount' },
      ],
    });
    expect(judged('Hello! It does not shrink.', { mode: 'assist' })).not.toHaveProperty('unsupported');
    expect(problem('See https://evil.example.', { mode: 'assist' })).toBe('link');
  });
});
