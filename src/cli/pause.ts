import type { Command } from 'commander';
import type { CliDeps } from './deps.ts';
import { subcommand } from './subcommand.ts';

/** The kill switch (E12): nothing is written to Freshdesk from the next write on; the mirror goes on, turns wait. */
export function pauseCommand(deps: CliDeps): Command {
  return switching(deps, 'pause', true, {
    about: 'stop writing to Freshdesk, at once; tickets are still mirrored, answers wait',
    said: 'is paused: nothing is written to Freshdesk. "resume" lets what waits go on',
  });
}

/** What had to wait is worked, as far as it is not too old by then (E1). */
export function resumeCommand(deps: CliDeps): Command {
  return switching(deps, 'resume', false, {
    about: 'write to Freshdesk again; what had to wait is worked',
    said: 'is not paused any more: what waits is worked now, and handed off where it has become too old',
  });
}

function switching(
  deps: CliDeps,
  name: 'pause' | 'resume',
  paused: boolean,
  { about, said }: { about: string; said: string },
): Command {
  return subcommand(deps, {
    name,
    about,
    examples: [name, `${name} --connection shop --json`],
    connection: true,
    async run({ connection, using }) {
      await using(({ connections }) => connections.patchSettings(connection, { paused }));
      return { connection, paused };
    },
    words: ({ connection }) => `Connection "${connection}" ${said}.\n`,
  });
}
