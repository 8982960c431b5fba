import type { ArticleDetail, ArticlesQuery, ArticleView } from '../../contract/knowledge.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { decodeTime, isUuid, type Page, type PageRequest, toPage } from '../paging.ts';

/** The knowledge of a connection, as people look through it: the last changed first. */
export type Articles = {
  /** Throws InvalidCursor. */
  list(
    connectionId: string,
    query: Omit<ArticlesQuery, 'cursor' | 'limit'>,
    page: PageRequest,
  ): Promise<Page<ArticleView>>;
  get(connectionId: string, id: string): Promise<ArticleDetail | null>;
};

const COLUMNS = Prisma.sql`a."id", a."origin", a."sourceId", a."title", a."visibility", a."language", a."updatedAt",
  (SELECT count(*)::int FROM "KnowledgeChunk" k WHERE k."articleId" = a."id") AS passages`;

type Row = Omit<ArticleView, 'led' | 'draftsClosed' | 'draftsIgnored'>;

export function createArticles(db: Db): Articles {
  return {
    async list(connectionId, query, { cursor, limit }) {
      const rows = await db.$queryRaw<Row[]>`
        SELECT ${COLUMNS} FROM "KnowledgeArticle" a
        WHERE a."connectionId" = ${connectionId} AND ${matching(query)} AND ${cursor === null ? Prisma.sql`true` : after(cursor)}
        ORDER BY a."updatedAt" DESC, a."id" DESC LIMIT ${limit + 1}`;
      const used = await usesOf(
        db,
        connectionId,
        rows.map(({ id }) => id),
      );
      return toPage(
        rows,
        limit,
        ({ updatedAt }) => BigInt(updatedAt.getTime()),
        (row) => ({ ...row, ...used(row.id) }),
      );
    },

    async get(connectionId, id) {
      if (!isUuid(id)) return null;
      const [row] = await db.$queryRaw<(Row & { markdown: string })[]>`
        SELECT ${COLUMNS}, a."markdown" FROM "KnowledgeArticle" a
        WHERE a."connectionId" = ${connectionId} AND a."id" = ${id}::uuid`;
      if (row === undefined) return null;
      const used = await usesOf(db, connectionId, [id]);
      const parts = await db.knowledgeChunk.findMany({
        where: { articleId: id },
        select: { position: true, heading: true, text: true },
        orderBy: { position: 'asc' },
      });
      return { ...row, ...used(id), parts };
    },
  };
}

function matching({ q, origin, visibility, language }: Omit<ArticlesQuery, 'cursor' | 'limit'>): Prisma.Sql {
  const conditions = [
    q === undefined ? null : Prisma.sql`strpos(lower(a."title"), lower(${q})) > 0`,
    origin === undefined ? null : Prisma.sql`a."origin" = ${origin}`,
    visibility === undefined ? null : Prisma.sql`a."visibility" = ${visibility}::"Visibility"`,
    language === undefined ? null : Prisma.sql`a."language" = ${language}`,
  ].filter((condition) => condition !== null);
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
}

function after(cursor: string): Prisma.Sql {
  const { at, id } = decodeTime(cursor);
  return Prisma.sql`(a."updatedAt", a."id") < (${at}::timestamptz, ${id}::uuid)`;
}

type Uses = Pick<ArticleView, 'led' | 'draftsClosed' | 'draftsIgnored'>;
const UNUSED: Uses = { led: 0, draftsClosed: 0, draftsIgnored: 0 };

async function usesOf(db: Db, connectionId: string, ids: readonly string[]): Promise<(id: string) => Uses> {
  if (ids.length === 0) return () => UNUSED;
  const rows = await db.$queryRaw<(Uses & { id: string })[]>`
    SELECT e."leadArticleId" AS id, count(*)::int AS led,
      count(*) FILTER (WHERE e."draftFate" IN ('sent', 'edited', 'ignored'))::int AS "draftsClosed",
      count(*) FILTER (WHERE e."draftFate" = 'ignored')::int AS "draftsIgnored"
    FROM "Episode" e WHERE e."connectionId" = ${connectionId} AND e."leadArticleId" = ANY(${[...ids]}) GROUP BY 1`;
  const found = new Map(rows.map(({ id, ...uses }) => [id, uses]));
  return (id) => found.get(id) ?? UNUSED;
}
