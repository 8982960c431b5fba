import { codeOf } from '../domain/errors.ts';
import { DatabaseUnusable, databaseTrouble } from '../db/trouble.ts';
import { NotFound, RateLimited, Rejected, Unauthorized, Unreachable } from '../freshdesk/errors.ts';
import { temporalTrouble } from '../temporal/trouble.ts';

/**
 * What a command failed of, in words for whoever runs it: PostgreSQL, Temporal and Freshdesk each have errors of their own,
 * which name calls and codes. Everything else is given back as it is.
 */
function explained(error: unknown): unknown {
  const database = databaseTrouble(error);
  if (database !== null) return new DatabaseUnusable(database, error);
  return temporalTrouble(error) ?? freshdeskTrouble(error) ?? error;
}

/** The same as one sentence or two. An error without words says at least what it is called. */
export function wordsOf(error: unknown): string {
  const last = explained(error);
  if (!(last instanceof Error)) return String(last);
  if (last.message !== '') return last.message;
  const inner: unknown = last instanceof AggregateError ? last.errors[0] : last.cause;
  if (inner !== undefined) return wordsOf(inner);
  const code = codeOf(last);
  return typeof code === 'string' ? `${last.name} (${code})` : last.name;
}

/** The same for machines: `reason` and `problems` are what our errors carry for them (C1, settings, environment). */
export function errorAsData(error: unknown): Record<string, unknown> {
  const last = explained(error);
  if (!(last instanceof Error)) return { message: String(last) };
  return {
    name: last.name,
    message: wordsOf(last),
    ...('reason' in last ? { reason: last.reason } : {}),
    ...('problems' in last ? { problems: last.problems } : {}),
  };
}

function freshdeskTrouble(error: unknown): Error | null {
  const whatToDo = adviceFor(error);
  if (whatToDo === null || !(error instanceof Error)) return null;
  const words = new Error(`${error.message}. ${whatToDo}`, { cause: error });
  words.name = error.name;
  return words;
}

function adviceFor(error: unknown): string | null {
  if (error instanceof Unauthorized)
    return error.reason === 'account_suspended'
      ? 'Freshdesk has suspended the account: look at its billing.'
      : 'Give the connection a key that works with "connections rotate-key", or in FRESHDESK_API_KEY and a restart where the environment makes it.';
  if (error instanceof Unreachable) return 'Try again in a minute; "doctor" says whether the account answers.';
  if (error instanceof RateLimited) return 'The service uses the limit as well: run the command again then.';
  if (error instanceof Rejected)
    return error.status === 403
      ? 'The key\'s agent may not read this, or the account\'s plan does not have it: "doctor" looks at the key.'
      : '"doctor" looks at the account.';
  if (error instanceof NotFound) return 'The account\'s plan may not have it; "doctor" looks at the account.';
  return null;
}
