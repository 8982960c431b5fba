import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { MAX_REPLY_BYTES } from '../../domain/article-files.ts';
import type { PreparedArticle } from '../../domain/knowledge.ts';
import { contentTypeOf } from '../reading/content-type.ts';
import { KnowledgeError } from './markdown-knowledge.ts';

/** A file that an article names in its front matter, as it was read (F4). */
export type ReadArticleFile = { sourceId: string; name: string; contentType: string; bytes: Buffer };

/**
 * Reads the files that a folder's articles name, one after the other. Throws KnowledgeError about the first that is missing,
 * lies outside the folder (also by a symbolic link), or is larger than a reply may carry.
 */
export async function* readArticleFiles(
  folder: string,
  articles: readonly PreparedArticle[],
): AsyncGenerator<ReadArticleFile> {
  const root = await realpath(folder);
  for (const { article, attachments = [] } of articles) {
    for (const file of attachments) {
      const bytes = await readWithin(root, file, article.sourceId);
      const name = path.posix.basename(file);
      yield { sourceId: article.sourceId, name, contentType: await contentTypeOf(bytes, name), bytes };
    }
  }
}

async function readWithin(root: string, file: string, article: string): Promise<Buffer> {
  const full = await realpath(path.join(root, file)).catch(() => null);
  if (full === null) throw new KnowledgeError(`${article}: the attachment ${file} does not exist. Correct its path.`);
  if (!full.startsWith(root + path.sep))
    throw new KnowledgeError(
      `${article}: the attachment ${file} leads out of the imported folder. Copy the file there.`,
    );
  const found = await stat(full);
  if (!found.isFile())
    throw new KnowledgeError(
      `${article}: the attachment ${file} is a folder or the like. Name a file in it, or leave it out.`,
    );
  if (found.size > MAX_REPLY_BYTES)
    throw new KnowledgeError(
      `${article}: the attachment ${file} is larger than the 20 MB a reply may carry. Make it smaller, or leave it out and link to it.`,
    );
  return readFile(full).catch(() => {
    throw new KnowledgeError(`${article}: the attachment ${file} cannot be read. Check its permissions.`);
  });
}
