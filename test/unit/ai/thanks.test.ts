import { expect, test } from '@jest/globals';
import { signalsByMeaning } from '../../../src/ai/understanding/signals.ts';
import { isThanksOnly } from '../../../src/ai/understanding/thanks.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { testUnderstand } from '../../../testbed/understanding.ts';

const understand = testUnderstand();

async function heard(text: string, before: string | null = null) {
  const understood = await understand({ waiting: [text], before: before ?? '', subject: '' });
  return signalsByMeaning(understood, { texts: [text], waiting: [text], before }, DEFAULT_SETTINGS.handoff.triggers);
}

const THANKS_ONLY = [
  'Thank you, that worked',
  'Thanks!',
  'Thanks a lot, have a nice day!',
  'Perfect, thank you so much for your quick reply.',
  'Many thanks, Anna!',
  'Hi Tom,\nthanks for your help!\nBest regards,\nMaria Lopez',
  '👍',
  'It works now.',
  'Great, that did the trick. Thank you!',
  'Thank you very much\nCheers\nBob',
  'Vielen Dank, das hat geklappt!',
  'Danke schön',
  'Danke für die schnelle Antwort!\nMit freundlichen Grüßen\nJonas Weber',
  'Alles klar, vielen Dank',
  'Merci beaucoup !',
  'Merci pour votre réponse rapide. Bonne journée',
  'Parfait, merci, ça marche maintenant',
  'Muchas gracias, ya funciona',
  'Gracias por su ayuda. Saludos',
  'Muito obrigada, já está resolvido',
  'Obrigado pela ajuda!',
  'Thx 🙏',
  'cheers',
  'Goodbye!',
  'Bye',
  'Thank you, have a great day ahead',
  'thanks alot',
  'Merci, au revoir',
  'Tschüss und danke',
  'Thank you sir',
];

/** Beside thanks, and after an answer, these close; after a question they decide. */
const AFTER_AN_ANSWER = [
  'ok thanks',
  'Okay, thank you!',
  'yes, thank you',
  "No, that's all, thanks",
  'Nothing else, thank you',
  'Ja, danke',
  'Ok, merci',
  'Vale, gracias',
];

const MORE_THAN_THANKS = [
  'Thanks, but it still does not work',
  'Thank you. When will it arrive?',
  'Thanks in advance',
  'Thanks, can you also send me the invoice',
  'Thank you for nothing',
  'Danke, aber das Problem besteht noch',
  'Danke im Voraus',
  'Danke, und wo ist die Rechnung',
  "Merci d'avance",
  'Merci mais ça ne marche pas',
  'Gracias de antemano',
  'Gracias, pero no funciona',
  'Obrigado, mas não funcionou',
  'Desde já obrigado',
  'Thanks, order 4711 is missing',
  'Thanks, my email is a@b.co',
  'It does not work',
  'No thanks',
  'nothing else',
  'Good morning, have a nice day',
  'thank you refund',
  'thanks, one more request',
  'thank you kindly check my order',
  'you too',
  'That worked but the zipper broke',
  'Thanks, please cancel the order',
  'ok',
  '',
  '🤔',
  'Hi\nBest regards\nBob',
  'Danke, Rechnung',
  'Thank you, I need a refund',
  'Is it fixed',
  'Hello',
];

const ANSWER = 'Shipping takes three days.';

test.each(THANKS_ONLY)('E9 N8 only thanks: %j', async (text) => {
  expect((await heard(text, ANSWER)).thanked).toBe(true);
});

test.each(AFTER_AN_ANSWER)('E9 it decides something after a question of ours, or out of nowhere: %j', async (text) => {
  expect((await heard(text, 'Shall I cancel the order?')).thanked).toBe(false);
  for (const before of ['Shall I cancel the order?', null]) expect(isThanksOnly(text, { before })).toBe(false);
});

test.each(MORE_THAN_THANKS)('E9 more than thanks, or none: %j', async (text) => {
  expect((await heard(text)).thanked).toBe(false);
  expect(isThanksOnly(text)).toBe(false);
});

test('E9 a thumb up closes after an answer, and decides something after a question of ours', async () => {
  expect((await heard('👍', 'It takes three days.')).thanked).toBe(true);
  expect((await heard('👍', 'Shall I cancel the order?')).thanked).toBe(false);
});

test.each([
  'Thanks!',
  'Thank you, that worked',
  'Danke schön',
  'Merci beaucoup !',
  'Grazie mille',
  'Dank je wel',
  'Thx 🙏',
])('E9 N7 only thanks, without heads: %j', (text) => {
  expect(isThanksOnly(text)).toBe(true);
});

test.each(['ok thanks', 'Ja, danke', 'Vale, gracias'])(
  'E9 N7 only thanks after an answer, without heads: %j',
  (text) => {
    expect(isThanksOnly(text, { before: 'It takes three days.' })).toBe(true);
  },
);
