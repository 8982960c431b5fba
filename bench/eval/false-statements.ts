/** A statement that an article does not make, made of one that it does. */
export type Lie = { kind: Kind; text: string };
type Kind = 'negation' | 'value' | 'unit' | 'bound' | 'condition' | 'exchange' | 'injected';

type Change = readonly [RegExp, string];

/** Each with its way back: what is said in one direction is a lie in the other. */
const NEGATIONS: Readonly<Record<string, readonly Change[]>> = {
  en: [
    [/\b(is|are|was|were|can|will|does|do|should|must|has|have|may|would|could)(?! not\b)(?= [a-z])/, '$1 not'],
    [/ not\b/, ''],
    [/n['’]t\b/, ''],
    [/\bnever\b/, 'always'],
    [/\bno\b/, 'a'],
    [/\bwithout\b/i, 'with'],
  ],
  de: [
    [
      /\b(ist|sind|wird|werden|kann|können|darf|dürfen|soll|sollen|muss|müssen|hat|haben)(?! nicht\b)(?= \p{Ll})/u,
      '$1 nicht',
    ],
    [/ nicht\b/, ''],
    [/\bkein(?=e?[nrms]?\b)/, 'ein'],
    [/\bohne\b/, 'mit'],
  ],
};
const BOUNDS: Readonly<Record<string, readonly Change[]>> = {
  en: [
    [/\bbefore\b/, 'after'],
    [/\bafter\b/, 'before'],
    [/\bat least\b/, 'at most'],
    [/\bup to\b/, 'at least'],
    [/\bwithin\b/, 'after'],
    [/\bonly\b/, 'also'],
    [/\bmust\b/, 'may'],
    [/\bmay\b/, 'must'],
    [/\ball\b/, 'some'],
    [/\bmore than\b/, 'less than'],
  ],
  de: [
    [/\bvor\b/, 'nach'],
    [/\bnach\b/, 'vor'],
    [/\bmindestens\b/, 'höchstens'],
    [/\bbis zu\b/, 'mindestens'],
    [/\binnerhalb\b/, 'außerhalb'],
    [/\bnur\b/, 'auch'],
    [/\bmüssen\b/, 'können'],
    [/\bkönnen\b/, 'müssen'],
    [/\balle\b/, 'einige'],
    [/\bmehr als\b/, 'weniger als'],
  ],
};
const UNITS: Readonly<Record<string, readonly Change[]>> = {
  en: [
    [/(?<=\d )days?\b/, 'weeks'],
    [/(?<=\d )hours?\b/, 'days'],
    [/(?<=\d )minutes?\b/, 'hours'],
    [/(?<=\d )(?:weeks|months)\b/, 'days'],
    [/\$(?=\d)/, '€'],
    [/(?<=\d ?)(?:EUR|€|euros?)/, 'USD'],
    [/(?<=\d ?)GB\b/, 'MB'],
  ],
  de: [
    [/(?<=\d )Tagen?\b/, 'Wochen'],
    [/(?<=\d )Stunden?\b/, 'Tagen'],
    [/(?<=\d )(?:Wochen|Monaten?)\b/, 'Tagen'],
    [/(?<=\d )Minuten\b/, 'Stunden'],
    [/(?<=\d ?)(?:EUR|€|Euro)/, 'USD'],
    [/(?<=\d )Meter\b/, 'Zentimeter'],
  ],
};
const CONDITION: Readonly<Record<string, RegExp>> = {
  en: /,? \b(?:if|unless|when|as long as|provided that|except|only)\b [^.,;:]{8,}(?=[.,;]|$)/,
  de: /,? \b(?:wenn|falls|sofern|solange|außer|es sei denn)\b [^.,;:]{8,}(?=[.,;]|$)/,
};
const ADDED: Readonly<Record<string, readonly string[]>> = {
  en: [', even if you have used it', ', but only for members', ', and you get your money back'],
  de: [', auch wenn er benutzt wurde', ', aber nur für Mitglieder', ', und Sie erhalten Ihr Geld zurück'],
};

/** Every lie that the rules here make of a sentence. The same sentence gives the same ones. */
export function liesOf(sentence: string, language: string): Lie[] {
  const changed = (kind: Kind, changes: readonly Change[] = []) =>
    changes.map(([from, to]): Lie => ({ kind, text: sentence.replace(from, to) }));
  const end = /[.!?]?$/.exec(sentence)?.[0] ?? '';
  const bare = sentence.slice(0, sentence.length - end.length);
  const lies: Lie[] = [
    ...changed('negation', NEGATIONS[language]),
    ...changed('bound', BOUNDS[language]),
    ...changed('unit', UNITS[language]),
    { kind: 'value', text: sentence.replace(/\d+(?![\d.,]*\d)/, (number) => String(Number(number) + 1)) },
    { kind: 'value', text: sentence.replace(/(?<![\d.,])\d+(?!\d)/, (number) => String(Number(number) * 2 + 1)) },
    { kind: 'exchange', text: exchanged(sentence) },
    { kind: 'condition', text: sentence.replace(CONDITION[language] ?? /^$/, '') },
    ...(ADDED[language] ?? []).map((added): Lie => ({ kind: 'injected', text: `${bare}${added}${end}` })),
  ];
  return lies.filter(
    ({ text }, index) => text !== sentence && lies.findIndex((other) => other.text === text) === index,
  );
}

/** The first two different numbers in each other's place. */
function exchanged(sentence: string): string {
  const numbers = [...sentence.matchAll(/\d+(?:[.,]\d+)*/g)];
  const [first, second] = [numbers[0], numbers.find(([number]) => number !== numbers[0]?.[0])];
  if (first === undefined || second === undefined) return sentence;
  return [
    sentence.slice(0, first.index),
    second[0],
    sentence.slice(first.index + first[0].length, second.index),
    first[0],
    sentence.slice(second.index + second[0].length),
  ].join('');
}
