import type { CitedArticles } from '../../domain/knowledge.ts';
import type { Db } from '../client.ts';
import { isUuid } from '../paging.ts';

export function createCitedArticles(db: Db): CitedArticles {
  return async (connectionId, articleIds) => {
    // A model may name anything as a source.
    const rows = await db.knowledgeArticle.findMany({
      where: { connectionId, id: { in: articleIds.filter(isUuid) } },
      select: { id: true, title: true, visibility: true, markdown: true },
    });
    return rows.map(({ id, ...article }) => ({ articleId: id, ...article }));
  };
}
