import { expect, test } from '@jest/globals';
import { cleanText } from '../../../src/ai/reading/clean.ts';
import { detectLanguage, firstLanguage } from '../../../src/ai/reading/language.ts';
import type { SafetyTopic } from '../../../src/ai/understanding/safety.ts';
import { signalsByMeaning } from '../../../src/ai/understanding/signals.ts';
import { clearMood, isFrustrated, sentimentOf } from '../../../src/ai/understanding/sentiment.ts';
import { forbiddenTopic } from '../../../src/ai/understanding/topics.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { testUnderstand } from '../../../testbed/understanding.ts';
import type { Sentiment } from '../../../src/domain/handoff.ts';

const SAFETY: [string, SafetyTopic | null][] = [
  ['I want to kill myself', 'self_harm'],
  ['ich will mich umbringen', 'self_harm'],
  ['je veux en finir avec la vie', 'self_harm'],
  ['quiero morir', 'self_harm'],
  ['quero morrer', 'self_harm'],
  ['I will kill you', 'threat'],
  ['I know where you live', 'threat'],
  ['Ich bringe euch um', 'threat'],
  ['I will get you a screenshot', null],
  ["I'll find you on the map", null],
  ['You will hear from my lawyer', 'legal_action'],
  ["I'm going to sue", 'legal_action'],
  ['I will see you in court', 'legal_action'],
  ['Mein Anwalt wird sich melden', 'legal_action'],
  ['Ich werde Sie verklagen', 'legal_action'],
  ['Je vais porter plainte', 'legal_action'],
  ['mi abogado les contactará', 'legal_action'],
  ['Vou ao Procon', 'legal_action'],
  ['Do you have tennis court shoes?', null],
  ['Ist das ein fertiges Gericht?', null],
  ['Is your hiking law guide available?', null],
  ['avocado coloured tent', null],
  ['my card is 4111 1111 1111 1111', 'payment_card'],
  ['5500-0000-0000-0004 cvv 123', 'payment_card'],
  ['order 4111111111111112', null],
  ['4111 1111 1111 1111 12 27 123', 'payment_card'],
  ['tracking 00340434161094042557', null],
  ['Das Zelt ist bombe', null],
  ['my 3782 822463 10005 1234', 'payment_card'],
  ...[
    '4222222222222',
    '30569309025904',
    '3530111333300000',
    '6011111111111117',
    '6759649826438453',
    '2200700000000009',
  ].map((card): [string, SafetyTopic | null] => [`pay with ${card}`, 'payment_card']),
  ...[
    '356938035643809',
    '35 693803 564380 9',
    '866758052718340',
    '4006381333931',
    '5901234123457',
    '5012345678900',
  ].map((number): [string, SafetyTopic | null] => [`it says ${number}`, null]),
  ['call +49 170 1234567', null],
  ['my account was hacked', 'account_takeover'],
  ['someone logged into my account', 'account_takeover'],
  ['I did not place this order', 'account_takeover'],
  ['Mein Konto wurde gehackt', 'account_takeover'],
  ['mon compte a été piraté', 'account_takeover'],
  ['hackearon mi cuenta', 'account_takeover'],
  ['invadiram minha conta', 'account_takeover'],
  ['How do I change my account password?', null],
  ['I forgot my password', null],
  ['Can someone use my gift card?', null],
  ['How do I place an order?', null],
  ['My cousin got me a tent, can I return it?', null],
  ['End date of my subscription?', null],
  ['How do I report a damaged parcel?', null],
  ['The knife cut my hand - how do I return it?', null],
  ['Wie ändere ich mein Passwort?', null],
  ['Where can I file a complaint?', null],
];

const understand = testUnderstand();

test.each(SAFETY)('H6 %j is about %s', async (text, topic) => {
  const waiting = ['Hello', text];
  const understood = await understand({ waiting, before: '', subject: '' });
  const said = { texts: waiting, waiting, before: null };
  const { safety, suspected } = signalsByMeaning(understood, said, DEFAULT_SETTINGS.handoff.triggers);
  // What is not sure is said to people.
  expect(suspected === 'maybe_safety' && topic !== null ? topic : safety).toBe(topic);
});

const SENTIMENT: [string, Sentiment][] = [
  ['This is unacceptable', 'angry'],
  ['WHERE IS MY ORDER NOW!!', 'angry'],
  ['I am very angry', 'angry'],
  ['Das ist eine Frechheit', 'angry'],
  ["C'est inadmissible", 'angry'],
  ['Es una vergüenza', 'angry'],
  ['Isto é uma vergonha', 'angry'],
  ['Thanks!', 'happy'],
  ['I love my tent', 'happy'],
  ['How long does shipping take?', 'neutral'],
  ['ridiculous easy to use', 'happy'],
  ['DHL UPS GLS DPD?', 'neutral'],
  ['Thank you for nothing', 'angry'],
  ['Is the tent good in terrible weather?', 'neutral'],
  ['I am very unhappy with this tent', 'angry'],
  ['Do not buy this', 'angry'],
  ['The charger does not work', 'angry'],
  ['My zipper is broken', 'neutral'],
  ['I have no access to my account', 'neutral'],
  ['Could you please help me with my order?', 'neutral'],
  ['I would like to return my jacket', 'neutral'],
  ['Dear support team, where is my parcel?\nBest regards', 'neutral'],
  ['Which tent is best for two people?', 'neutral'],
  ['I had no problems at all', 'happy'],
  ['THANK YOU SO MUCH, I LOVE IT!!', 'happy'],
  ['wtf is this', 'angry'],
  ['Die Rechnung fehlt', 'neutral'],
  ['Ich bin begeistert', 'happy'],
  ['Wo ist mein Paket, das war im Mai', 'neutral'],
];

test.each(SENTIMENT)('H2 %j sounds %s', (text, sentiment) => {
  expect(sentimentOf([text])).toBe(sentiment);
});

test.each(['This is unacceptable', 'WHERE IS MY ORDER NOW!!', 'Das ist eine Frechheit'])(
  'H1 %j is frustration',
  (text) => {
    expect(isFrustrated(['Hello', text])).toBe(true);
  },
);

test.each([
  'I am unhappy with the colour',
  'My zipper is broken',
  'THANK YOU SO MUCH, I LOVE IT!!',
  'It does not work',
])('H1 %j is no frustration: it is answered', (text) => {
  expect(isFrustrated([text])).toBe(false);
});

test.each<[string, Sentiment]>([
  ['Does the warranty cover broken zippers? And where is my order 1234?', 'neutral'],
  ['My parcel arrived damaged. Thanks for your help.', 'neutral'],
  ['The charger does not work, many thanks in advance', 'neutral'],
  ['I am sad that it is sold out', 'neutral'],
  ['I love my tent', 'happy'],
  ['Thanks!', 'happy'],
  ['I love this jacket, but can I exchange it?', 'neutral'],
  ['useless, I want my money back NOW', 'angry'],
  ['Your answers are completely useless.', 'angry'],
  ['Give me my money back immediately!', 'angry'],
  ['Ich will mein Geld sofort zurück', 'angry'],
  ['Je veux être remboursé immédiatement', 'angry'],
  ['Quiero mi dinero ya', 'angry'],
  ['Quero meu dinheiro de volta agora', 'angry'],
  ['How do I get my money back?', 'neutral'],
  ['Can I use it now, or is it useless in rain?', 'neutral'],
])('H2 a mood is told only where it is clear: %j is %s', (text, mood) => {
  expect(clearMood([text])).toBe(mood);
  expect(isFrustrated([text])).toBe(mood === 'angry');
});

test('H2 one angry message among several is anger', () => {
  expect(sentimentOf(['Thanks!', 'This is unacceptable.'])).toBe('angry');
});

const LANGUAGE: [string, string | null][] = [
  ['How long does shipping take?', 'en'],
  ['Can I return my jacket?', 'en'],
  ['My zipper is broken', 'en'],
  ['Wie lange dauert der Versand?', 'de'],
  ['Was kostet der Versand nach Österreich?', 'de'],
  ['Combien de temps prend la livraison ?', 'fr'],
  ['¿Cuánto tarda el envío?', 'es'],
  ['Onde está a minha encomenda?', 'pt'],
  ['Ik wil mijn bestelling annuleren', 'nl'],
  ['Jak długo trwa wysyłka?', 'pl'],
  ['Привет как дела', 'ru'],
  ['こんにちは、元気ですか', 'ja'],
  ['refund??', null],
  ['Rechnung', null],
  ['password reset', null],
  ['4711 0815 https://shop.example/how/long/does/it/take', null],
  ['\u200b\u200b', null],
  ['🤔', null],
  ['\u200b\u200c\u2060\u00ad', null],
  ['Wo ist\u200b mei\u00adne Bestel\u2060lung?', 'de'],
  [
    'Hello, where is my order? Wo ist meine Bestellung? Où est ma commande ? ¿Dónde está mi pedido? Onde está a minha encomenda?',
    null,
  ],
  ['', null],
];

test.each(LANGUAGE)('the language of %j is %s', (text, language) => {
  expect(detectLanguage(text)).toBe(language);
});

test('a text too short to tell leaves the language to the earlier ones', () => {
  expect(firstLanguage(['refund??', 'ok', 'Wo ist meine Bestellung?', 'Where is my order?'])).toBe('de');
});

test('a mail in five languages, or of one emoji, is answered in the language of the thread', () => {
  const five =
    'Where is my order? Wo ist meine Bestellung? Où est ma commande ? ¿Dónde está mi pedido? Onde está a encomenda?';
  expect(firstLanguage([five, 'Wann kommt mein Paket?'])).toBe('de');
  expect(firstLanguage(['👍', 'Quand arrive mon colis ?'])).toBe('fr');
});

test('the language is that of the message, not of the quote below it', () => {
  const quote = `<blockquote type="cite">${'Your order has been shipped and will arrive soon. '.repeat(20)}</blockquote>`;
  expect(detectLanguage(cleanText(`<p>Où est ma commande ? Elle devait arriver lundi.</p>${quote}`))).toBe('fr');
});

const deny = ['refunds for gift cards', 'Rechtsfragen'];

test('H10 a denied topic matches by its words and their stems', () => {
  expect(forbiddenTopic(['I want my gift card refunded'], { allow: [], deny })).toBe('refunds for gift cards');
  expect(forbiddenTopic(['Ich habe eine Rechtsfrage'], { allow: [], deny })).toBe('Rechtsfragen');
  expect(forbiddenTopic(['How do I buy a gift card?'], { allow: [], deny })).toBeNull();
});

test('H10 a non-empty allow list keeps everything else from the AI', () => {
  expect(forbiddenTopic(['How long does shipping take?'], { allow: ['shipping'], deny: [] })).toBeNull();
  expect(forbiddenTopic(['Can I pay later?'], { allow: ['shipping'], deny: [] })).toBe('outside the allowed topics');
});

test.each([
  ['shipping', 'Do you ship to Spain?'],
  ['cancellations', 'Can I cancel?'],
  ['Zahlungen', 'Wie kann ich die Zahlung ändern?'],
  ['questions about refunds', 'I was refunded twice'],
])('H10 the topic %j matches "%s"', (line, text) => {
  expect(forbiddenTopic([text], { allow: [], deny: [line] })).toBe(line);
  expect(forbiddenTopic([text], { allow: [line], deny: [] })).toBeNull();
});

test('H10 words that only begin alike are other words', () => {
  for (const [line, text] of [
    ['card', 'The cardboard is wet'],
    ['order', 'Is there a border?'],
    ['pay', 'Is the payload heavy?'],
  ] as const)
    expect([line, forbiddenTopic([text], { allow: [], deny: [line] })]).toEqual([line, null]);
});
