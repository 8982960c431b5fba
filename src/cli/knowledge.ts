import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import type { SearchReport } from '../ai/knowledge/explain.ts';
import type { ImportResult, Passage } from '../domain/knowledge.ts';
import {
  type CliDeps,
  command,
  type CommonOptions,
  toJson,
  UsageError,
  using,
  withConnection,
  withJson,
} from './common.ts';

/** What the AI answers from (N4). */
export function knowledgeCommand(deps: CliDeps): Command {
  return new Command('knowledge')
    .description('what the AI answers from')
    .addCommand(importCommand(deps))
    .addCommand(syncCommand(deps))
    .addCommand(searchCommand(deps));
}

function importCommand(deps: CliDeps): Command {
  const importing = command('import', 'make the knowledge equal to a folder of Markdown files', [
    'knowledge import ./articles',
    'knowledge import ./articles --connection shop --json',
  ]).argument('<folder>', 'searched with its subfolders; an article that left the folder leaves the knowledge');
  return withJson(withConnection(importing)).action(async (folder: string, options: CommonOptions) => {
    const found = await stat(folder).catch(() => null);
    if (found === null || !found.isDirectory())
      throw new Error(
        `${folder} is not a folder${path.isAbsolute(folder) ? '' : ` in ${process.cwd()}`}. Name one that holds Markdown files.`,
      );
    report(deps, options, await using(deps, ({ importKnowledge }) => importKnowledge(options.connection, folder)));
  });
}

function syncCommand(deps: CliDeps): Command {
  const syncing = command('sync', 'make the knowledge equal to the account’s Freshdesk Solutions, now', [
    'knowledge sync',
    'knowledge sync --connection shop --json',
  ]);
  return withJson(withConnection(syncing)).action(async (options: CommonOptions) => {
    report(deps, options, await using(deps, ({ syncKnowledge }) => syncKnowledge(options.connection)));
  });
}

type SearchOptions = CommonOptions & { internal?: true };

function searchCommand(deps: CliDeps): Command {
  const searching = command('search', 'show what a question finds, and how sure the embedded engine would be', [
    'knowledge search "How long does shipping take?"',
    'knowledge search "goodwill voucher" --internal --json',
  ])
    .argument('<question>', 'as a customer would write it')
    .option('--internal', 'with internal articles, as a draft may use them');
  return withJson(withConnection(searching)).action(async (question: string, options: SearchOptions) => {
    if (question.trim() === '') throw new UsageError('The question is empty.');
    const found = await using(deps, ({ searchKnowledge }) =>
      searchKnowledge(options.connection, question, options.internal === true),
    );
    deps.output.out(options.json ? toJson(found) : searchText(found));
  });
}

function report(deps: CliDeps, options: CommonOptions, result: ImportResult): void {
  const { added, changed, unchanged, removed } = result;
  deps.output.out(
    options.json
      ? toJson(result)
      : `Articles: ${added} added, ${changed} changed, ${unchanged} unchanged, ${removed} removed\n`,
  );
}

function searchText({ language, confidence, sources, passages }: SearchReport): string {
  const answer = sources.length === 0 ? 'no article' : sources.join(' · ');
  return [
    `Language: ${language ?? 'not told'}. The embedded engine would answer from: ${answer} (confidence ${confidence.toFixed(2)}).`,
    ...(passages.length === 0 ? ['Nothing was found.'] : ['', 'score  covers', ...passages.map(passageLine)]),
    '',
  ].join('\n');
}

function passageLine({ score, coverage, title, heading, visibility, language, words }: Passage): string {
  const where = heading === '' ? title : `${title} › ${heading}`;
  const marks = [language ?? '?', ...(visibility === 'private' ? ['internal'] : [])].join(', ');
  const held = words.map(({ word, named }) => (named ? `${word}*` : word)).join(' ');
  return `${score.toFixed(2).padStart(5)}  ${`${Math.round(coverage * 100)} %`.padStart(6)}  ${where} (${marks}): ${held}`;
}
