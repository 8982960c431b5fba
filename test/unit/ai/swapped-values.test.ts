import { expect, test } from '@jest/globals';
import { judgeAnswer } from '../../../src/ai/guards/guard.ts';
import { wordsOf } from '../../../src/ai/guards/statements.ts';
import type { Wording } from '../../../src/domain/settings.ts';

/** A sentence of an article, what of it is said otherwise, and how: with another value, or (`=`) with the same one. */
const SWAPPED: [string, string, ...string[]][] = [
  ['The device costs ₹1,29,900 in the shop.', '₹1,29,900', '₹1,29,800', '$1,29,900', '₺1,29,900', '1,29,900'],
  ['Das Gerät kostet CHF 1’299.– im Laden.', 'CHF 1’299.–', 'CHF 1’399.–', 'EUR 1’299.–'],
  ['Store it at -5 °C in the dark room.', '-5', '5', '−15', '=−5'],
  ['-5 °C is the lowest temperature for storage.', '-5', '5'],
  ['Store it between -5 and 5 °C in the dark room.', '-5', '5'],
  ['Add 0.500 kg of salt to the water tank.', '0.500', '500', '5', '=0.5'],
  ['The cable is 2½ metres long and black.', '2½', '2', '21', '1½', '=2.5'],
  ['Use ½ litre of water for the filter.', '½', '2', '¼', '1'],
  ['Use 1/2 litre of water for the filter.', '1/2', '1', '2/1', '12'],
  ['The hall has 10² tiles on the floor.', '10²', '102', '10'],
  ['The screen measures 5″ across the front.', '5″', '5′', '6″'],
  ['The alcohol limit is 5 ‰ for all drivers.', '5 ‰', '5', '5 %'],
  ['Version 2.1.0 needs 4 GB of memory.', '2.1.0', '2.10', '2.0.1', '2.1'],
  ['سعر الجهاز ١٢٩٩ ريال في المتجر.', '١٢٩٩', '١٣٩٩', '٩٩'],
  ['You get half of the price back within a week.', 'half of the', 'double the', 'the'],
  ['Returns are accepted for seventeen days after delivery.', 'seventeen', 'eighteen', 'seventy'],
  ['Die Garantie gilt dreihundert Tage ab dem Kauf.', 'dreihundert', 'vierhundert', 'dreißig'],
  ['Der Umtausch ist eineinhalb Jahre lang möglich.', 'eineinhalb', 'zweieinhalb'],
  ['Vous recevez la moitié du prix en une semaine.', 'la moitié', 'le double', 'le tiers'],
  ['Recibe la mitad del precio en una semana.', 'la mitad', 'el doble'],
  ['Riceve la metà del prezzo in una settimana.', 'la metà', 'il doppio'],
  ['Recebe metade do preço numa semana.', 'metade', 'o dobro'],
  ['Zwracamy połowę ceny w ciągu tygodnia.', 'połowę', 'całość'],
  ['Du får tillbaka hälften av priset inom en vecka.', 'hälften', 'dubbelt'],
];

test.each(SWAPPED)('N5 N9 a value is the article’s or is not sent: %s', (sentence, value, ...others) => {
  const sends = (markdown: string, wording: Wording) =>
    judgeAnswer({
      markdown,
      mode: 'autopilot',
      citedIds: ['a'],
      cited: [{ articleId: 'a', title: 'Info', visibility: 'public', markdown: `# Info\n\n${sentence}\n` }],
      language: null,
      allowedHosts: [],
      wording,
    }).ok;
  for (const wording of ['quotes', 'free'] as const) {
    expect(sends(sentence, wording)).toBe(true);
    const sent = others.filter((other) => sends(sentence.replace(value, other.replace('=', '')), wording));
    expect(sent).toEqual(others.filter((other) => other.startsWith('=')));
  }
});

test('N5 a month’s name that is another word before a number is no date', () => {
  expect(wordsOf('Produkty mają 3 lata gwarancji, marca 5 es mejor.').filter((word) => word.includes('-'))).toEqual([]);
  expect(wordsOf('On May 3 and 3. maja')).toEqual(['on', '⟨5-3⟩', 'and', '⟨5-3⟩']);
});

test('N5 nothing that a reply writes counts as a value that has been read', () => {
  expect(wordsOf('It costs ⟨5 eur⟩ and ⟨12-18⟩.')).toEqual(wordsOf('It costs 5 eur and 12-18.'));
  expect(wordsOf('1'.repeat(100_000))).toHaveLength(2_500);
});
