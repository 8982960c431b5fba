import type { AnswerProblem } from '../../domain/plan-detail.ts';
import { folded } from '../reading/text.ts';
import { ANY_MONTH, CURRENCIES, CURRENCY, monthOf, NUMBER, QUANTITY, valueOf, withTimes } from './values.ts';

/** Something a reply states that has to stand in a source: what kind, and its value in one spelling. */
export type Fact = {
  kind: Extract<AnswerProblem, 'amount' | 'percentage' | 'date' | 'time' | 'duration' | 'number' | 'promise'>;
  value: string;
};

const UNITS: readonly { unit: string; names: string }[] = [
  { unit: 'second', names: 'secondi|secondo|seconden|sekund[ay]?|seconds?|sekunden?|secondes?|segundos?' },
  { unit: 'minute', names: 'minuti|minuut|minuten|minut[ay]?|minutes?|mins?|minuten?|minutos?' },
  { unit: 'hour', names: 'ore|ora|uur|uren|godzin[ay]?|hours?|hrs?|stunden?|heures?|horas?' },
  {
    unit: 'day',
    names:
      'giorn[oi]|dagen|dag|werkdagen|dni|dzien|dnia|days?|tag(?:en?)?|werktag(?:en?)?|arbeitstag(?:en?)?|jours?|dias?',
  },
  { unit: 'week', names: 'settiman[ae]|weken|week|tygodni\\w*|tydzien|weeks?|wochen?|semaines?|semanas?' },
  { unit: 'month', names: 'mesi|mese|maanden|maand|miesi\\w*|months?|monat(?:en?)?|mois|mes(?:es)?' },
  { unit: 'year', names: 'anni|anno|jaren|jaar|lata?|roku?|years?|jahren?|jahr|ans?|annees?|anos?' },
];
const BETWEEN = String.raw`(?:[ -]*(?:working|business|calendar|full|whole|volle[nr]?|ganze[nr]?))?[ -]*`;

const WEEKDAYS =
  /\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|tomorrow|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|ubermorgen|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miercoles|jueves|viernes|sabado|domingo|manana|segunda-feira|terca-feira|quarta-feira|quinta-feira|sexta-feira|amanha)\b/g;

/** What a company is held to. A word of the same family has to stand in the source. */
const PROMISES: readonly { value: string; words: RegExp }[] = [
  { value: 'refund', words: /\b(?:refund|reimburs|money back|erstatt|ruckerstatt|zuruckerstatt|rembours|reembols)\w*/ },
  { value: 'guarantee', words: /\b(?:guarant|garant)\w*/ },
  {
    value: 'promise',
    words: /\b(?:promis|versprech|verspricht|versprochen|promett|promes|promet|assure you|rest assured)\w*/,
  },
  {
    value: 'free',
    words:
      /\b(?:free of charge|for free|free (?:shipping|delivery|return|replacement|repair)s?|(?:no|without) (?:extra |additional )?(?:charge|cost|fee)s?|kostenlos\w*|kostenfrei\w*|gratis|umsonst|gebuhrenfrei\w*|gratuit\w*|sans frais|sem custo|sin (?:coste?|cargo))/,
  },
  { value: 'compensation', words: /\b(?:compensat|entschadig|dedommag|indemnis|indemniz|compens)\w*/ },
  {
    value: 'discount',
    words:
      /\b(?:discount|voucher|coupon|gift card|rabatt|gutschein|remise|bon d'achat|descuento|cupon|desconto|cupom)\w*/,
  },
  { value: 'replacement', words: /\b(?:replac|ersatz|ersetz|remplac|reemplaz|substitu)\w*/ },
  { value: 'credit', words: /\b(?:store credit|credit your|gutschreib|gutschrift|avoir sur|abono|credito)\w*/ },
];
const DEED =
  '(cancel|ship|sen[dt]|process|escalat|contact|call|forward|arrang|updat|chang|delet|reserv|book|check|investigat|notif|inform|pass|issu|appl|waiv|extend|clos)';
const DEEDS: readonly RegExp[] = [
  new RegExp(
    String.raw`\b(?:i|we)(?: have|'ve| will|'ll| are going to|'re going to| am going to|'m going to| can|'d be happy to)(?: already| now| gladly| immediately)? ${DEED}\w*`,
    'g',
  ),
  /\b(?:ich|wir) (?:werden?|haben?) (?:[\w-]+ ){0,6}?(stornier|send|schick|ersetz|veranlass|kontaktier|anruf|weiterleit|pruf|ander|losch|buch|melde|kummer)\w*/g,
  /\b(?:nous|j)(?:'| )(?:allons|avons|vais|ai) (?:[\w-]+ ){0,2}?(annul|envoy|remplac|trait|contact|appel|transmet|verifi|modifi|supprim)\w*/g,
  /\b(?:vamos a|hemos|voy a|he|vamos|iremos|vou|cancelamos|enviamos) (?:[\w-]+ )?(cancel|envi|reemplaz|proces|contact|llam|transfer|verific|cambi|elimin|lig|alter)\w*/g,
];

/** Everything in a text that has to stand in a source (N5). */
function factsOf(text: string): Fact[] {
  // Numbers that only count a list's lines say nothing.
  let rest = withTimes(folded(text.replace(/^\s*\d{1,2}[.)]\s/gm, ' ')));
  const facts: Fact[] = [];
  const take = (pattern: RegExp, fact: (match: RegExpMatchArray) => Fact | null): void => {
    rest = rest.replace(pattern, (...args: unknown[]) => {
      const found = args.slice(
        0,
        args.findIndex((arg) => typeof arg === 'number'),
      ) as RegExpMatchArray;
      const made = fact(found);
      if (made === null) return found[0] ?? '';
      facts.push(made);
      return ' · ';
    });
  };
  take(/⟨(\d+:\d+)⟩/g, ([, time]) => ({ kind: 'time', value: time ?? '' }));
  takeDates(take);
  take(new RegExp(String.raw`(${CURRENCY})\s?(${NUMBER})`, 'g'), ([, currency, number]) => amount(currency, number));
  take(new RegExp(String.raw`(${QUANTITY})\s?(${CURRENCY})`, 'g'), ([, number, currency]) => amount(currency, number));
  take(
    new RegExp(
      String.raw`(${QUANTITY})\s?(?:%|percent\b|per cent\b|prozent\b|pour ?cent\b|por ciento\b|por cento\b)`,
      'g',
    ),
    ([, number]) => ({
      kind: 'percentage',
      value: valueOf(number),
    }),
  );
  for (const { unit, names } of UNITS) {
    take(new RegExp(String.raw`(${QUANTITY})${BETWEEN}(?:${names})\b`, 'g'), ([, number]) => ({
      kind: 'duration',
      value: `${valueOf(number)} ${unit}`,
    }));
  }
  take(new RegExp(NUMBER, 'g'), ([number]) => ({ kind: 'number', value: valueOf(number) }));
  for (const { value, words } of PROMISES) if (words.test(rest)) facts.push({ kind: 'promise', value });
  for (const pattern of DEEDS)
    for (const [, deed] of rest.matchAll(pattern)) facts.push({ kind: 'promise', value: `to ${deed ?? ''}` });
  return facts;
}

/** The first fact of a text that its sources do not state; null when they state all of them. */
export function unsupportedFact(text: string, sources: readonly string[]): Fact | null {
  const known = sources.flatMap(factsOf);
  const stated = new Set(known.map(({ kind, value }) => `${kind} ${value}`));
  // "3 to 5 days" and "5 days" name the same five; a bare number has no unit of its own to be wrong about.
  const numbers = new Set(known.flatMap(({ value }) => value.match(/\d+(?:\.\d+)?/g) ?? []));
  return (
    factsOf(text).find(({ kind, value }) =>
      kind === 'number' ? !numbers.has(value) : !stated.has(`${kind} ${value}`),
    ) ?? null
  );
}

function takeDates(take: (pattern: RegExp, fact: (match: RegExpMatchArray) => Fact | null) => void): void {
  const date = (day: string | undefined, month: string | number | undefined): Fact => ({
    kind: 'date',
    value: `${Number(month)}-${Number(day)}`,
  });
  take(/\b\d{4}-(\d{2})-(\d{2})\b/g, ([, month, day]) => date(day, month));
  take(/\b(\d{1,2})\.(\d{1,2})\.(?:\d{4}|\d{2})?(?!\d)/g, ([, day, month]) => date(day, month));
  take(/\b(\d{1,2})\/(\d{1,2})\/\d{2,4}\b/g, ([, one, other]) => ({
    kind: 'date',
    value: `${Number(one)}/${Number(other)}`,
  }));
  take(new RegExp(String.raw`\b(\d{1,2})(?:\.|st|nd|rd|th)?(?: of| de)? (${ANY_MONTH})\b`, 'g'), ([, day, month]) =>
    date(day, monthOf(month)),
  );
  take(new RegExp(String.raw`\b(${ANY_MONTH}) (\d{1,2})(?:st|nd|rd|th)?\b`, 'g'), ([, month, day]) =>
    date(day, monthOf(month)),
  );
  take(WEEKDAYS, ([day]) => ({ kind: 'date', value: (day ?? '').replace(/s$/, '') }));
}

function amount(currency: string | undefined, number: string | undefined): Fact {
  return { kind: 'amount', value: `${valueOf(number)} ${CURRENCIES[currency ?? ''] ?? currency ?? ''}` };
}
