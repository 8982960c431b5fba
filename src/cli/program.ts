import { Command, CommanderError } from 'commander';
import { accountCommand } from './account.ts';
import { attentionCommand } from './attention.ts';
import { backfillCommand } from './backfill.ts';
import { connectCommand } from './connect.ts';
import { connectionsListCommand, removeCommand, rotateKeyCommand, rotateSecretCommand } from './connections.ts';
import { contactEraseCommand } from './contact-erase.ts';
import type { CliDeps } from './deps.ts';
import { doctorCommand } from './doctor.ts';
import { draftsCommand } from './drafts.ts';
import { examplesAddCommand, examplesListCommand, examplesRemoveCommand, examplesTestCommand } from './examples.ts';
import { explained } from './explain.ts';
import { knowledgeListCommand } from './knowledge-list.ts';
import { knowledgeAskCommand, knowledgeSearchCommand } from './knowledge-search.ts';
import { knowledgeImportCommand, knowledgeSyncCommand } from './knowledge.ts';
import { pauseCommand, resumeCommand } from './pause.ts';
import { reconcileCommand } from './reconcile.ts';
import { serveCommand } from './serve.ts';
import { settingsHistoryCommand } from './settings-history.ts';
import { settingsGetCommand, settingsPresetCommand, settingsSetCommand } from './settings.ts';
import { statusCommand } from './status.ts';
import { AlreadySaid, group, UsageError } from './subcommand.ts';
import { ticketListCommand } from './ticket-list.ts';
import { ticketRetryCommand } from './ticket-retry.ts';
import { ticketShowCommand } from './ticket-show.ts';
import { ticketSyncCommand } from './ticket-sync.ts';
import { verifyCommand } from './verify.ts';

/** 0 done, 1 failed, 2 called the wrong way. */
type ExitStatus = 0 | 1 | 2;

/** Every command of `opencx-freshdesk`. Nothing is opened before a command runs. `asJson`: usage errors are not printed. */
export function buildProgram(deps: CliDeps, { asJson } = { asJson: false }): Command {
  const writeErr = (text: string) => (asJson ? undefined : deps.output.err(text));
  const program = new Command('opencx-freshdesk')
    .description('A self-hosted AI agent for Freshdesk')
    .version(deps.version, '--version', 'print the version')
    .option('--explain <word>', 'what a rule, a reason or an outcome means, such as E6 or low_confidence')
    .on('option:explain', (word: string) => {
      deps.output.out(explained(word, asJson));
      throw new CommanderError(0, 'explained', word); // as --help and --version end
    })
    .addHelpText('after', '\nOptions and examples of a command:\n  $ opencx-freshdesk settings set --help');
  for (const command of commandsOf(deps)) program.addCommand(command);
  everyCommand(program, (command) =>
    command
      .exitOverride()
      .showHelpAfterError('(--help shows how)')
      .configureOutput({ writeOut: (text) => deps.output.out(text), writeErr }),
  );
  return program;
}

function commandsOf(deps: CliDeps): Command[] {
  return [
    serveCommand(deps),
    verifyCommand(deps),
    connectCommand(deps),
    group('connections', 'list, remove, and give new keys and secrets to linked accounts', [
      connectionsListCommand(deps),
      rotateKeyCommand(deps),
      rotateSecretCommand(deps),
      removeCommand(deps),
    ]),
    statusCommand(deps),
    attentionCommand(deps),
    doctorCommand(deps),
    accountCommand(deps),
    group('settings', 'read or change the settings of a connection, and see who changed them', [
      settingsGetCommand(deps),
      settingsSetCommand(deps),
      settingsPresetCommand(deps),
      settingsHistoryCommand(deps),
    ]),
    backfillCommand(deps),
    reconcileCommand(deps),
    group('knowledge', 'what the AI answers from', [
      knowledgeImportCommand(deps),
      knowledgeSyncCommand(deps),
      knowledgeListCommand(deps),
      knowledgeSearchCommand(deps),
      knowledgeAskCommand(deps),
    ]),
    group('examples', "sentences that this account's heads learn from", [
      examplesAddCommand(deps),
      examplesListCommand(deps),
      examplesRemoveCommand(deps),
      examplesTestCommand(deps),
    ]),
    group('ticket', 'what happened on tickets and why; have one looked at now', [
      ticketListCommand(deps),
      ticketShowCommand(deps),
      ticketSyncCommand(deps),
      ticketRetryCommand(deps),
    ]),
    draftsCommand(deps),
    group('contact', 'the people who ask', [contactEraseCommand(deps)]),
    pauseCommand(deps),
    resumeCommand(deps),
  ];
}

/** Runs one command line (without node and script) and says how it went; errors are printed to `err`, never thrown. */
export async function runCli(deps: CliDeps, args: readonly string[]): Promise<ExitStatus> {
  const asJson = args.includes('--json');
  const program = buildProgram(deps, { asJson });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof AlreadySaid) return 1;
    if (error instanceof CommanderError) {
      // Commander has printed it already, unless that is left to us.
      if (asJson && error.exitCode !== 0) deps.output.err(`${JSON.stringify({ error: usageAsData(error) })}\n`);
      return error.exitCode === 0 ? 0 : 2;
    }
    const wrongly = error instanceof UsageError;
    const { words, data } = wrongly ? { words: error.message, data: usageAsData(error) } : await told(error);
    deps.output.err(`${asJson ? JSON.stringify({ error: data }) : words}\n`);
    return wrongly ? 2 : 1;
  }
}

/** What it takes to put an error into words is loaded when there is one. */
async function told(error: unknown) {
  const { errorAsData, wordsOf } = await import('./error-advice.ts');
  return { words: wordsOf(error), data: errorAsData(error) };
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const child of command.commands) everyCommand(child, change);
}

function usageAsData({ code, message }: { code?: string; message: string }): Record<string, unknown> {
  const wanting = code === 'commander.help' ? 'A command is missing; --help lists them.' : message;
  return { name: 'UsageError', message: wanting };
}
