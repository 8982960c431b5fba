import type { Command } from 'commander';
import type { ArticleView } from '../contract/knowledge.ts';
import type { Page } from '../db/paging.ts';
import { inTable } from './columns.ts';
import type { CliDeps, Opened } from './deps.ts';
import { oneLine } from './lines.ts';
import { localTime } from './local-time.ts';
import { subcommand } from './subcommand.ts';

/** What the AI of a connection answers from (N4). */
export function knowledgeListCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'list',
    reads: true,
    about: 'the articles the AI answers from, the last changed first',
    examples: ['knowledge list', 'knowledge list --connection shop --json'],
    connection: true,
    run: ({ connection, using }) => using(async ({ articles }) => ({ items: await every(articles, connection) })),
    words: ({ items }) => inWords(items),
  });
}

async function every(articles: Opened['articles'], connection: string): Promise<ArticleView[]> {
  const items: ArticleView[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<ArticleView> = await articles.list(connection, {}, { cursor, limit: 200 });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

function inWords(items: readonly ArticleView[]): string {
  if (items.length === 0)
    return 'There are no articles yet: "knowledge import FOLDER" takes Markdown, "knowledge sync" the account\'s Solutions.\n';
  const rows = items.map(({ title, origin, sourceId, visibility, language, passages, led, updatedAt }) => [
    visibility === 'public' ? 'public' : 'internal',
    language,
    String(passages),
    String(led),
    origin === 'freshdesk' ? `Solutions ${sourceId}` : oneLine(sourceId),
    localTime(updatedAt),
    oneLine(title),
  ]);
  const internal = items.filter(({ visibility }) => visibility === 'private').length;
  const head = ['', 'language', 'passages', 'led', 'from', 'changed', 'title'];
  return `${inTable(head, rows)}${items.length} articles, ${internal} of them internal: for drafts only. "led": conversations that rest on it first.\n`;
}
