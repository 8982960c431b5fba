import { setTimeout as sleep } from 'node:timers/promises';
import type { Accounts } from '../accounts/accounts.ts';
import { prepareSolution, solutionHash, type Solution } from '../ai/knowledge/solution-knowledge.ts';
import type { Knowledge } from '../db/knowledge/knowledge.ts';
import type { ImportResult, PreparedArticle } from '../domain/knowledge.ts';
import { RateLimited } from '../domain/rate-limit.ts';
import type { SolutionArticle, SolutionCalls, SolutionPage } from '../freshdesk/solutions.ts';

/** A server that repeats its pages ends here; no account has so many articles in a folder. */
const MAX_PAGES = 1_000;

export type KnowledgeSyncDeps = {
  /** Asked for a client with the share of the rate limit that is left to background work. */
  account: Accounts;
  knowledge: Pick<Knowledge, 'solutionHashes' | 'replaceSolutions'>;
  signal?: AbortSignal;
};

/**
 * Makes the connection's knowledge equal to the account's Freshdesk Solutions (N4); knowledge from elsewhere is left alone.
 * Everything is read before anything is changed: a sync that fails changes nothing. Waits for the rate limit in place.
 * Throws what the client throws, and ConnectionNotFound.
 */
export async function syncSolutions(deps: KnowledgeSyncDeps, connectionId: string): Promise<ImportResult> {
  const { freshdesk } = await deps.account(connectionId, { lane: 'background', name: 'knowledge' });
  const ask = <T>(call: () => Promise<T>) => patiently(call, deps.signal);
  const known = await deps.knowledge.solutionHashes(connectionId);
  const articles = new Map<string, PreparedArticle>();
  const kept = new Set<string>();
  for await (const { article, visible } of solutionsOf(freshdesk, ask)) {
    const solution: Solution = {
      sourceId: String(article.id),
      title: article.title,
      visibility: visible ? 'public' : 'private',
      updatedAt: article.updatedAt,
      html: article.html,
    };
    if (known.get(solution.sourceId) === solutionHash(solution)) {
      kept.add(solution.sourceId);
      continue;
    }
    const html = article.html ?? (await ask(() => freshdesk.solutionHtml(article.id)));
    const prepared = html === null ? null : prepareSolution(solution, html);
    if (prepared !== null) articles.set(solution.sourceId, prepared);
  }
  return deps.knowledge.replaceSolutions(connectionId, [...articles.values()], kept);
}

type Ask = <T>(call: () => Promise<T>) => Promise<T>;

/** Every article, with whether everybody may see it: published, and in folders that everybody may see. */
async function* solutionsOf(
  freshdesk: SolutionCalls,
  ask: Ask,
): AsyncGenerator<{ article: SolutionArticle; visible: boolean }, void, undefined> {
  for (const category of await everyPage((page) => ask(() => freshdesk.solutionCategories(page)))) {
    yield* inside({ categoryId: category.id }, true);
  }

  async function* inside(
    parent: { categoryId: number } | { folderId: number },
    visible: boolean,
  ): AsyncGenerator<{ article: SolutionArticle; visible: boolean }, void, undefined> {
    for (const folder of await everyPage((page) => ask(() => freshdesk.solutionFolders(parent, page)))) {
      const shown = visible && folder.public;
      for (const article of await everyPage((page) => ask(() => freshdesk.solutionArticles(folder.id, page)))) {
        yield { article, visible: shown && article.published };
      }
      if (folder.hasFolders) yield* inside({ folderId: folder.id }, shown);
    }
  }
}

async function everyPage<T>(read: (page: number) => Promise<SolutionPage<T>>): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const { items, more } = await read(page);
    all.push(...items);
    if (!more) break;
  }
  return all;
}

async function patiently<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error;
      await sleep(error.retryAfterMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}
