import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import type { SearchReport } from '../ai/knowledge/explain.ts';
import type { ImportResult, Passage } from '../domain/knowledge.ts';
import type { CliDeps } from './deps.ts';
import { type Given, subcommand, UsageError } from './subcommand.ts';

export function knowledgeImportCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'import',
    about: 'make the knowledge equal to a folder of Markdown files',
    examples: ['knowledge import ./articles', 'knowledge import ./articles --connection shop --json'],
    connection: true,
    takes: (importing) =>
      importing.argument(
        '<folder>',
        'searched with its subfolders; an article that left the folder leaves the knowledge',
      ),
    async run({ args: [folder = ''], connection, using }) {
      const found = await stat(folder).catch(() => null);
      if (found?.isDirectory() === true) return using(({ importKnowledge }) => importKnowledge(connection, folder));
      throw new Error(
        `${folder} is not a folder${path.isAbsolute(folder) ? '' : ` in ${process.cwd()}`}. Name one that holds Markdown files.`,
      );
    },
    words: importedInWords,
  });
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

export function knowledgeSearchCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'search',
    about: 'show what a question finds, and how sure the embedded engine would be',
    examples: [
      'knowledge search "How long does shipping take?"',
      'knowledge search "goodwill voucher" --internal --json',
    ],
    connection: true,
    takes: (searching) =>
      searching
        .argument('<question>', 'as a customer would write it')
        .option('--internal', 'with internal articles, as a draft may use them'),
    run({ args: [question = ''], connection, options: { internal }, using }: Given<{ internal?: true }>) {
      if (question.trim() === '') throw new UsageError('The question is empty.');
      return using(({ searchKnowledge }) => searchKnowledge(connection, question, internal === true));
    },
    words: searchText,
  });
}

function importedInWords({ added, changed, unchanged, removed }: ImportResult): string {
  return `Articles: ${added} added, ${changed} changed, ${unchanged} unchanged, ${removed} removed\n`;
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
