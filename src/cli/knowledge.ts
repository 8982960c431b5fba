import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { ImportPlan, ImportResult } from '../domain/knowledge.ts';
import { confirmed, withYes } from './confirm.ts';
import type { CliDeps } from './deps.ts';
import { type Given, subcommand } from './subcommand.ts';

export function knowledgeImportCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'import',
    about: 'make the knowledge equal to a folder of Markdown files',
    examples: [
      'knowledge import ./articles',
      'knowledge import ./articles --dry-run',
      'knowledge import ./articles --connection shop --json',
    ],
    connection: true,
    takes: (importing) =>
      withYes(
        importing
          .argument('<folder>', 'searched with its subfolders; an article that left the folder leaves the knowledge')
          .option('--dry-run', 'only say what would be done'),
      ),
    async run({ args: [folder = ''], connection, options, using }: Given<{ dryRun?: true; yes?: true }>) {
      const found = await stat(folder).catch(() => null);
      if (found?.isDirectory() !== true)
        throw new Error(
          `${folder} is not a folder${path.isAbsolute(folder) ? '' : ` in ${process.cwd()}`}. Name one that holds Markdown files.`,
        );
      return using(async ({ planImport, importKnowledge }) => {
        const plan = await planImport(connection, folder);
        if (options.dryRun === true) return { plan, result: null };
        if (removesMost(plan)) await confirmed(deps, options.yes, whatLeaves(plan));
        return { plan, result: await importKnowledge(connection, folder) };
      });
    },
    data: ({ plan, result }) => result ?? { dryRun: true, ...plan },
    words: ({ plan, result }) =>
      result === null
        ? plannedInWords(plan)
        : `${importedInWords(result)}${plan.removed.length === 0 ? '' : `Removed:\n${listed(plan.removed)}\n`}`,
  });
}

/** The wrong folder is named easily, and then what the AI knows is gone. */
function removesMost({ changed, unchanged, removed }: ImportPlan): boolean {
  return removed.length > changed.length + unchanged.length;
}

function whatLeaves({ changed, unchanged, removed }: ImportPlan): string {
  const all = changed.length + unchanged.length + removed.length;
  return `${removed.length} of the ${all} articles imported so far are not in this folder and leave the knowledge:\n${listed(removed)}`;
}

/** So many are named; the rest is counted. */
const MOST_NAMED = 20;

function listed(articles: readonly string[]): string {
  const more = articles.length - MOST_NAMED;
  return [...articles.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more`] : [])]
    .map((article) => `  ${article}`)
    .join('\n');
}

function plannedInWords({ added, changed, unchanged, removed }: ImportPlan): string {
  const part = (what: string, articles: readonly string[]) =>
    articles.length === 0 ? [] : [`Would be ${what}:`, listed(articles)];
  const counts = `Articles: ${added.length} would be added, ${changed.length} changed, ${unchanged.length} unchanged, ${removed.length} removed. Nothing was changed.`;
  return [counts, ...part('added', added), ...part('changed', changed), ...part('removed', removed), ''].join('\n');
}

export function knowledgeSyncCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'sync',
    about: 'make the knowledge equal to the account’s Freshdesk Solutions, now',
    examples: ['knowledge sync', 'knowledge sync --connection shop --json'],
    connection: true,
    run: ({ connection, using }) => using(({ syncKnowledge }) => syncKnowledge(connection)),
    words: importedInWords,
  });
}

function importedInWords({ added, changed, unchanged, removed }: ImportResult): string {
  return `Articles: ${added} added, ${changed} changed, ${unchanged} unchanged, ${removed} removed\n`;
}
