import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import { withoutWords } from '../domain/errors.ts';
import { ModelUnavailable } from '../ai/model/client.ts';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import { CannotDecrypt } from '../db/connections/secrets.ts';
import { databaseTrouble } from '../db/trouble.ts';
import { StaleLook } from '../db/conversations/sessions.ts';
import { EmbedderUnavailable } from '../domain/embedder.ts';
import { StorageError } from '../storage/port.ts';
import {
  FileHostUnreachable,
  LinkExpired,
  NotFound,
  OutcomeUnknown,
  RateLimited,
  Rejected,
  Unauthorized,
  Unreachable,
} from '../freshdesk/errors.ts';
import { WritesHeld } from './writing/guarded.ts';

/** A key that stopped working is tried again this often: a new one may have been set meanwhile (C8). */
const BROKEN_KEY_RETRY_MS = 60_000;
/** A lost answer is looked for soon: most replies with an unknown outcome did arrive. */
const FIRST_LOOK_MS = 2_000;

/**
 * What went wrong with Freshdesk, as Temporal understands it: when to retry, and what never to retry. Messages hold ids,
 * statuses and field names only.
 */
function toFailure(error: unknown): unknown {
  if (error instanceof RateLimited) {
    return ApplicationFailure.create({
      type: 'RateLimited',
      message: error.message,
      nextRetryDelay: error.retryAfterMs,
      category: ApplicationFailureCategory.BENIGN,
    });
  }
  if (error instanceof ModelUnavailable) {
    return ApplicationFailure.create({
      type: 'ModelUnavailable',
      message: error.message,
      ...(error.retryAfterMs === null ? {} : { nextRetryDelay: Math.max(1_000, error.retryAfterMs) }),
    });
  }
  if (error instanceof EmbedderUnavailable) {
    return ApplicationFailure.create({ type: 'EmbedderUnavailable', message: error.message });
  }
  if (error instanceof Rejected) {
    // A refused write is final (A6). A run that ended over a refused read would lose what waits on the ticket.
    return ApplicationFailure.create({ type: 'Rejected', message: error.message, nonRetryable: !error.ofRead });
  }
  if (error instanceof OutcomeUnknown) {
    return ApplicationFailure.create({
      type: 'OutcomeUnknown',
      message: error.message,
      // An update is only repeated, which changes nothing: it backs off like any server that does not answer.
      ...(error.repeatable ? {} : { nextRetryDelay: FIRST_LOOK_MS }),
    });
  }
  if (error instanceof Unauthorized) {
    return ApplicationFailure.create({
      type: 'Unauthorized',
      message: error.message,
      nextRetryDelay: BROKEN_KEY_RETRY_MS,
    });
  }
  if (error instanceof CannotDecrypt) {
    return ApplicationFailure.create({
      type: 'CannotDecrypt',
      message: error.message,
      nextRetryDelay: BROKEN_KEY_RETRY_MS,
    });
  }
  if (error instanceof Unreachable) {
    const { retryAfterMs } = error;
    return ApplicationFailure.create({
      type: 'Unreachable',
      message: error.message,
      ...(retryAfterMs === null ? {} : { nextRetryDelay: Math.max(1_000, retryAfterMs) }),
    });
  }
  if (
    error instanceof NotFound ||
    error instanceof ConnectionNotFound ||
    error instanceof FileHostUnreachable ||
    error instanceof LinkExpired ||
    error instanceof StorageError
  ) {
    return ApplicationFailure.create({ type: error.name, message: error.message });
  }
  if (error instanceof WritesHeld || error instanceof StaleLook) {
    return ApplicationFailure.create({
      type: error.name,
      message: error.message,
      category: ApplicationFailureCategory.BENIGN,
    });
  }
  if (databaseTrouble(error) !== null) {
    return ApplicationFailure.create({ type: 'DatabaseUnusable', message: 'PostgreSQL does not answer' });
  }
  return error instanceof Error && !(error instanceof TemporalFailure) ? unexpected(error) : error;
}

/** What no further attempt will mend. */
export function final(error: unknown): unknown {
  const failure = toFailure(error);
  return failure instanceof ApplicationFailure
    ? ApplicationFailure.nonRetryable(failure.message, failure.type)
    : failure;
}

/** Something is missing that was there before, and no retry brings it back by itself; `message` holds ids only. */
export function missing(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'Missing', message });
}

/** Other libraries' messages may quote what a customer wrote: Temporal gets the name of the error and where it came from. */
function unexpected(error: Error): ApplicationFailure {
  const { name, code, at } = withoutWords(error);
  const place = at[0] ?? 'at an unknown place';
  return ApplicationFailure.create({ type: name, message: [name, code, place].filter(Boolean).join(' ') });
}

/** Not now, but at a known time: the outcome of an earlier attempt is not visible yet, or another write is under way. */
export function tryAgainIn(delayMs: number, why: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'NotSettled',
    message: why,
    nextRetryDelay: Math.max(1_000, delayMs),
    category: ApplicationFailureCategory.BENIGN,
  });
}

/** Wraps an activity so that every error leaves it in Temporal's words. */
export function speakingTemporal<Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      throw toFailure(error);
    }
  };
}
