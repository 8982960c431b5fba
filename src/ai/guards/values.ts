import { folded } from '../reading/text.ts';

/** Numbers, amounts, dates and times as people write them in the eight languages, and their one spelling. */

const NUMBER = String.raw`(?<!\d)(?:\d+(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?)`;

/**
 * A text folded for what follows, which all takes such texts, with what folding would make another value: "½", "10²", "5″",
 * digits of other scripts, and the sign of "-5", which is no hyphen then. Longer rows of digits are no value, and are parted.
 */
export function foldedValues(text: string): string {
  const plain = text
    .replace(/[⟨⟩]/g, ' ')
    .replace(/(?:(?<!\p{Nd})(\p{Nd}{1,9}) ?)?([¼-¾⅐-⅞])/gu, (_, whole: string | undefined, part: string) => {
      const [over = 0, under = 1] = part.normalize('NFKC').split('⁄').map(Number);
      return `${whole ?? 0}${(over / under).toFixed(4).slice(1)}`;
    })
    .replace(/(?<![\p{L}\s])[⁰¹²³⁴-⁹]+/gu, ' ^$& ')
    .replace(/(?<=\p{Nd}) ?([′″])/gu, (_, mark: string) => (mark === '″' ? ' inches' : ' feet'));
  return folded(plain)
    .replace(/(?=\D)\p{Nd}/gu, digitOf)
    .replace(/(?<=\d)([٫٬])(?=\d)/g, (_, mark: string) => (mark === '٫' ? '.' : ','))
    .replace(/(?<=^|[\s(])[-–](?=\d)/g, '−')
    .replace(/\d{40}(?=\d)/g, '$& ');
}

/** Every script has its ten in a row. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

const CURRENCIES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'eur € eur euro euros',
    'usd $ usd dollar dollars dolar dolares dollari',
    'gbp £ gbp pound pounds',
    'chf chf franken francs franchi',
    'jpy ¥ jpy yen',
    'brl r$ brl reais real',
    'pln zł pln zloty złoty złote złotych',
  ].flatMap((line) => {
    const [currency = '', ...names] = line.split(' ');
    return names.map((name) => [name, currency]);
  }),
);
const CURRENCY = String.raw`(?:r\$|[€$£¥]|(?:${Object.keys(CURRENCIES)
  .filter((name) => /^\p{L}+$/u.test(name))
  .toSorted((a, b) => b.length - a.length)
  .join('|')})(?![\p{L}\p{N}]))`;

/** Written-out numbers. */
const NUMBER_WORDS: Readonly<Record<string, number>> = Object.fromEntries(
  [
    '1 one ein eine einem einen einer un une uno una um uma een jeden jedna jedno',
    '2 two zwei deux dos dois duas due twee dwa dwie dwoch',
    '3 three drei trois tres tre drie trzy trzech',
    '4 four vier quatre cuatro quatro quattro cztery czterech',
    '5 five funf cinq cinco cinque vijf piec pieciu',
    '6 six sechs seis sei zes szesc szesciu',
    '7 seven sieben sept siete sete sette zeven siedem siedmiu',
    '8 eight acht huit ocho oito otto osiem osmiu',
    '9 nine neun neuf nueve nove negen dziewiec dziewieciu',
    '10 ten zehn dix diez dez dieci tien dziesiec dziesieciu',
    '11 eleven elf onze once undici jedenascie',
    '12 twelve zwolf douze doce doze dodici twaalf dwanascie',
    '13 thirteen dreizehn treize trece treze tredici dertien trzynascie',
    '14 fourteen vierzehn quatorze catorce catorze quattordici veertien czternascie czternastu',
    '15 fifteen funfzehn quinze quince quindici vijftien pietnascie',
    '20 twenty zwanzig vingt veinte vinte venti twintig dwadziescia',
    '24 vierundzwanzig vierentwintig ventiquattro',
    '30 thirty dreissig trente treinta trinta trenta dertig trzydziesci',
    '40 forty vierzig quarante cuarenta quarenta quaranta veertig',
    '50 fifty funfzig cinquante cincuenta cinquenta cinquanta vijftig',
    '60 sixty sechzig soixante sesenta sessenta sessanta zestig',
    '90 ninety neunzig noventa novanta negentig',
    '100 hundred hundert cent cien cem cento honderd sto',
  ].flatMap((line) => {
    const [value = '', ...names] = line.split(' ');
    return names.map((name) => [name, Number(value)]);
  }),
);
const QUANTITY = String.raw`(?:${NUMBER}|\b(?:${Object.keys(NUMBER_WORDS).join('|')})\b)`;

const MONTHS = [
  'january|januar|janvier|enero|janeiro|gennaio|januari|stycznia|jan',
  'february|februar|fevrier|febrero|fevereiro|febbraio|februari|lutego|feb',
  'march|marz|maerz|mars|marzo|marco|maart|marca|mar',
  'april|avril|abril|aprile|kwietnia|apr',
  'may|mai|mayo|maio|maggio|mei|maja',
  'june|juni|juin|junio|junho|giugno|czerwca|jun',
  'july|juli|juillet|julio|julho|luglio|lipca|jul',
  'august|aout|agosto|augustus|sierpnia|aug',
  'september|septembre|septiembre|setembro|settembre|wrzesnia|sept?',
  'october|oktober|octobre|octubre|outubro|ottobre|pazdziernika|oct|okt',
  'november|novembre|noviembre|novembro|listopada|nov',
  'december|dezember|decembre|diciembre|dezembro|dicembre|grudnia|dec|dez',
];
const ANY_MONTH = `(?:${MONTHS.join('|')})`;
/** Only English writes "May 3": "maja" and "marca" before a number are other words. */
const ENGLISH_MONTH =
  '(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|aug|sept?|oct|nov|dec)';

function monthOf(name: string | undefined): number {
  return MONTHS.findIndex((names) => new RegExp(`^(?:${names})$`).test(name ?? '')) + 1;
}

/** One spelling for 1.000,50 and 1,000.50; a single separator before three digits is taken as one of thousands. */
function valueOf(number: string | undefined): string {
  const spelled = NUMBER_WORDS[number ?? ''];
  if (spelled !== undefined) return String(spelled);
  const plain = (number ?? '').replace(/[' \u00a0\u202f]/g, '');
  const whole = plain.startsWith('0') ? plain : plain.replace(/[.,](?=\d{3}(?:\D|$))/g, '');
  return String(Number(whole.replace(',', '.')));
}

const TO = String.raw`(?:[-–—]|to|until|till|bis|a|as|al|alle|hasta|ate|fino a|tot|do)`;
const TWELVE_HOURS = /\b(\d{1,2})(?:[:.](\d{2}))? ?([ap])\.? ?m(?![\p{L}\p{N}])\.?/gu;
const HOURS_TO_HOURS = new RegExp(String.raw`\b(\d{1,2})( ?${TO} ?)(\d{1,2}) ?(?:uhr|o'clock)(?![\p{L}\p{N}])`, 'gu');
const WITH_MINUTES =
  /\b([01]?\d|2[0-4])(?:(?::| ?h ?)([0-5]\d)(?![\d:])(?: ?(?:uhr|o'clock|hrs|h)(?![\p{L}\p{N}]))?|\.([0-5]\d) ?(?:uhr|o'clock|hrs|h)(?![\p{L}\p{N}]))/gu;
const WITH_CLOCK = /\b([01]?\d|2[0-4]) ?(?:(?:uhr|o'clock)(?: ([0-5]\d)\b)?|h)(?![\p{L}\p{N}])/gu;
const NOON = /\b(?:noon|midday|mezzogiorno|mediodia|meio-dia|poludnie|middag)\b/g;
const MIDNIGHT = /\b(?:midnight|mitternacht|minuit|medianoche|meia-noite|mezzanotte|middernacht|polnoc)\b/g;

const AMOUNT = new RegExp(`(${CURRENCY}) ?(${NUMBER})`, 'gu');
const AMOUNT_BEFORE = new RegExp(`(${QUANTITY}) ?(${CURRENCY})`, 'gu');
const PERCENTAGE = new RegExp(
  String.raw`(${QUANTITY}) ?(?:%|percent\b|per cent\b|prozent\b|pour ?cent\b|por ?ciento\b|por cento\b|procent\b)`,
  'gu',
);

const ANY_QUANTITY = new RegExp(QUANTITY, 'gu');

/**
 * A folded text with each value between ⟨ and ⟩ in one spelling: `⟨9:00⟩` for "9 am", "9.00 Uhr" and "9h00", `⟨12-18⟩` for
 * "18 December", `⟨5 eur⟩` for "€5", `⟨5⟩` for "five", and `⟨9:00⟩ ~ ⟨18:00⟩` for "from 9 am to 6 pm".
 */
export function withValues(plain: string): string {
  return withRanges(
    outside(withTypedValues(plain), (part) => part.replace(ANY_QUANTITY, (number) => `⟨${valueOf(number)}⟩`)),
  );
}

/** The same of dates, times, amounts and percentages alone: what only is a number stays as it is. */
function withTypedValues(plain: string): string {
  const amounts = [
    [AMOUNT, (_: string, name = '', number = '') => amount(number, name)],
    [AMOUNT_BEFORE, (_: string, number = '', name = '') => amount(number, name)],
    [PERCENTAGE, (_: string, number = '') => `⟨${valueOf(number)} %⟩`],
  ] as const;
  return amounts.reduce(
    (left, [pattern, spelled]) => outside(left, (part) => part.replace(pattern, spelled)),
    outside(withTimes(withDates(plain)), (part) => part.replace(PARTED, '⟨$&⟩')),
  );
}

/** "2.1.0" and "1/2" are one value each, "1.000.000" is a number. */
const PARTED = /(?<![\d./])(?:(?!\d{1,3}(?:\.\d{3})+(?![\d.]))\d{1,4}(?:\.\d{1,4}){2,5}|\d{1,3}\/\d{1,3})(?![\d/])/g;

function withDates(text: string): string {
  const date = (day = '', month: string | number = '', year?: string) =>
    `⟨${year === undefined ? '' : `${Number(year) < 100 ? 2000 + Number(year) : Number(year)}-`}${Number(month)}-${Number(day)}⟩`;
  return text
    .replace(/\b(\d{4})-(\d{2})-(\d{2})\b/g, (_, year: string, month: string, day: string) => date(day, month, year))
    .replace(/\b(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?(?!\d)/g, (_, day: string, month: string, year?: string) =>
      date(day, month, year),
    )
    .replace(
      new RegExp(
        String.raw`\b(\d{1,2})(?:\.|st|nd|rd|th|er)? ?(?:(?:of|de|di) )?(${ANY_MONTH})\b(?:,? (?:de )?(\d{4})\b)?`,
        'g',
      ),
      (_, day: string, month: string, year?: string) => date(day, monthOf(month), year),
    )
    .replace(
      new RegExp(String.raw`\b(${ENGLISH_MONTH}) (\d{1,2})(?:st|nd|rd|th)?\b(?!:)(?:,? (\d{4})\b)?`, 'g'),
      (_, month: string, day: string, year?: string) => date(day, monthOf(month), year),
    );
}

/** A folded text with each clock time as `⟨9:00⟩`. */
function withTimes(text: string): string {
  const time = (hour: string, minute = '00', half?: string) => {
    const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'p' ? 12 : 0);
    return `⟨${hours}:${minute}⟩`;
  };
  const steps: [RegExp, (...found: string[]) => string][] = [
    [TWELVE_HOURS, (_, hour = '', minute, half) => time(hour, minute, half)],
    [HOURS_TO_HOURS, (_, from = '', to = '', until = '') => `${time(from)}${to}${time(until)}`],
    [WITH_MINUTES, (_, hour = '', minute, dotted) => time(hour, minute ?? dotted)],
    [WITH_CLOCK, (_, hour = '', minute) => time(hour, minute)],
    [NOON, () => '⟨12:00⟩'],
    [MIDNIGHT, () => '⟨0:00⟩'],
  ];
  return steps.reduce((left, [pattern, spelled]) => outside(left, (part) => part.replace(pattern, spelled)), text);
}

const VALUE = String.raw`⟨[^⟩]*⟩`;

function withRanges(text: string): string {
  return text
    .replace(
      new RegExp(
        String.raw`(?:\b(?:from|von|vom|de|des|desde|das|dalle|dal|da|van|od) )?(${VALUE}) ?${TO} ?(?=${VALUE})`,
        'g',
      ),
      '$1 ~ ',
    )
    .replace(
      new RegExp(
        String.raw`\b(?:between|zwischen|entre|tra|tussen|miedzy) (${VALUE}) (?:and|und|et|y|e|en|i) (?=${VALUE})`,
        'g',
      ),
      '$1 ~ ',
    );
}

function amount(number: string, currency: string): string {
  return `⟨${valueOf(number)} ${CURRENCIES[currency] ?? currency}⟩`;
}

/** Changes what stands outside of the values that have been found. */
function outside(text: string, change: (part: string) => string): string {
  return text
    .split(/(⟨[^⟩]*⟩)/)
    .map((part) => (part.startsWith('⟨') ? part : change(part)))
    .join('');
}
