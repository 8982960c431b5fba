import type { Command } from 'commander';
import type { CliDeps } from './deps.ts';
import { UsageError } from './subcommand.ts';

/** For commands that ask before they do what cannot be undone, or what customers will see. */
export function withYes(target: Command): Command {
  return target.option('--yes', 'do it without being asked');
}

/** Somebody was asked, and did not agree. */
class NotConfirmed extends Error {
  constructor(word: string) {
    super(`Not done: that was not "${word}". Nothing was changed; run the command again and type it.`);
    this.name = 'NotConfirmed';
  }
}

/**
 * Goes on when it is meant: by --yes, or by whoever sits at the terminal and types `word`. Call it before anything is changed.
 * @param what is about to happen, as whole sentences
 * @throws UsageError where nobody can be asked, NotConfirmed
 */
export async function confirmed(
  { terminal }: Pick<CliDeps, 'terminal'>,
  yes: boolean | undefined,
  what: string,
  word = 'yes',
): Promise<void> {
  if (yes === true) return;
  if (terminal === null)
    throw new UsageError(
      `${what}\nNobody can be asked here: give --yes if that is what you want. Nothing was changed.`,
    );
  if ((await terminal.ask(`${what}\nType ${word} to go on: `)) !== word) throw new NotConfirmed(word);
}
