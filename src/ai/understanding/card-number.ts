/** What the brands issue (ISO/IEC 7812 prefixes): the first digits, and how many there are in all. */
const BRANDS: readonly { first: RegExp; lengths: readonly number[] }[] = [
  { first: /^4/, lengths: [13, 16, 18, 19] }, // Visa
  { first: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] }, // Mastercard
  { first: /^3[47]/, lengths: [15] }, // American Express
  { first: /^(?:30[0-5]|3095|3[689])/, lengths: [14, 16, 17, 18, 19] }, // Diners Club
  { first: /^35(?:2[89]|[3-8])/, lengths: [16, 17, 18, 19] }, // JCB
  { first: /^(?:60|62|64[4-9]|65|8[12])/, lengths: [16, 17, 18, 19] }, // Discover, UnionPay, RuPay
  { first: /^(?:50|5[6-8]|6[0378])/, lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro, Elo, Verve
  { first: /^(?:220[0-4]|9792)/, lengths: [16, 17, 18, 19] }, // Mir, Troy
];

/** Whether digits could be a payment card's: a brand's prefix and length, the check digit (Luhn), and no article's (EAN-13). */
export function isCardNumber(digits: string): boolean {
  if (!BRANDS.some(({ first, lengths }) => lengths.includes(digits.length) && first.test(digits))) return false;
  return passesLuhn(digits) && !(digits.length === 13 && isArticleNumber(digits)) && !/^(\d)\1+$/.test(digits);
}

function passesLuhn(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const doubled = index % 2 === 0 ? Number(digit) : Number(digit) * 2;
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return sum % 10 === 0;
}

function isArticleNumber(digits: string): boolean {
  return (
    Array.from(digits).reduce((sum, digit, index) => sum + Number(digit) * (index % 2 === 0 ? 1 : 3), 0) % 10 === 0
  );
}
