import { expect, test } from '@jest/globals';
import { isPleasantry, isThanksOnly } from '../../src/ai/thanks.ts';

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
  'ok thanks',
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

test.each(THANKS_ONLY)('E9 only thanks: %j', (text) => {
  expect(isThanksOnly(text)).toBe(true);
});

test.each(MORE_THAN_THANKS)('E9 more than thanks, or none: %j', (text) => {
  expect(isThanksOnly(text)).toBe(false);
});

test.each(['Hi there,', 'Guten Tag', 'Best regards', 'Bonne journée', '...'])('a pleasantry: %s', (text) => {
  expect(isPleasantry(text)).toBe(true);
});

test.each(['Hi, where is it', 'Invoice', 'ok but no'])('no pleasantry: %s', (text) => {
  expect(isPleasantry(text)).toBe(false);
});
