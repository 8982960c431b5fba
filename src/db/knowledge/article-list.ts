import type { Db } from '../client.ts';

/** An article as lists show it. */
export type ListedArticle = {
  id: string;
  title: string;
  origin: 'folder' | 'freshdesk';
  /** Path below the imported folder, or Freshdesk's id. */
  sourceId: string;
  visibility: 'public' | 'private';
  /** ISO 639-1; `und` when it could not be told. */
  language: string;
  passages: number;
  files: number;
  updatedAt: Date;
};

/** What the AI of a connection answers from, by title. */
export async function listArticles(db: Db, connectionId: string): Promise<ListedArticle[]> {
  const rows = await db.knowledgeArticle.findMany({
    where: { connectionId },
    orderBy: [{ title: 'asc' }, { id: 'asc' }],
    select: {
      id: true,
      title: true,
      origin: true,
      sourceId: true,
      visibility: true,
      language: true,
      updatedAt: true,
      _count: { select: { chunks: true, files: true } },
    },
  });
  return rows.map(({ _count, origin, ...article }) => ({
    ...article,
    origin: origin === 'freshdesk' ? 'freshdesk' : 'folder',
    passages: _count.chunks,
    files: _count.files,
  }));
}
