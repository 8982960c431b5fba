import { readArticleFiles } from '../ai/knowledge/article-files.ts';
import { readMarkdownFolder } from '../ai/knowledge/markdown-knowledge.ts';
import type { ArticleFiles } from '../db/knowledge/article-files.ts';
import type { Knowledge } from '../db/knowledge/knowledge.ts';
import type { ArticleFile } from '../domain/article-files.ts';
import type { ImportPlan, ImportResult } from '../domain/knowledge.ts';
import { contentKey } from '../storage/key.ts';
import type { Storage } from '../storage/port.ts';

export type ImportDeps = { knowledge: Pick<Knowledge, 'replaceFolder'>; articleFiles: ArticleFiles; storage: Storage };

/**
 * Makes the connection's knowledge equal to a folder of Markdown (N4), and its articles' files to those the front matter
 * names (F4). Nothing is changed when a file of the folder cannot be used, or the storage cannot.
 */
export async function importFolder(deps: ImportDeps, connectionId: string, folder: string): Promise<ImportResult> {
  const articles = await readMarkdownFolder(folder);
  const bySource = new Map<string, ArticleFile[]>();
  for await (const { sourceId, name, contentType, bytes } of readArticleFiles(folder, articles)) {
    const key = contentKey(bytes);
    await deps.storage.put(key, bytes, contentType);
    bySource.set(sourceId, [...(bySource.get(sourceId) ?? []), { name, contentType, size: bytes.length, key }]);
  }
  const result = await deps.knowledge.replaceFolder(connectionId, articles);
  await deps.articleFiles.replace(connectionId, bySource);
  if (bySource.size > 0) await storeMissing(deps.storage, folder, articles);
  return result;
}

/** What importing that folder would do; nothing is stored. Throws KnowledgeError as the import would. */
export async function planImport(
  { knowledge }: { knowledge: Pick<Knowledge, 'folderArticles'> },
  connectionId: string,
  folder: string,
): Promise<ImportPlan> {
  const before = new Map((await knowledge.folderArticles(connectionId)).map((one) => [one.sourceId, one]));
  const plan: ImportPlan = { added: [], changed: [], unchanged: [], removed: [] };
  for (const { article, contentHash } of await readMarkdownFolder(folder)) {
    const known = before.get(article.sourceId);
    before.delete(article.sourceId);
    const fate = known === undefined ? 'added' : known.contentHash === contentHash ? 'unchanged' : 'changed';
    plan[fate].push(nameOf(article));
  }
  plan.removed = [...before.values()].map(nameOf);
  return plan;
}

function nameOf({ title, sourceId }: { title: string; sourceId: string }): string {
  return `${title} (${sourceId})`;
}

/** What an earlier import had dropped may have been cleared away before the rows pointed to it again. */
async function storeMissing(storage: Storage, folder: string, articles: Parameters<typeof readArticleFiles>[1]) {
  for await (const { contentType, bytes } of readArticleFiles(folder, articles)) {
    const key = contentKey(bytes);
    const found = await storage.get(key);
    found?.destroy();
    if (found === null) await storage.put(key, bytes, contentType);
  }
}
