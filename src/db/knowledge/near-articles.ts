import type { NearArticle } from '../../domain/knowledge.ts';
import type { Db } from '../client.ts';

/** Those articles as a person finds them, in the order of the ids; what is no article of the connection any more is left out. */
export type NearArticles = (connectionId: string, articleIds: readonly string[]) => Promise<NearArticle[]>;

export function createNearArticles(db: Db): NearArticles {
  return async (connectionId, articleIds) => {
    if (articleIds.length === 0) return [];
    const rows = await db.knowledgeArticle.findMany({
      where: { connectionId, id: { in: [...articleIds] } },
      select: { id: true, title: true, origin: true, sourceId: true, connection: { select: { baseUrl: true } } },
    });
    const found = new Map(
      rows.map(({ id, title, origin, sourceId, connection: { baseUrl } }) => {
        const url = `${baseUrl.replace(/\/+$/, '')}/a/solutions/articles/${sourceId}`;
        return [id, { title, url: origin === 'freshdesk' ? url : null }];
      }),
    );
    return articleIds.flatMap((id) => found.get(id) ?? []);
  };
}
