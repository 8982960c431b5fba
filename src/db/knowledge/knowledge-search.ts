import type { KnowledgeSearch, Passage } from '../../domain/knowledge.ts';
import type { Visibility } from '../../domain/ticket.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { readQuestion, type AskedWord } from './question-words.ts';
import { UNDETERMINED } from './text-search.ts';

type Query = Parameters<KnowledgeSearch['search']>[0];

/** Longer questions are cut: nobody asks in more words, and machines send megabytes. */
const MAX_QUESTION_LENGTH = 8_000;
/** A word that stands in title or heading says what the passage is about. */
const NAMED_BONUS = 0.6;
/**
 * So many passages are looked at for a question. Its rarest words choose them, as many as fit: a word that is everywhere
 * helps to tell passages apart and not to find them.
 */
const MAX_CANDIDATES = 3_000;
/** So many of them, the best by their words' weight, are looked at closely. */
const MAX_COMPARED = 60;

type Row = {
  articleId: string;
  title: string;
  visibility: Visibility;
  language: string;
  position: number;
  heading: string;
  text: string;
  stems: string[];
  named: string[];
};

/** Words that only together say what articles say in one. */
const PHRASES: readonly [RegExp, string][] = [
  [/\b(?:my |the )?money(?: is| will be)? back\b/giu, 'refund'],
  [/\b(?:send|give|bring|take)(?:ing)?(?: it| them| this| that)? back\b/giu, 'return'],
  [/\bgeld(?: wieder)? zurück\b/giu, 'erstattung'],
  [/\bpalavra[- ]passe\b/giu, 'senha'],
];

function rephrased(text: string): string {
  return PHRASES.reduce((said, [phrase, word]) => said.replace(phrase, word), text);
}

/**
 * Passages that hold at least one of the question's words. The question is read once for every language the knowledge is
 * written in, and compared with passages of that language only. Connection and visibility are part of the query itself.
 * No text of the customer's ever becomes SQL or query syntax: words are looked up as lexemes the database made. Of equally
 * good passages those in the customer's language come first; the rest of the order is the database's ids, so that the same
 * question always finds the same.
 */
export async function searchKnowledge(db: Db, query: Query): Promise<Passage[]> {
  const question = rephrased(query.question.slice(0, MAX_QUESTION_LENGTH).replaceAll('\0', ' '));
  const found: Passage[] = [];
  for (const [language, words] of await readQuestion(db, query.connectionId, question)) {
    const total = words.reduce((sum, { weight }) => sum + weight, 0);
    const rows = await candidates(db, query, language, words);
    found.push(...rows.map((row) => passageOf(row, words, total)));
  }
  const foreign = ({ language }: Passage) => (language === query.language ? 0 : 1);
  return found
    .filter(({ words }) => words.length > 0)
    .toSorted(
      (a, b) =>
        b.score - a.score ||
        foreign(a) - foreign(b) ||
        (a.articleId < b.articleId ? -1 : a.articleId > b.articleId ? 1 : a.position - b.position),
    )
    .slice(0, query.limit);
}

async function candidates(db: Db, query: Query, language: string, words: readonly AskedWord[]): Promise<Row[]> {
  const stems = words.flatMap((word) => word.stems.map((stem) => ({ ...stem, value: word.weight * stem.factor })));
  const chosen = query.among === undefined ? choose(stems) : stems;
  if (chosen.length === 0) return [];
  const visible: Visibility[] = query.includeInternal ? ['public', 'private'] : ['public'];
  const among =
    query.among === undefined ? Prisma.empty : Prisma.sql`AND c."articleId" = ANY(${[...query.among]}::uuid[])`;
  const anyWord = chosen.map(({ stem }) => quoted(stem)).join(' | ');
  const worth = Prisma.join(
    stems.map(
      ({ stem, value }) => Prisma.sql`${value}::float8 * ((c."search" @@ (SELECT ${quoted(stem)}::tsquery))::int
        + ${NAMED_BONUS}::float8 * (c."search" @@ (SELECT ${`${quoted(stem)}:AB`}::tsquery))::int)`,
    ),
    ' + ',
  );
  return db.$queryRaw<Row[]>`
    SELECT best."articleId"::text, best."title", best."visibility"::text, best."language", best."position", best."heading",
           best."text", held."stems", held."named"
      FROM (
        SELECT c."articleId", c."position", c."heading", c."text", c."search", a."title", a."visibility", a."language",
               ${worth} AS "worth"
          FROM "KnowledgeChunk" c
          JOIN "KnowledgeArticle" a ON a."id" = c."articleId"
         WHERE c."language" = ${language} AND c."search" @@ (SELECT ${anyWord}::tsquery)
           AND a."connectionId" = ${query.connectionId} AND a."visibility"::text = ANY(${visible}) ${among}
         ORDER BY "worth" DESC, c."articleId", c."position"
         LIMIT ${MAX_COMPARED}
      ) best
     CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(l."lexeme"), '{}') AS "stems",
               coalesce(array_agg(l."lexeme") FILTER (WHERE l."weights" && '{A,B}'), '{}') AS "named"
          FROM unnest(best."search") AS l WHERE l."lexeme" = ANY(${stems.map(({ stem }) => stem)})
     ) held`;
}

/** The rarest words, until their passages are too many. */
function choose<T extends { passages: number }>(stems: readonly T[]): T[] {
  let passages = 0;
  return stems
    .toSorted((a, b) => a.passages - b.passages)
    .filter((stem, index) => {
      passages += stem.passages;
      return index === 0 || passages <= MAX_CANDIDATES;
    });
}

/** A lexeme in query syntax. */
function quoted(stem: string): string {
  return `'${stem.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function passageOf(row: Row, asked: readonly AskedWord[], total: number): Passage {
  const { stems, named, language, ...passage } = row;
  const held = new Set(stems);
  const inName = new Set(named);
  const words = asked.flatMap(({ word, weight, stems: ways }) => {
    const factor = (among: ReadonlySet<string>) =>
      Math.max(0, ...ways.map((way) => (among.has(way.stem) ? way.factor : 0)));
    const share = (weight / total) * factor(held);
    return share === 0 ? [] : [{ word, share, named: factor(inName) > 0 }];
  });
  return {
    ...passage,
    language: language === UNDETERMINED ? null : language,
    words,
    coverage: words.reduce((sum, { share }) => sum + share, 0),
    score: words.reduce((sum, one) => sum + one.share * (one.named ? 1 + NAMED_BONUS : 1), 0),
  };
}
