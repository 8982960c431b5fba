import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { codeOf } from '../domain/errors.ts';
import { hasNames, namesResolved } from '../domain/directory.ts';
import { earnedInWords } from '../domain/earned.ts';
import { isPreset, PRESETS } from '../domain/presets.ts';
import { reachInWords, widened } from '../domain/reach.ts';
import type { Settings } from '../domain/settings.ts';
import { valueAt } from './setting-path.ts';
import { didYouMean } from '../db/did-you-mean.ts';
import { confirmed, withYes } from './confirm.ts';
import type { CliDeps } from './deps.ts';
import { type Given, subcommand, toJson, UsageError } from './subcommand.ts';

/** Whoever reads it gets to know how far it is earned, too. */
const CONFIDENCE = 'handoff.confidenceThreshold';

export function settingsGetCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'get',
    reads: true,
    about: 'print all settings, or the one at a path',
    examples: ['settings get', 'settings get channels.email.mode', 'settings get handoff --json'],
    connection: true,
    takes: (get) => get.argument('[path]', 'names joined by dots'),
    async run({ args: [path], connection, json, using }) {
      return using(async (opened) => {
        const settings = await opened.connections.settings(connection);
        const value = path === undefined ? settings : valueAt(settings, path);
        if (!json && settings.handoff.confidenceThreshold === 'earned' && CONFIDENCE.startsWith(path ?? ''))
          deps.output.err(`${earnedInWords(await opened.earned.standing(connection))}\n`);
        return value;
      });
    },
    words: shown,
  });
}

/** A running server takes the change into account before its next write (E12). */
export function settingsSetCommand(deps: CliDeps): Command {
  return subcommand(deps, {
    name: 'set',
    about: 'change one setting, or several from a JSON file',
    examples: [
      'settings set channels.email.mode autopilot',
      'settings set rollout.percent 25 --yes',
      'settings set handoff.confidenceThreshold earned',
      'settings set paused true',
      'settings set assist.footer null',
      'settings set intake.defaultGroupId Billing',
      `settings set handoff.routing '{"kind":"group","groupId":42}'`,
      'settings set --file settings.json',
      'settings set --file - < settings.json',
    ],
    connection: true,
    takes: (set) =>
      withYes(
        set
          .argument('[path]', 'names joined by dots')
          .argument('[value]', 'JSON, or else taken as a text; lists and handoff.routing are replaced as a whole')
          .option('--file <file>', 'a JSON object merged into the settings; - reads standard input'),
      ),
    async run(given: Given<{ file?: string; yes?: true }>) {
      const { connection, using } = given;
      const [path, value] = given.args;
      const written = await patchFrom(path, value, given.options.file, deps);
      const settings = await using(async (opened) => {
        const { connections } = opened;
        const patch = hasNames(written)
          ? namesResolved(written, await (await opened.account(connection)).freshdesk.directory(), didYouMean)
          : written;
        await agreedTo(given, await connections.settings(connection), patch);
        return connections.patchSettings(connection, patch);
      });
      return path === undefined ? settings : valueAt(settings, path);
    },
    words: shown,
  });
}

/** What lets more customers get public replies is asked about. Throws InvalidSettings, and what `confirmed` throws. */
async function agreedTo(
  { deps, options, connection }: Given<{ yes?: true }>,
  before: Settings,
  patch: unknown,
): Promise<void> {
  const { mergeSettings } = await import('../db/connections/settings.ts');
  const { settings: after } = mergeSettings(before, patch);
  const changes = widened(before, after);
  if (changes.length === 0) return;
  const lines = [
    ...changes,
    `From now on more customers of "${connection}" get public replies from the AI, without a person in between.`,
    `Then: ${reachInWords(after)}`,
  ];
  await confirmed(deps, options.yes, lines.join('\n'));
}

/** H1: several switches of the handoff at once, by a name. */
export function settingsPresetCommand(deps: CliDeps): Command {
  const names = Object.keys(PRESETS).join(', ');
  return subcommand(deps, {
    name: 'preset',
    about: 'set how readily tickets go to people',
    examples: ['settings preset balanced', 'settings preset quick --connection shop'],
    connection: true,
    takes: (preset) => withYes(preset.argument('<name>', `one of ${names}`)),
    async run(given: Given<{ yes?: true }>) {
      const { args, connection, using } = given;
      const [name = ''] = args;
      if (!isPreset(name)) throw new UsageError(`There is no preset "${name}": choose one of ${names}.`);
      const settings = await using(async ({ connections }) => {
        await agreedTo(given, await connections.settings(connection), PRESETS[name]);
        return connections.patchSettings(connection, PRESETS[name]);
      });
      return settings.handoff;
    },
  });
}

async function patchFrom(path: string | undefined, value: string | undefined, file: string | undefined, deps: CliDeps) {
  if (file !== undefined) {
    if (path !== undefined) throw new UsageError('Give either --file, or a path and a value.');
    return parseFile(file === '-' ? await deps.readInput() : await textOf(file), file);
  }
  if (path === undefined || value === undefined) {
    throw new UsageError('Give a path and a value, such as: settings set channels.email.mode autopilot');
  }
  // fromEntries, because a name such as __proto__ must become a key that is refused, not a prototype.
  return path.split('.').reduceRight<unknown>((inner, name) => Object.fromEntries([[name, inner]]), jsonOrText(value));
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const code = String(codeOf(error));
    throw new Error(
      code === 'ENOENT'
        ? `There is no file ${file}. Name one that holds a JSON object, or - for standard input.`
        : `${file} cannot be read (${code}). Name a file that holds a JSON object, and that this user may read.`,
    );
  });
}

function parseFile(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? ` (${error.message})` : '';
    throw new Error(
      `${file === '-' ? 'Standard input' : file} does not hold JSON${why}. Write an object of settings such as {"paused": true}; "settings get" prints one.`,
      { cause: error },
    );
  }
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** A text is printed bare, so that shells can use it; with --json it is quoted. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `${value}\n` : toJson(value);
}
