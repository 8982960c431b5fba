import { Option, type Command } from 'commander';
import type { CliDeps, Half } from './deps.ts';
import { type Given, subcommand } from './subcommand.ts';

/** Migrates the database, then runs API and worker, or one of them, until SIGTERM or SIGINT. */
export function serveCommand(deps: CliDeps): Command {
  const halves: readonly Half[] = ['api', 'worker'];
  return subcommand(deps, {
    name: 'serve',
    about: 'migrate the database, then run API and worker until stopped',
    examples: ['serve', 'serve --only api', 'serve --only worker'],
    takes: (serve) =>
      serve.addOption(
        new Option('--only <half>', 'of several machines, this one runs only the API, or only the worker').choices(
          halves,
        ),
      ),
    run: ({ options: { only } }: Given<{ only?: Half }>) => deps.serve(only ?? null),
  });
}
