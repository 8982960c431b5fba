import { Command, CommanderError } from 'commander';
import { backfillCommand } from './backfill.ts';
import { AlreadySaid, type CliDeps, UsageError } from './common.ts';
import { connectCommand } from './connect.ts';
import { connectionsCommand } from './connections.ts';
import { doctorCommand } from './doctor.ts';
import { explained, wordsOf } from './error-advice.ts';
import { knowledgeCommand } from './knowledge.ts';
import { reconcileCommand } from './reconcile.ts';
import { contactCommand } from './contact.ts';
import { pauseCommand, resumeCommand } from './pause.ts';
import { serveCommand } from './serve.ts';
import { settingsCommand } from './settings.ts';
import { ticketCommand } from './ticket.ts';
import { verifyCommand } from './verify.ts';

export type { CliDeps, Opened, Output } from './common.ts';

/** 0 done, 1 failed, 2 called the wrong way. */
export type ExitStatus = 0 | 1 | 2;

/** Every command of `opencx-freshdesk`. Nothing is opened before a command runs. `asJson`: usage errors are not printed. */
export function buildProgram(deps: CliDeps, { asJson } = { asJson: false }): Command {
  const writeErr = (text: string) => (asJson ? undefined : deps.output.err(text));
  const program = new Command('opencx-freshdesk')
    .description('A self-hosted AI agent for Freshdesk')
    .addHelpText('after', '\nOptions and examples of a command:\n  $ opencx-freshdesk settings set --help')
    .addCommand(serveCommand(deps))
    .addCommand(verifyCommand(deps))
    .addCommand(connectCommand(deps))
    .addCommand(connectionsCommand(deps))
    .addCommand(doctorCommand(deps))
    .addCommand(settingsCommand(deps))
    .addCommand(backfillCommand(deps))
    .addCommand(reconcileCommand(deps))
    .addCommand(knowledgeCommand(deps))
    .addCommand(ticketCommand(deps))
    .addCommand(contactCommand(deps))
    .addCommand(pauseCommand(deps))
    .addCommand(resumeCommand(deps));
  everyCommand(program, (command) =>
    command
      .exitOverride()
      .showHelpAfterError('(--help shows how)')
      .configureOutput({ writeOut: (text) => deps.output.out(text), writeErr }),
  );
  return program;
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
    deps.output.err(asJson ? `${JSON.stringify({ error: asData(explained(error)) })}\n` : `${wordsOf(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const child of command.commands) everyCommand(child, change);
}

function usageAsData({ code, message }: CommanderError): Record<string, unknown> {
  const wanting = code === 'commander.help' ? 'A command is missing; --help lists them.' : message;
  return { name: 'UsageError', message: wanting };
}

/** `reason` and `problems` are what our errors carry for machines (C1, settings, environment). */
function asData(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    name: error.name,
    message: wordsOf(error),
    ...('reason' in error ? { reason: error.reason } : {}),
    ...('problems' in error ? { problems: error.problems } : {}),
  };
}
