import type { CitedArticles } from '../domain/knowledge.ts';
import type { Db } from './client.ts';

export function createCitedArticles(db: Db): CitedArticles {
  return async (connectionId, articleIds) => {
    const rows = await db.knowledgeArticle.findMany({
      where: { connectionId, id: { in: articleIds.filter(isUuid) } },
      select: { id: true, title: true, visibility: true, markdown: true },
    });
    return rows.map(({ id, ...article }) => ({ articleId: id, ...article }));
  };
}

/** A model may name anything as a source; PostgreSQL refuses what is no id. */
function isUuid(id: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}
