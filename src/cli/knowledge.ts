import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { type CliDeps, command, type CommonOptions, toJson, using, withConnection, withJson } from './common.ts';

/** What the AI answers from (N4). */
export function knowledgeCommand(deps: CliDeps): Command {
  return new Command('knowledge').description('what the AI answers from').addCommand(importCommand(deps));
}

function importCommand(deps: CliDeps): Command {
  const importing = command('import', 'make the knowledge equal to a folder of Markdown files', [
    'knowledge import ./articles',
    'knowledge import ./articles --connection shop --json',
  ]).argument('<folder>', 'searched with its subfolders; an article that left the folder leaves the knowledge');
  return withJson(withConnection(importing)).action(async (folder: string, options: CommonOptions) => {
    const found = await stat(folder).catch(() => null);
    if (found === null || !found.isDirectory()) throw new Error(`${folder} is not a folder.`);
    const result = await using(deps, ({ importKnowledge }) => importKnowledge(options.connection, folder));
    const { added, changed, unchanged, removed } = result;
    deps.output.out(
      options.json
        ? toJson(result)
        : `Articles: ${added} added, ${changed} changed, ${unchanged} unchanged, ${removed} removed\n`,
    );
  });
}
