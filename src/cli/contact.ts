import { Command } from 'commander';
import type { CliDeps } from './common.ts';
import { contactEraseCommand } from './contact-erase.ts';

/** The people who ask. */
export function contactCommand(deps: CliDeps): Command {
  return new Command('contact').description('the people who ask').addCommand(contactEraseCommand(deps));
}
