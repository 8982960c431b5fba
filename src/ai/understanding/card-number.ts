/** Whether digits could be a payment card's: long enough, their check digit (Luhn), and not one digit again and again. */
export function isCardNumber(digits: string): boolean {
  const sum = Array.from(digits)
    .toReversed()
    .reduce((total, digit, index) => {
      const doubled = index % 2 === 0 ? Number(digit) : Number(digit) * 2;
      return total + (doubled > 9 ? doubled - 9 : doubled);
    }, 0);
  return digits.length >= 13 && sum % 10 === 0 && !/^(\d)\1+$/.test(digits);
}
