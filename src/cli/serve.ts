import { Option, type Command } from 'commander';
import type { Half } from '../app/config.ts';
import { type CliDeps, command, withJson } from './common.ts';

/** Migrates the database, then runs API and worker, or one of them, until SIGTERM or SIGINT. */
export function serveCommand(deps: CliDeps): Command {
  const halves: readonly Half[] = ['api', 'worker'];
  const serve = command('serve', 'migrate the database, then run API and worker until stopped', [
    'serve',
    'serve --only api',
    'serve --only worker',
  ]).addOption(
    new Option('--only <half>', 'of several machines, this one runs only the API, or only the worker').choices(halves),
  );
  return withJson(serve).action(({ only }: { only?: Half }) => deps.serve(only ?? null));
}
