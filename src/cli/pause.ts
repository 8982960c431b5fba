import type { Command } from 'commander';
import { type CliDeps, command, type CommonOptions, toJson, using, withConnection, withJson } from './common.ts';

/** The kill switch (E12): nothing is written to Freshdesk from the next write on; the mirror goes on, turns wait. */
export function pauseCommand(deps: CliDeps): Command {
  return switching(deps, 'pause', true, {
    description: 'stop writing to Freshdesk, at once; tickets are still mirrored, answers wait',
    said: 'is paused: nothing is written to Freshdesk. "resume" lets what waits go on',
  });
}

/** What had to wait is worked, as far as it is not too old by then (E1). */
export function resumeCommand(deps: CliDeps): Command {
  return switching(deps, 'resume', false, {
    description: 'write to Freshdesk again; what had to wait is worked',
    said: 'is not paused any more: what waits is worked now, and handed off where it has become too old',
  });
}

function switching(
  deps: CliDeps,
  name: 'pause' | 'resume',
  paused: boolean,
  words: { description: string; said: string },
): Command {
  const target = command(name, words.description, [name, `${name} --connection shop --json`]);
  return withJson(withConnection(target)).action(async ({ connection, json }: CommonOptions) => {
    await using(deps, ({ connections }) => connections.patchSettings(connection, { paused }));
    deps.output.out(json ? toJson({ connection, paused }) : `Connection "${connection}" ${words.said}.\n`);
  });
}
