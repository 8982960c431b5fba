import type { Command } from 'commander';
import { type CliDeps, command } from './common.ts';

/** Migrates the database, then runs API and worker until SIGTERM or SIGINT. */
export function serveCommand(deps: CliDeps): Command {
  return command('serve', 'migrate the database, then run API and worker until stopped', ['serve']).action(() =>
    deps.serve(),
  );
}
