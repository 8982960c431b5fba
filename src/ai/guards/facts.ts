import type { AnswerProblem } from '../../domain/plan-detail.ts';
import { foldedValues, NUMBER, QUANTITY, valueOf, withTypedValues } from './values.ts';

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
const DURATIONS = UNITS.map(({ unit, names }) => ({
  unit,
  pattern: new RegExp(String.raw`(${QUANTITY})${BETWEEN}(?:${names})\b`, 'g'),
}));

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
  const valued = withTypedValues(foldedValues(text.replace(/^\s*\d{1,2}[.)]\s/gm, ' ')));
  const facts = [...valued.matchAll(/⟨([^⟩]*)⟩/g)].flatMap(([, value = '']) => factsOfValue(value));
  let rest = valued.replace(/⟨[^⟩]*⟩/g, ' · ');
  const take = (pattern: RegExp, fact: (found: string) => Fact): void => {
    rest = rest.replace(pattern, (found: string, first: unknown) => {
      facts.push(fact(typeof first === 'string' ? first : found));
      return ' · ';
    });
  };
  take(WEEKDAYS, (day) => ({ kind: 'date', value: day.replace(/s$/, '') }));
  for (const { unit, pattern } of DURATIONS)
    take(pattern, (number) => ({ kind: 'duration', value: `${valueOf(number)} ${unit}` }));
  take(new RegExp(NUMBER, 'g'), (number) => ({ kind: 'number', value: valueOf(number) }));
  for (const { value, words } of PROMISES) if (words.test(rest)) facts.push({ kind: 'promise', value });
  for (const pattern of DEEDS)
    for (const [, deed] of rest.matchAll(pattern)) facts.push({ kind: 'promise', value: `to ${deed ?? ''}` });
  return facts;
}

/** What `values.ts` writes between ⟨ and ⟩; a date's year is a number by itself, which people leave out. */
function factsOfValue(value: string): Fact[] {
  if (value.includes(':')) return [{ kind: 'time', value }];
  if (value.endsWith(' %')) return [{ kind: 'percentage', value }];
  if (value.includes(' ')) return [{ kind: 'amount', value }];
  if (!value.includes('-')) return [{ kind: 'number', value }];
  const [day = '', month = '', year] = value.split('-').toReversed();
  const date: Fact = { kind: 'date', value: `${month}-${day}` };
  return year === undefined ? [date] : [date, { kind: 'number', value: year }];
}

/** The first fact of a text that its sources do not state; null when they state all of them. */
export function unsupportedFact(text: string, sources: readonly string[]): Fact | null {
  const known = sources.flatMap(factsOf);
  const stated = new Set(known.map(({ kind, value }) => `${kind} ${value}`));
  // "3 to 5 days" and "5 days" name the same five; a bare number has no unit of its own to be wrong about.
  const numbers = new Set(known.flatMap(({ value }) => value.match(/\d+(?:\.\d+)?/g) ?? []));
  return (
    factsOf(text).find(
      ({ kind, value }) => !stated.has(`${kind} ${value}`) && !(kind === 'number' && numbers.has(value)),
    ) ?? null
  );
}
