import { ConnectError } from '../freshdesk/errors.ts';
import type { CliDeps } from './deps.ts';
import { UsageError } from './subcommand.ts';

/** Whoever is still wrong then has to look it up. */
const MOST_TRIES = 5;
/** What typing it again may mend. */
const SLIPS: readonly string[] = ['wrong_domain', 'invalid_credentials', 'not_admin'];

/**
 * Asks until the answer will do: what `check` throws for a slip is said, and it is asked again.
 * @throws the last slip when it was one too many, and at once whatever else `check` or the terminal throws
 */
export async function askedUntil<T>(
  { output }: Pick<CliDeps, 'output'>,
  ask: () => Promise<string>,
  check: (answer: string) => T | Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const answer = (await ask()).trim();
    try {
      return await check(answer);
    } catch (error) {
      if (!isSlip(error) || tries === MOST_TRIES) throw error;
      output.err(`${error.message}\n`);
    }
  }
}

function isSlip(error: unknown): error is Error {
  return error instanceof UsageError || (error instanceof ConnectError && SLIPS.includes(error.reason));
}
