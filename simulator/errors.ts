/** What the API answers. A missing body is an empty one, which Freshdesk sends with most 404s. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

export type FieldError = { field: string; message: string; code: string };

/** Thrown inside a route to answer with something other than success; the write is not applied. */
export class Refusal extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

export function ok(body: unknown, headers: Record<string, string> = {}): Answer {
  return { status: 200, body, headers };
}

export function created(body: unknown, location: string): Answer {
  return { status: 201, body, headers: { location } };
}

export function noContent(): Answer {
  return { status: 204 };
}

export function validationFailed(errors: FieldError[]): Answer {
  return { status: 400, body: { description: 'Validation failed', errors } };
}

export function refuse(field: string, code: string, message: string): Refusal {
  return new Refusal(validationFailed([{ field, message, code }]));
}

export function invalidJson(): Answer {
  return { status: 400, body: { code: 'invalid_json', message: 'Request body has invalid json format' } };
}

export function unauthorized(): Answer {
  return {
    status: 401,
    body: { code: 'invalid_credentials', message: 'You have to be logged in to perform this action.' },
  };
}

export function accessDenied(): Answer {
  return { status: 403, body: { code: 'access_denied', message: 'You are not authorized to perform this action.' } };
}

export function accountSuspended(): Answer {
  return { status: 403, body: { code: 'account_suspended', message: 'Your account has been suspended.' } };
}

/** Empty on purpose: Freshdesk's 404 has no body. */
export function notFound(): Answer {
  return { status: 404 };
}

export function methodNotAllowed(method: string, allowed: string[]): Answer {
  const list = allowed.map((name) => name.toUpperCase()).join(', ');
  return {
    status: 405,
    body: { message: `${method.toUpperCase()} method is not allowed. It should be one of these method(s): ${list}` },
    headers: { allow: list },
  };
}

export function notAcceptable(): Answer {
  return { status: 406, body: { message: 'Accept header should be one of these: application/json, */*' } };
}

export function unsupportedMediaType(contentType: string): Answer {
  return {
    status: 415,
    body: {
      message: `Content-Type header is set to ${contentType || 'nothing'}. It should be application/json`,
    },
  };
}

/** The documentation shows no body for it; clients have met plain text. */
export function tooManyRequests(retryAfterS: number): Answer {
  return {
    status: 429,
    body: 'You have exceeded the limit of requests per minute',
    headers: { 'retry-after': String(retryAfterS), 'content-type': 'text/plain; charset=utf-8' },
  };
}
