/** What stands for the language of an article that nobody could tell. */
export const UNDETERMINED = 'und';

/** PostgreSQL's built-in text search configurations by ISO 639-1. */
const CONFIGURATIONS: Readonly<Record<string, string>> = {
  ar: 'arabic',
  da: 'danish',
  de: 'german',
  el: 'greek',
  en: 'english',
  es: 'spanish',
  fi: 'finnish',
  fr: 'french',
  hu: 'hungarian',
  it: 'italian',
  nl: 'dutch',
  no: 'norwegian',
  pt: 'portuguese',
  ro: 'romanian',
  ru: 'russian',
  sv: 'swedish',
  tr: 'turkish',
};

/** What stems a text in this language; `simple` stems nothing. */
export function configurationOf(language: string | null): string {
  return CONFIGURATIONS[language ?? ''] ?? 'simple';
}

/** Languages that write several nouns as one word. */
export const COMPOUNDING: ReadonlySet<string> = new Set([
  'danish',
  'dutch',
  'finnish',
  'german',
  'norwegian',
  'swedish',
]);
