import type { ImportResult, KnowledgeSearch, PreparedArticle } from '../../domain/knowledge.ts';
import type { Prisma } from '../../generated/prisma/client.ts';
import type { Db } from '../client.ts';
import { searchKnowledge } from './knowledge-search.ts';
import { lock } from '../locks.ts';
import { configurationOf, UNDETERMINED } from './text-search.ts';

/** The imported knowledge of every connection. Each call sees one connection's only. */
export type Knowledge = KnowledgeSearch & {
  /**
   * Makes the articles that came from the connection's folder equal to `articles`, all or nothing: those with the same hash
   * are left alone, those that are missing are removed. Throws when the connection does not exist.
   */
  replaceFolder(connectionId: string, articles: readonly PreparedArticle[]): Promise<ImportResult>;
  /** What came from the connection's folder before, as it is stored. */
  folderArticles(connectionId: string): Promise<{ sourceId: string; title: string; contentHash: string }[]>;
  /** The same as for the folder, for what came from Freshdesk Solutions; `kept` are the ids of articles that are known to be unchanged. */
  replaceSolutions(
    connectionId: string,
    articles: readonly PreparedArticle[],
    kept: ReadonlySet<string>,
  ): Promise<ImportResult>;
  /** What the stored articles from Freshdesk Solutions were made from, by their ids. */
  solutionHashes(connectionId: string): Promise<Map<string, string>>;
  /** Number of articles. */
  count(connectionId: string): Promise<number>;
};

/** Where knowledge comes from; an import touches nothing of another origin. */
type Origin = 'folder' | 'freshdesk';
const IMPORT_LIMIT_MS = 300_000;
const BATCH = 500;

export function createKnowledge(db: Db): Knowledge {
  return {
    search: (query) => searchKnowledge(db, query),

    replaceFolder: (connectionId, articles) => replace(db, connectionId, 'folder', articles, new Set()),

    folderArticles: (connectionId) =>
      db.knowledgeArticle.findMany({
        where: { connectionId, origin: 'folder' satisfies Origin },
        select: { sourceId: true, title: true, contentHash: true },
        orderBy: { sourceId: 'asc' },
      }),

    replaceSolutions: (connectionId, articles, kept) => replace(db, connectionId, 'freshdesk', articles, kept),

    async solutionHashes(connectionId) {
      const rows = await db.knowledgeArticle.findMany({
        where: { connectionId, origin: 'freshdesk' satisfies Origin },
        select: { sourceId: true, contentHash: true },
      });
      return new Map(rows.map(({ sourceId, contentHash }) => [sourceId, contentHash]));
    },

    count: (connectionId) => db.knowledgeArticle.count({ where: { connectionId } }),
  };
}

/** All or nothing, and one import of a connection after the other. */
function replace(
  db: Db,
  connectionId: string,
  origin: Origin,
  articles: readonly PreparedArticle[],
  kept: ReadonlySet<string>,
): Promise<ImportResult> {
  return db.$transaction(
    async (tx) => {
      const result = await replaceArticles(tx, connectionId, origin, articles, kept);
      if (result.added + result.changed + result.removed > 0)
        await tx.$executeRaw`SELECT "knowledge_count_words"(${connectionId})`;
      return result;
    },
    { timeout: IMPORT_LIMIT_MS },
  );
}

async function replaceArticles(
  tx: Prisma.TransactionClient,
  connectionId: string,
  origin: Origin,
  articles: readonly PreparedArticle[],
  kept: ReadonlySet<string>,
): Promise<ImportResult> {
  await lock(tx, 'import', connectionId);
  if ((await tx.connection.count({ where: { id: connectionId } })) === 0) {
    throw new Error(`There is no connection "${connectionId}" to import knowledge for: make it with "connect" first.`);
  }
  const stored = await tx.knowledgeArticle.findMany({
    where: { connectionId, origin },
    select: { id: true, sourceId: true, contentHash: true },
  });
  const before = new Map(stored.map((row) => [row.sourceId, row]));
  const result: ImportResult = { added: 0, changed: 0, unchanged: 0, removed: 0 };
  const added: PreparedArticle[] = [];
  for (const prepared of articles) {
    const known = before.get(prepared.article.sourceId);
    before.delete(prepared.article.sourceId);
    if (known === undefined) {
      added.push(prepared);
    } else if (known.contentHash === prepared.contentHash) {
      result.unchanged += 1;
    } else {
      await change(tx, known.id, prepared);
      result.changed += 1;
    }
  }
  await add(tx, connectionId, origin, added);
  result.added = added.length;
  const left = [...before.values()];
  const gone = left.filter((row) => !kept.has(row.sourceId)).map((row) => row.id);
  result.unchanged += left.length - gone.length;
  result.removed = (await tx.knowledgeArticle.deleteMany({ where: { id: { in: gone } } })).count;
  return result;
}

/** In batches: a statement for each of 20,000 articles would outlast the transaction. */
async function add(
  tx: Prisma.TransactionClient,
  connectionId: string,
  origin: Origin,
  articles: readonly PreparedArticle[],
): Promise<void> {
  for (let start = 0; start < articles.length; start += BATCH) {
    const batch = articles.slice(start, start + BATCH);
    const rows = await tx.knowledgeArticle.createManyAndReturn({
      data: batch.map((prepared) => ({
        connectionId,
        origin,
        sourceId: prepared.article.sourceId,
        ...columns(prepared),
      })),
      select: { id: true, sourceId: true },
    });
    const ids = new Map(rows.map(({ id, sourceId }) => [sourceId, id]));
    await tx.knowledgeChunk.createMany({
      data: batch.flatMap((prepared) => chunkRows(ids.get(prepared.article.sourceId) ?? '', prepared)),
    });
  }
}

/** The article keeps its id, so that earlier answers still point to it. */
async function change(tx: Prisma.TransactionClient, id: string, prepared: PreparedArticle): Promise<void> {
  await tx.knowledgeArticle.update({ where: { id }, data: { ...columns(prepared), embeddedBy: null } });
  await tx.knowledgeChunk.deleteMany({ where: { articleId: id } });
  await tx.knowledgeVector.deleteMany({ where: { articleId: id } });
  await tx.knowledgeChunk.createMany({ data: chunkRows(id, prepared) });
}

function columns({ article, language, contentHash }: PreparedArticle) {
  const { title, visibility, markdown } = article;
  return { title, visibility, markdown, language: language ?? UNDETERMINED, contentHash };
}

function chunkRows(articleId: string, prepared: PreparedArticle) {
  const language = configurationOf(prepared.language);
  const { title } = prepared.article;
  return prepared.chunks.map((chunk) => ({ ...chunk, articleId, title, language }));
}
