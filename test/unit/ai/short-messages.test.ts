import { expect, test } from '@jest/globals';
import { detectLanguage } from '../../../src/ai/reading/language.ts';
import { isGladReaction } from '../../../src/ai/reading/reactions.ts';
import { isThanksOnly } from '../../../src/ai/understanding/thanks.ts';

const FEW_WORDS: [string, string][] = [
  ...[
    'order status',
    'payment failed',
    'stolen parcel',
    'cancel order',
    'wrong size',
    'broken lamp',
    'invoice missing',
  ].map((text): [string, string] => ['en', text]),
  ...['refund please', 'delivery date', 'gift card balance', 'track my parcel', 'size chart', 'change address'].map(
    (text): [string, string] => ['en', text],
  ),
  ...['mange tak for hjælpen', 'størrelse for små', 'pris for frakt på øl'].map((text): [string, string] => [
    'da',
    text,
  ]),
  ...['Bestellung storniert', 'Rechnung fehlt', 'Paket kaputt', 'Lampe defekt', 'Adresse ändern'].map(
    (text): [string, string] => ['de', text],
  ),
  ...['colis perdu', 'remboursement svp', 'facture manquante'].map((text): [string, string] => ['fr', text]),
  ...['pedido cancelado', 'factura perdida'].map((text): [string, string] => ['es', text]),
  ...['pacco smarrito', 'fattura mancante'].map((text): [string, string] => ['it', text]),
  ...['pakket kwijt', 'factuur ontbreekt'].map((text): [string, string] => ['nl', text]),
  ...['paczka zginęła', 'zwrot pieniędzy'].map((text): [string, string] => ['pl', text]),
];

test.each(FEW_WORDS)(
  'N5 a message of few words is in its language or in none that nobody wrote: %s, %s',
  (language, text) => {
    for (const written of [text, `${text}?`, `${text}!!`, text.toUpperCase(), `${text} 4711`])
      expect([language, null]).toContain(detectLanguage(written));
  },
);

test.each([
  ['en', 'where is my order'],
  ['de', 'wo ist mein Paket'],
  ['fr', 'où est ma commande'],
  ['es', 'dónde está mi pedido'],
  ['pt', 'onde está a minha encomenda'],
  ['it', 'dove è il mio ordine'],
  ['nl', 'waar is mijn bestelling'],
  ['pl', 'gdzie jest moja paczka'],
  ['el', 'πού είναι η παραγγελία μου'],
  ['ja', '注文はどこですか'],
  ['he', 'איפה ההזמנה שלי'],
])('a short question is told by the words between the others, or by its letters: %s', (language, text) => {
  expect(detectLanguage(text)).toBe(language);
});

test.each([
  'Kim Lee reacted to your message: 👍',
  '👍 Kim Lee reacted via Gmail',
  'Kim Lee hat auf Ihre Nachricht reagiert: ❤️',
  'Kim a réagi avec 🙏',
  'Kim reaccionó con 👍',
  'Kim ha reagito con 👏',
  'Liked “We will send it tomorrow.”',
  'Loved an image',
  '👏',
  '👍🏽',
  '❤️❤️❤️',
  '🙏 🙏!',
  '😊👍',
])('E9 a reaction that thanks is thanks: %s', (text) => {
  expect(isGladReaction(text)).toBe(true);
  expect(isThanksOnly(text)).toBe(true);
});

test.each(['Thank you 🌸', 'Thanks 🙌', 'Danke 💐', 'Merci beaucoup 🥰', 'Gracias ✨'])(
  'E9 thanks with a sign are thanks: %s',
  (text) => {
    expect(isThanksOnly(text)).toBe(true);
  },
);

test.each([
  'Kim Lee reacted to your message: 👎',
  '😡 Kim Lee reacted via Gmail',
  '👎',
  '😡',
  '🤔',
  '👍 but where is it',
  'Disliked “We will send it tomorrow.”',
  '👍👎',
  'My skin reacted to your cream',
  '📦',
  '👍 4711',
])('E9 any other sign is for people: %s', (text) => {
  expect(isGladReaction(text)).toBe(false);
  expect(isThanksOnly(text)).toBe(false);
});
