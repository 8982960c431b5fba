import type { Db } from '../client.ts';
import { meantWord } from './spelling.ts';
import { COMPOUNDING } from './text-search.ts';

/** A word of the question, with the stems of the knowledge that stand for it. */
export type AskedWord = {
  word: string;
  /** How much it says: the rarer in the knowledge, the more. A word that the knowledge lacks says most. */
  weight: number;
  stems: {
    stem: string;
    passages: number;
    /** 1 for the word itself, less for what is only like it. */ factor: number;
  }[];
};

const MISSPELT = 0.9;
const PART = 0.75;
/** Longer questions are told apart by their first words. */
const MAX_WORDS = 60;
const MIN_PART = 4;
const MAX_COMPOUNDS = 12;

type Spoken = { language: string; total: number; word: string; stem: string; passages: number };
type Known = { language: string; asked: string; word: string; stem: string; passages: number };

/** The words of a question as each language of the connection's knowledge reads them; stop words and numbers are left out. */
export async function readQuestion(db: Db, connectionId: string, question: string): Promise<Map<string, AskedWord[]>> {
  const spoken = await spokenWords(db, connectionId, question);
  const others = await otherWords(db, connectionId, spoken);
  const byLanguage = new Map<string, AskedWord[]>();
  for (const one of spoken) {
    const near = others.filter(({ language, asked }) => language === one.language && asked === one.word);
    const known = byLanguage.get(one.language) ?? [];
    byLanguage.set(one.language, [...known, askedWord(one, near)]);
  }
  return byLanguage;
}

function askedWord({ word, stem, passages, total }: Spoken, near: readonly Near[]): AskedWord {
  const itself = passages === 0 ? [] : [{ stem, passages, factor: 1 }];
  const stems = new Map([...near, ...itself].toSorted((a, b) => a.factor - b.factor).map((way) => [way.stem, way]));
  const ways = [...stems.values()].map((way) => ({ stem: way.stem, passages: way.passages, factor: way.factor }));
  // A word in other words is as frequent as the nearest of them.
  const seen = passages > 0 ? passages : Math.max(0, ...ways.map((way) => way.passages));
  return { word, weight: Math.log(1 + (total + 50) / (seen + 5)), stems: ways };
}

async function spokenWords(db: Db, connectionId: string, question: string): Promise<Spoken[]> {
  const rows = await db.$queryRaw<Spoken[]>`
    SELECT k."language", k."passages" AS "total", lower(t."token") AS "word", s."stem",
           coalesce((SELECT max(w."passages") FROM "KnowledgeWord" w
                      WHERE w."connectionId" = k."connectionId" AND w."language" = k."language" AND w."stem" = s."stem"), 0)
             AS "passages"
      FROM "KnowledgeWord" k
     CROSS JOIN LATERAL ts_debug(k."language"::regconfig, "knowledge_text"(${question})) WITH ORDINALITY
                     AS t("alias", "description", "token", "dictionaries", "dictionary", "lexemes", "place")
     CROSS JOIN LATERAL unnest(t."lexemes") AS s("stem")
     WHERE k."connectionId" = ${connectionId} AND k."stem" = '' AND k."word" = '' AND t."alias" NOT IN ('uint', 'int', 'float')
     ORDER BY k."language", t."place"`;
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return rows.filter(({ language, stem }) => {
    const key = `${language} ${stem}`;
    const count = counts.get(language) ?? 0;
    if (seen.has(key) || count >= MAX_WORDS || stem === '') return false;
    seen.add(key);
    counts.set(language, count + 1);
    return true;
  });
}

type Near = { language: string; asked: string; stem: string; passages: number; factor: number };

async function otherWords(db: Db, connectionId: string, spoken: readonly Spoken[]): Promise<Near[]> {
  const compounding = spoken.filter(({ language, word }) => COMPOUNDING.has(language) && word.length > MIN_PART);
  const parts = compounding
    .filter(({ passages }) => passages === 0)
    .flatMap(({ language, word }) => partsOf(word).map((part) => ({ language, asked: word, word: part })));
  const unknown = spoken.filter(({ passages }) => passages === 0);
  const [inside, around, alike] = [
    await stemsOf(db, connectionId, parts),
    await compoundsWith(db, connectionId, compounding),
    await beginningAlike(db, connectionId, unknown),
  ];
  const meant = unknown.flatMap(({ language, word }) => {
    const candidates = alike.filter((known) => known.language === language && known.asked === word);
    const found = meantWord(word, candidates);
    return found === null ? [] : [found];
  });
  const as = (factor: number) => (known: Known) => ({ ...known, factor });
  return [...longest(inside).map(as(PART)), ...around.map(as(PART)), ...meant.map(as(MISSPELT))];
}

/** What a compound may begin or end with. */
function partsOf(word: string): string[] {
  const sizes = Array.from({ length: Math.max(0, word.length - 2 * MIN_PART + 2) }, (_, index) => index + MIN_PART);
  return [...new Set(sizes.flatMap((size) => [word.slice(0, size), word.slice(-size)]))];
}

/** "Kaffeemaschine" ends with "maschine", which says more than "eine": only the longest part counts. */
function longest(parts: readonly Known[]): Known[] {
  const best = new Map<string, Known>();
  for (const part of parts) {
    const key = `${part.language} ${part.asked}`;
    if (part.word.length > (best.get(key)?.word.length ?? 0)) best.set(key, part);
  }
  return [...best.values()];
}

type Lookup = { language: string; asked: string; word: string };

/** These words as stems, where the knowledge has them. */
async function stemsOf(db: Db, connectionId: string, words: readonly Lookup[]): Promise<Known[]> {
  if (words.length === 0) return [];
  return db.$queryRaw<Known[]>`
    SELECT DISTINCT ON (a."language", a."asked", w."stem") a."language", a."asked", a."word", w."stem", w."passages"
      FROM unnest(${words.map(({ language }) => language)}::text[], ${words.map(({ asked }) => asked)}::text[],
                  ${words.map(({ word }) => word)}::text[]) AS a("language", "asked", "word")
     CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector(a."language"::regconfig, a."word"))) AS s("stem")
      JOIN "KnowledgeWord" w ON w."connectionId" = ${connectionId} AND w."language" = a."language" AND w."stem" = s."stem"
     ORDER BY a."language", a."asked", w."stem", a."word"`;
}

/** Compounds of the knowledge that begin with one of these words or end with it. */
async function compoundsWith(db: Db, connectionId: string, words: readonly Spoken[]): Promise<Known[]> {
  if (words.length === 0) return [];
  return db.$queryRaw<Known[]>`
    SELECT DISTINCT a."language", a."asked", found."word", found."stem", found."passages"
      FROM unnest(${words.map(({ language }) => language)}::text[], ${words.map(({ word }) => word)}::text[]) AS a("language", "asked")
     CROSS JOIN LATERAL (
        SELECT w."word", w."stem", w."passages" FROM "KnowledgeWord" w
         WHERE w."connectionId" = ${connectionId} AND w."language" = a."language"
           AND length(w."word") >= length(a."asked") + ${MIN_PART - 1}
           AND (starts_with(w."word", a."asked") OR right(w."word", length(a."asked")) = a."asked")
         ORDER BY w."passages" DESC, w."word" LIMIT ${MAX_COMPOUNDS}
     ) found`;
}

/** Words of the knowledge that begin like one of these and are about as long: what it may have been meant to be. */
async function beginningAlike(db: Db, connectionId: string, words: readonly Spoken[]): Promise<Known[]> {
  const usable = words.filter(({ word }) => word.length >= 4 && word.length <= 40);
  if (usable.length === 0) return [];
  return db.$queryRaw<Known[]>`
    SELECT a."language", a."asked", w."word", w."stem", w."passages"
      FROM unnest(${usable.map(({ language }) => language)}::text[], ${usable.map(({ word }) => word)}::text[]) AS a("language", "asked")
      JOIN "KnowledgeWord" w ON w."connectionId" = ${connectionId} AND w."language" = a."language"
       AND w."word" ~>=~ left(a."asked", 1) AND w."word" ~<~ chr(ascii(a."asked") + 1)
       AND abs(length(w."word") - length(a."asked")) <= 2
     ORDER BY a."language", a."asked", w."word"`;
}
