/**
 * What can become of a request to Freshdesk. Messages reach logs and Temporal, so they hold paths, statuses, field names
 * and codes only; never a payload, and never a `cause`, because the HTTP library's errors carry the API key.
 */
import { RateLimited } from '../domain/rate-limit.ts';

export { RateLimited };

/** A request by method and path, such as `POST /tickets/12/reply`: ids, nothing personal. */
export type RequestName = string;

export type RefusedField = { field: string; code: string };

/** Freshdesk read the request and refused it for good: 400, 403, 405, 409, 413, 415 … Nothing was changed. */
export class Rejected extends Error {
  readonly status: number;
  readonly fields: readonly RefusedField[];
  readonly code: string | null;
  /** Only something to read was refused: whatever the account lets us see may be different in a while. */
  readonly ofRead: boolean;
  readonly #description: string;

  constructor(
    request: RequestName,
    refusal: { status: number; fields: readonly RefusedField[]; code: string | null; description: string },
  ) {
    const reasons = refusal.fields.map(({ field, code }) => `${field}: ${code}`);
    if (reasons.length === 0 && refusal.code !== null) reasons.push(refusal.code);
    super(`Freshdesk refused ${request} with ${refusal.status}${reasons.length > 0 ? ` (${reasons.join(', ')})` : ''}`);
    this.name = 'Rejected';
    this.status = refusal.status;
    this.fields = refusal.fields;
    this.code = refusal.code;
    this.ofRead = request.startsWith('GET ');
    this.#description = refusal.description;
  }

  /** Freshdesk's own words, for the note to people; a getter, so that loggers, which copy an error's own properties, leave it out. */
  get description(): string {
    return this.#description;
  }
}

/** 404: the ticket does not exist, was deleted for good, or the base URL is not a Freshdesk account. */
export class NotFound extends Error {
  constructor(request: RequestName) {
    super(`Freshdesk knows nothing at ${request} (404)`);
    this.name = 'NotFound';
  }
}

export type UnauthorizedReason = 'invalid_credentials' | 'agent_deactivated' | 'account_suspended';

/** The key no longer works, whatever it is used for: the connection is broken until it gets a new one (C8). */
export class Unauthorized extends Error {
  readonly reason: UnauthorizedReason;

  constructor(request: RequestName, reason: UnauthorizedReason) {
    super(`Freshdesk does not accept the API key for ${request} (${reason})`);
    this.name = 'Unauthorized';
    this.reason = reason;
  }
}

/** A write whose fate nobody knows: it may have happened. Read the ticket before sending anything again (A5). */
export class OutcomeUnknown extends Error {
  /** `timeout`, `reset`, `http_502`, `unreadable` …: what was seen instead of an answer. */
  readonly seen: string;
  /** Sending it once more changes nothing that the first one has not. */
  readonly repeatable: boolean;

  constructor(request: RequestName, seen: string) {
    super(`Freshdesk may or may not have done ${request} (${seen})`);
    this.name = 'OutcomeUnknown';
    this.seen = seen;
    this.repeatable = request.startsWith('PUT ');
  }
}

/** Nothing was changed and a later try may succeed: a write that was never sent, or a read without a usable answer. */
export class Unreachable extends Error {
  /**
   * `ENOTFOUND`, `ECONNREFUSED`, `timeout`, `http_502`, `redirect`, `unreadable` …: what was seen instead of an answer;
   * `not_asked` where others had none.
   */
  readonly seen: string;
  /** When to try again; null: as usual. */
  readonly retryAfterMs: number | null;

  constructor(request: RequestName, seen: string, retryAfterMs: number | null = null) {
    super(`Freshdesk gave no usable answer to ${request} (${seen})`);
    this.name = 'Unreachable';
    this.seen = seen;
    this.retryAfterMs = retryAfterMs;
  }
}

export type ConnectReason = 'wrong_domain' | 'invalid_credentials' | 'not_admin' | 'unreachable' | 'account_suspended';

/** A connection that cannot be made: why, and what the person connecting should do (C1, C2). */
export class ConnectError extends Error {
  readonly reason: ConnectReason;
  readonly whatToDo: string;

  constructor(reason: ConnectReason, what: string, whatToDo: string) {
    super(`${what} ${whatToDo}`);
    this.name = 'ConnectError';
    this.reason = reason;
    this.whatToDo = whatToDo;
  }
}

/**
 * C8: whether it is the key that is at fault. A server or a name that cannot be found may be so for a while, and says nothing
 * of the key.
 */
export function breaksConnection({ reason }: ConnectError): boolean {
  return reason === 'invalid_credentials' || reason === 'not_admin' || reason === 'account_suspended';
}

/** The link to a file is dead: they are good for 5 minutes. Read the message again for a fresh one (F1). */
export class LinkExpired extends Error {
  constructor() {
    super('the link to the file has expired');
    this.name = 'LinkExpired';
  }
}

/** The store that keeps the files gives no usable answer; a later try may succeed. */
export class FileHostUnreachable extends Error {
  /** `ENOTFOUND`, `timeout`, `http_503` …: what was seen instead of the file. */
  readonly seen: string;

  constructor(seen: string) {
    super(`the file store gave no usable answer (${seen})`);
    this.name = 'FileHostUnreachable';
    this.seen = seen;
  }
}

/** A file that is not fetched, or not there: no retry changes that (F2). */
export class FileRefused extends Error {
  readonly reason: 'too_large' | 'unsafe_address' | 'gone';

  constructor(reason: FileRefused['reason']) {
    super(`the file cannot be fetched: ${reason}`);
    this.name = 'FileRefused';
    this.reason = reason;
  }
}

const CLASSES = [
  RateLimited,
  Rejected,
  NotFound,
  Unauthorized,
  OutcomeUnknown,
  Unreachable,
  ConnectError,
  LinkExpired,
  FileHostUnreachable,
  FileRefused,
];

/** Whether it is one of those above, whose message may be logged and stored. */
export function isFreshdeskError(error: unknown): error is Error {
  return CLASSES.some((one) => error instanceof one);
}
