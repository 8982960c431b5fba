import { randomUUID } from 'node:crypto';
import type { ArticleFile } from '../../domain/article-files.ts';
import type { Db } from '../client.ts';
import { lock } from '../locks.ts';
import { storable } from '../storable.ts';

/** The files of articles that came from a folder (F4). */
export type ArticleFiles = {
  /** Makes the files of the folder's articles equal to these, by the articles' paths; articles left out have none. */
  replace(connectionId: string, bySource: ReadonlyMap<string, readonly ArticleFile[]>): Promise<void>;
  /** The files of these articles, in the order of the articles. */
  of(connectionId: string, articleIds: readonly string[]): Promise<ArticleFile[]>;
};

export function createArticleFiles(db: Db): ArticleFiles {
  return {
    async replace(connectionId, bySource) {
      await db.$transaction(async (tx) => {
        const articles = await tx.knowledgeArticle.findMany({
          where: { connectionId, origin: 'folder' },
          select: { id: true, sourceId: true },
        });
        const rows = articles.flatMap(({ id: articleId, sourceId }) =>
          (bySource.get(sourceId) ?? []).map((file, position) => ({
            id: randomUUID(),
            articleId,
            position,
            name: storable(file.name),
            contentType: file.contentType,
            size: BigInt(file.size),
            key: file.key,
          })),
        );
        // In one order, so that two imports cannot wait for each other.
        for (const key of [...new Set(rows.map((row) => row.key))].toSorted()) await lock(tx, 'content', key);
        await tx.articleFile.deleteMany({ where: { article: { connectionId, origin: 'folder' } } });
        await tx.articleFile.createMany({ data: rows });
      });
    },

    async of(connectionId, articleIds) {
      if (articleIds.length === 0) return [];
      const rows = await db.articleFile.findMany({
        where: { articleId: { in: [...articleIds] }, article: { connectionId } },
        orderBy: { position: 'asc' },
      });
      return articleIds.flatMap((id) =>
        rows
          .filter((row) => row.articleId === id)
          .map(({ name, contentType, size, key }) => ({ name, contentType, size: Number(size), key })),
      );
    },
  };
}
