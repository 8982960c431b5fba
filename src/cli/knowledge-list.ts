import type { Command } from 'commander';
import type { ListedArticle } from '../db/knowledge/article-list.ts';
import { inColumns } from './columns.ts';
import type { CliDeps } from './deps.ts';
import { oneLine } from './lines.ts';
import { localTime } from './local-time.ts';
import { subcommand } from './subcommand.ts';

/** What the AI of a connection answers from (N4). */
export function knowledgeListCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'list',
    about: 'the articles the AI answers from',
    examples: ['knowledge list', 'knowledge list --connection shop --json'],
    connection: true,
    run: ({ connection, using }) => using(async ({ articles }) => ({ items: await articles(connection) })),
    words: ({ items }) => inWords(items),
  });
}

function inWords(items: readonly ListedArticle[]): string {
  if (items.length === 0)
    return 'There are no articles yet: "knowledge import FOLDER" takes Markdown, "knowledge sync" the account\'s Solutions.\n';
  const rows = items.map(({ title, origin, sourceId, visibility, language, passages, updatedAt }) => [
    visibility === 'public' ? 'public' : 'internal',
    language,
    `${passages}`,
    origin === 'freshdesk' ? `Solutions ${sourceId}` : oneLine(sourceId),
    localTime(updatedAt),
    oneLine(title),
  ]);
  const internal = items.filter(({ visibility }) => visibility === 'private').length;
  return `${inColumns([['', 'language', 'passages', 'from', 'changed', 'title'], ...rows])}${items.length} articles, ${internal} of them internal: for drafts only.\n`;
}
