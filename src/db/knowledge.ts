import type { ImportResult, KnowledgeSearch, Passage, PreparedArticle } from '../domain/knowledge.ts';
import type { Visibility } from '../domain/ticket.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import type { Db } from './client.ts';

/** The imported knowledge of every connection. Each call sees one connection's only. */
export type Knowledge = KnowledgeSearch & {
  /**
   * Makes the articles that came from the connection's folder equal to `articles`, all or nothing: those with the same hash
   * are left alone, those that are missing are removed. Throws when the connection does not exist.
   */
  replaceFolder(connectionId: string, articles: readonly PreparedArticle[]): Promise<ImportResult>;
  /** The Markdown of these articles, for the hosts that a reply citing them may link to (A7). */
  markdownOf(connectionId: string, articleIds: readonly string[]): Promise<string[]>;
  /** Number of articles. */
  count(connectionId: string): Promise<number>;
};

/** What came from a Markdown folder; an import touches nothing else. */
const FOLDER = 'folder';
const UNDETERMINED = 'und';
/** First key of the advisory locks that keep two imports of a connection apart. */
const IMPORT_LOCK = 7_263_001;
const IMPORT_LIMIT_MS = 120_000;
/** Longer questions are cut: nobody asks in more words, and machines send megabytes. */
const MAX_QUESTION_LENGTH = 8_000;

/** PostgreSQL's built-in text search configurations. */
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

export function createKnowledge(db: Db): Knowledge {
  return {
    search: (query) => search(db, query),

    replaceFolder: (connectionId, articles) =>
      db.$transaction((tx) => replace(tx, connectionId, articles), { timeout: IMPORT_LIMIT_MS }),

    async markdownOf(connectionId, articleIds) {
      const rows = await db.knowledgeArticle.findMany({
        where: { connectionId, id: { in: [...articleIds] } },
        select: { markdown: true },
      });
      return rows.map((row) => row.markdown);
    },

    count: (connectionId) => db.knowledgeArticle.count({ where: { connectionId } }),
  };
}

async function replace(
  tx: Prisma.TransactionClient,
  connectionId: string,
  articles: readonly PreparedArticle[],
): Promise<ImportResult> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${IMPORT_LOCK}::int, hashtext(${connectionId}))`;
  if ((await tx.connection.count({ where: { id: connectionId } })) === 0) {
    throw new Error(`There is no connection "${connectionId}" to import knowledge for: make it with "connect" first.`);
  }
  const stored = await tx.knowledgeArticle.findMany({
    where: { connectionId, origin: FOLDER },
    select: { id: true, sourceId: true, contentHash: true },
  });
  const before = new Map(stored.map((row) => [row.sourceId, row]));
  const result: ImportResult = { added: 0, changed: 0, unchanged: 0, removed: 0 };
  for (const prepared of articles) {
    const known = before.get(prepared.article.sourceId);
    before.delete(prepared.article.sourceId);
    if (known === undefined) {
      await add(tx, connectionId, prepared);
      result.added += 1;
    } else if (known.contentHash === prepared.contentHash) {
      result.unchanged += 1;
    } else {
      await change(tx, known.id, prepared);
      result.changed += 1;
    }
  }
  const gone = [...before.values()].map((row) => row.id);
  result.removed = (await tx.knowledgeArticle.deleteMany({ where: { id: { in: gone } } })).count;
  return result;
}

async function add(tx: Prisma.TransactionClient, connectionId: string, prepared: PreparedArticle): Promise<void> {
  const { id } = await tx.knowledgeArticle.create({
    data: { connectionId, origin: FOLDER, sourceId: prepared.article.sourceId, ...columns(prepared) },
    select: { id: true },
  });
  await addChunks(tx, id, prepared);
}

/** The article keeps its id, so that earlier answers still point to it. */
async function change(tx: Prisma.TransactionClient, id: string, prepared: PreparedArticle): Promise<void> {
  await tx.knowledgeArticle.update({ where: { id }, data: columns(prepared) });
  await tx.knowledgeChunk.deleteMany({ where: { articleId: id } });
  await addChunks(tx, id, prepared);
}

function columns({ article, language, contentHash }: PreparedArticle) {
  const { title, visibility, markdown } = article;
  return { title, visibility, markdown, language: language ?? UNDETERMINED, contentHash };
}

async function addChunks(tx: Prisma.TransactionClient, articleId: string, prepared: PreparedArticle): Promise<void> {
  const language = CONFIGURATIONS[prepared.language ?? UNDETERMINED] ?? 'simple';
  const { title } = prepared.article;
  await tx.knowledgeChunk.createMany({
    data: prepared.chunks.map((chunk) => ({ ...chunk, articleId, title, language })),
  });
}

type Row = {
  articleId: string;
  title: string;
  visibility: Visibility;
  language: string;
  position: number;
  heading: string;
  text: string;
  score: number;
  coverage: number;
  matched: number;
  named: number;
};

/**
 * Passages that hold at least one of the question's words. The question is stemmed once for every language the knowledge
 * is written in, and compared with passages of that language only. The words are joined by OR in the database, from
 * lexemes it made itself; no text of the customer's ever becomes SQL or query syntax. Passages in the customer's language
 * come first where they are equally good.
 */
async function search(db: Db, query: Parameters<KnowledgeSearch['search']>[0]): Promise<Passage[]> {
  const question = query.question.slice(0, MAX_QUESTION_LENGTH).replaceAll('\0', ' ');
  const visible: Visibility[] = query.includeInternal ? ['public', 'private'] : ['public'];
  const rows = await db.$queryRaw<Row[]>`
    WITH asked AS (
      SELECT "configuration", tsvector_to_array(to_tsvector("configuration"::regconfig, ${question})) AS "words"
        FROM (SELECT DISTINCT c."language" AS "configuration"
                FROM "KnowledgeChunk" c JOIN "KnowledgeArticle" a ON a."id" = c."articleId"
               WHERE a."connectionId" = ${query.connectionId}) used
    ), queries AS (
      SELECT "configuration", "words",
             (SELECT string_agg('''' || replace(replace("word", '\\', '\\\\'), '''', '''''') || '''', ' | ')
                FROM unnest("words") AS "word")::tsquery AS "anyWord"
        FROM asked
    ), found AS (
      SELECT c."articleId", c."position", c."heading", c."text", a."title", a."visibility", a."language", q."words",
             ts_rank_cd(c."search", q."anyWord", 1)::float8 AS "score",
             (SELECT count(*) FROM unnest(tsvector_to_array(c."search")) AS "word" WHERE "word" = ANY(q."words"))::int AS "matched",
             (SELECT count(*) FROM unnest(tsvector_to_array(ts_filter(c."search", '{a,b}'))) AS "word"
               WHERE "word" = ANY(q."words"))::int AS "named"
        FROM queries q
        JOIN "KnowledgeChunk" c ON c."language" = q."configuration" AND c."search" @@ q."anyWord"
        JOIN "KnowledgeArticle" a ON a."id" = c."articleId"
       WHERE a."connectionId" = ${query.connectionId} AND a."visibility"::text = ANY(${visible})
    )
    SELECT "articleId"::text, "title", "visibility"::text, "language", "position", "heading", "text", "score", "matched", "named",
           "matched"::float8 / cardinality("words") AS "coverage"
      FROM found
     ORDER BY "coverage" DESC, ("language" = ${query.language ?? UNDETERMINED}) DESC, "score" DESC, "articleId", "position"
     LIMIT ${query.limit}`;
  return rows.map(({ language, ...row }) => ({ ...row, language: language === UNDETERMINED ? null : language }));
}
