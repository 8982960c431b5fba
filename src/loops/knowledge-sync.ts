import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Accounts } from '../accounts/accounts.ts';
import { prepareSolution, solutionHash, type Solution } from '../ai/knowledge/solution-knowledge.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { Knowledge } from '../db/knowledge/knowledge.ts';
import type { KnowledgeSyncs } from '../db/background/knowledge-syncs.ts';
import { backgroundShare } from '../domain/backfill.ts';
import { nameOf } from '../domain/errors.ts';
import type { ImportResult, PreparedArticle } from '../domain/knowledge.ts';
import { RateLimited } from '../domain/rate-limit.ts';
import { isFreshdeskError } from '../freshdesk/errors.ts';
import { repeat, type Repeating } from './repeat.ts';
import type { SolutionArticle, SolutionCalls, SolutionPage } from '../freshdesk/solutions.ts';

/** A server that repeats its pages ends here; no account has so many articles in a folder. */
const MAX_PAGES = 1_000;
const HOUR_MS = 3_600_000;

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
  const { freshdesk } = await deps.account(connectionId, backgroundShare);
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

/**
 * Syncs every connection's Solutions once an hour (N4). Whose turn it is stands in the database, so that several processes
 * share the work and a restart neither forgets nor repeats it. A failure is recorded and tried again in the next hour.
 */
export function syncEveryHour({
  syncs,
  connections,
  log,
  everyMs = HOUR_MS,
  lookMs = 60_000,
  ...deps
}: Omit<KnowledgeSyncDeps, 'signal'> & {
  syncs: KnowledgeSyncs;
  connections: Pick<Connections, 'list'>;
  log: Logger;
  everyMs?: number;
  /** How often is looked for connections whose hour is over; the first time after as long. */
  lookMs?: number;
}): Repeating {
  async function look(signal: AbortSignal): Promise<void> {
    for (const { id, state } of await connections.list()) {
      if (signal.aborted || state !== 'active' || !(await syncs.claim(id, everyMs))) continue;
      try {
        const result = await syncSolutions({ ...deps, signal }, id);
        await syncs.ended(id, null);
        log.info({ connection: id, ...result }, 'synced the knowledge with Freshdesk Solutions');
      } catch (error) {
        if (signal.aborted) return syncs.released(id);
        const reason = isFreshdeskError(error) ? error.message : nameOf(error);
        await syncs.ended(id, reason);
        log.warn({ connection: id, reason }, 'could not sync Freshdesk Solutions; trying again in an hour');
      }
    }
  }

  return repeat(
    lookMs,
    look,
    (error) => log.warn({ reason: nameOf(error) }, 'could not look for knowledge to sync'),
    lookMs,
  );
}
