import { folded, words } from './text.ts';

/** The words between the others, by language, folded. */
const FUNCTION_WORDS: Readonly<Record<string, string>> = {
  en: 'the a an and or of to in on at by for with from is are was do does did can could will would have has had i you my your we our it this that these those be not how what when where which who why if but after before about into there they me',
  de: 'der die das den dem des ein eine einen einem und oder von zu zum zur im in am auf an mit fur ist sind war habe hat haben kann konnen ich sie du mein meine meinen meiner wir ihr euer unser es nicht wie was wann wo warum welche wenn aber nach vor uber bei aus auch noch',
  fr: 'le la les un une des du de et ou a au aux en dans sur pour par avec est sont je vous tu mon ma mes votre vos nous notre ce cette ces ne pas que qui quel quelle quand comment pourquoi si mais apres avant il elle on se',
  es: 'el la los las un una unos unas y o de del al en con por para es son esta yo usted mi mis tu su nosotros no que como cuando donde cual por si pero se lo le me ha he han mas sin sobre hasta',
  pt: 'o a os as um uma uns umas e ou de do da dos das no na nos nas em com por para ao e sao eu voce meu minha seu sua nao que como quando onde qual se mas me lhe ha foi mais sem sobre ate pelo pela',
  it: 'il lo la gli le un uno una e o di del dello della dei degli delle al alla ai da dal dalla nel nella su con tra e sono io mio mia miei mie tu tuo lei suo noi nostro non che quando dove quale perche se ma mi ti ci ho ha hanno piu senza ancora questo questa',
  nl: 'de het een en van voor op aan met zijn heeft heb hebben kan kunnen ik mijn je jij u uw wij ons onze niet hoe wat wanneer waar waarom welke als maar na bij uit ook nog deze dit dat geen naar om te',
  pl: 'w z ze na od dla o po przy jest sa byl byla ja moj moja moje moim mnie mi ty pani wy nasz nasza nie jak kiedy gdzie dlaczego ktory ktora czy ale lub sie ten ta te juz jeszcze bez moge mam',
};
const BY_LANGUAGE = Object.entries(FUNCTION_WORDS).map(([language, list]) => ({
  language,
  list: new Set(list.split(' ')),
}));
/** Those of all languages: they say nothing about a subject. */
export const ALL_FUNCTION_WORDS: ReadonlySet<string> = new Set(BY_LANGUAGE.flatMap(({ list }) => [...list]));
/** The languages that can be told so. */
export const HAS_FUNCTION_WORDS: ReadonlySet<string> = new Set(BY_LANGUAGE.map(({ language }) => language));
const MIN_LEAD = 2;
/** Letters that no English word is written with: "for" beside them is another language's. */
const FOREIGN = /[^\P{L}a-zéèêëïôàç]/iu;

/** The language whose function words clearly outnumber those of any other here; null when none does. */
export function languageByFunctionWords(text: string): string | null {
  const { first, lead } = leading(text);
  return lead >= MIN_LEAD ? first : null;
}

/** The same for a few words, which say enough when their letters say the same, or when two of them do. */
export function languageOfFewWords(text: string, guess: string | null): string | null {
  const { first, lead, count } = leading(text);
  // Of English most have seen enough that its letters alone are believed, where no word speaks for another language.
  if (count === 0 || (lead === 0 && guess === 'en')) return guess === 'en' ? guess : null;
  return lead > 0 && (first === guess || (first === 'en' && !FOREIGN.test(text)) || count >= MIN_LEAD) ? first : null;
}

function leading(text: string): { first: string | null; lead: number; count: number } {
  const said = words(folded(text));
  const [first, second] = BY_LANGUAGE.map(({ language, list }) => ({
    language,
    count: said.filter((word) => list.has(word)).length,
  })).toSorted((a, b) => b.count - a.count);
  const count = first?.count ?? 0;
  return { first: first?.language ?? null, lead: count - (second?.count ?? 0), count };
}
