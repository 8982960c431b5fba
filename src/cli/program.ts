import { Command, CommanderError } from 'commander';
import { backfillCommand } from './backfill.ts';
import { AlreadySaid, type CliDeps, UsageError } from './common.ts';
import { connectCommand } from './connect.ts';
import { connectionsCommand } from './connections.ts';
import { doctorCommand } from './doctor.ts';
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

/** Every command of `opencx-freshdesk`. Nothing is opened before a command runs. */
export function buildProgram(deps: CliDeps): Command {
  const program = new Command('opencx-freshdesk')
    .description('A self-hosted AI agent for Freshdesk')
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
      .configureOutput({ writeOut: (text) => deps.output.out(text), writeErr: (text) => deps.output.err(text) }),
  );
  return program;
}

/** Runs one command line (without node and script) and says how it went; errors are printed to `err`, never thrown. */
export async function runCli(deps: CliDeps, args: readonly string[]): Promise<ExitStatus> {
  const program = buildProgram(deps);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed its own errors already.
    if (error instanceof AlreadySaid) return 1;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    deps.output.err(args.includes('--json') ? `${JSON.stringify({ error: asData(error) })}\n` : asText(error));
    return error instanceof UsageError ? 2 : 1;
  }
}

function everyCommand(command: Command, change: (command: Command) => void): void {
  change(command);
  for (const child of command.commands) everyCommand(child, change);
}

function asText(error: unknown): string {
  return `${error instanceof Error ? error.message : String(error)}\n`;
}

/** `reason` and `problems` are what our errors carry for machines (C1, settings, environment). */
function asData(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    name: error.name,
    message: error.message,
    ...('reason' in error ? { reason: error.reason } : {}),
    ...('problems' in error ? { problems: error.problems } : {}),
  };
}
