import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { codeOf, withoutWords } from '../domain/errors.ts';
import {
  ConnectionExists,
  ConnectionNotFound,
  DomainTaken,
  OtherAccount,
  RemovalUnfinished,
} from '../db/connections/connection.ts';
import { EmptyWindow } from '../db/reads/reports/cohort.ts';
import { InvalidCursor } from '../db/paging.ts';
import { InvalidSettings, SettingsChanged } from '../db/connections/settings.ts';
import { connectionTrouble } from '../db/trouble.ts';
import { ConnectError } from '../freshdesk/errors.ts';

/** What is wrong with one part of a request. */
export type Fault = { path: string; message: string };

/** An answer other than success, as RFC 9457 problem details. `detail` is for the caller: no secrets, no stack. */
export class Problem extends Error {
  readonly status: number;
  readonly errors: readonly Fault[];
  /** One of a documented few, for programs; null where the status says it all. */
  readonly reason: string | null;

  constructor(status: number, detail: string, errors: readonly Fault[] = [], reason: string | null = null) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.errors = errors;
    this.reason = reason;
  }
}

/** Gives every answer an id that its log lines carry too. */
export const requestId: RequestHandler = (_request, response, next) => {
  response.set('X-Request-Id', randomUUID());
  next();
};

/** Refuses what no path and no filter can mean: PostgreSQL stores no NUL. */
export const noNul: RequestHandler = (request, _response, next) => {
  if (/%00/.test(request.originalUrl)) throw new Problem(400, 'The address holds a NUL character.');
  next();
};

export const notFound: RequestHandler = () => {
  throw new Problem(404, 'There is nothing at this address.');
};

/** For the methods that a known path does not have. `allowed` is the Allow header, such as `GET, PATCH`. */
export function onlyMethods(allowed: string): RequestHandler {
  return (request, response) => {
    response.set('Allow', allowed);
    throw new Problem(405, `${request.method} is not possible here; possible: ${allowed}.`);
  };
}

const DATABASE_SILENT = 'The database does not answer; try again later.';
const FAILED = 'Something went wrong here; the log has more under this request id.';

/**
 * The last handler: turns whatever was thrown into problem details, and logs what was not expected. An answer that has begun is
 * cut off, so that nobody takes it for whole; where its reader has left, there is nothing to log.
 */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const logged = { requestId: response.get('X-Request-Id'), error: withoutWords(error) };
    if (response.headersSent || response.destroyed) {
      if (codeOf(error) !== 'ERR_STREAM_PREMATURE_CLOSE') log.error(logged, 'an answer broke off');
      return void response.destroy();
    }
    const known = toProblem(error);
    if (known !== null) return sendProblem(response, known);
    const silent = connectionTrouble(error) !== null;
    log.error(logged, silent ? 'request refused: the database cannot be used' : 'request failed');
    sendProblem(response, silent ? new Problem(503, DATABASE_SILENT) : new Problem(500, FAILED));
  };
}

function sendProblem(response: Response, { status, message, errors, reason }: Problem): void {
  response
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: STATUS_CODES[status],
        status,
        detail: message,
        ...(reason === null ? {} : { reason }),
        ...(errors.length > 0 ? { errors } : {}),
        requestId: response.get('X-Request-Id'),
      }),
    );
}

/** null for what nobody expected. */
function toProblem(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof ConnectionNotFound) return new Problem(404, error.message);
  if (error instanceof ConnectError) {
    // 502 where nothing usable came from Freshdesk; else it has answered, and the answer is no (C1).
    return new Problem(error.reason === 'unreachable' ? 502 : 422, error.message, [], error.reason);
  }
  if (error instanceof RemovalUnfinished) return new Problem(503, error.message);
  if (error instanceof ConnectionExists || error instanceof DomainTaken || error instanceof OtherAccount) {
    return new Problem(409, error.message);
  }
  if (error instanceof SettingsChanged) return new Problem(412, error.message);
  if (error instanceof InvalidSettings) return new Problem(400, 'These settings were not taken.', error.problems);
  if (error instanceof InvalidCursor) {
    return new Problem(400, 'The query is not usable.', [{ path: 'cursor', message: error.message }]);
  }
  if (error instanceof EmptyWindow) {
    return new Problem(400, 'The query is not usable.', [{ path: 'to', message: 'must not be before `from`' }]);
  }
  return fromExpress(error);
}

/** Errors of Express and its body parser carry a status; their messages may quote the body, so they get words of ours. */
function fromExpress(error: unknown): Problem | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  switch (error.status) {
    case 400:
      return new Problem(
        400,
        'type' in error && error.type === 'entity.parse.failed'
          ? 'The body is not JSON.'
          : 'The request cannot be read.',
      );
    case 413:
      return new Problem(413, 'The body is larger than 256 KiB.');
    case 415:
      return new Problem(415, 'The body must be plain, uncompressed JSON in UTF-8.');
    default:
      return null;
  }
}
