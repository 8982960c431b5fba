import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { NotFound, Rejected, Unauthorized, type RequestName, type UnauthorizedReason } from './errors.ts';

/** An answer as it came over the wire. */
export type Answered = { status: number; headers: IncomingHttpHeaders; body: string };

const defaultRetryAfterMs = 60_000;
const longestRetryAfterMs = 60 * 60_000;

/** How long a 429 keeps everybody out: `Retry-After` in seconds, between 1 s and an hour; 60 s where it says nothing. */
export function retryAfterMsOf({ headers }: Answered): number {
  const seconds = decimal(headers['retry-after']);
  if (seconds === null) return defaultRetryAfterMs;
  return Math.min(Math.max(Math.ceil(seconds * 1000), 1000), longestRetryAfterMs);
}

/** The rate-limit headers, which are decimal strings ("50.0"); null where they are absent or make no sense. */
export function budgetOf({ headers }: Answered): { total: number; remaining: number } | null {
  const total = decimal(headers['x-ratelimit-total']);
  const remaining = decimal(headers['x-ratelimit-remaining']);
  return total === null || remaining === null || total === 0 ? null : { total, remaining };
}

/** Freshdesk's clock, whole seconds. Without a `Date` header, which its edge always sends, ours has to do. */
export function clockMsOf({ headers }: Answered): number {
  return dateMsOf(headers.date) ?? Math.floor(Date.now() / 1000) * 1000;
}

/** What a `Date` header says, ms; null where it says nothing that can be read. */
export function dateMsOf(date: string | undefined): number | null {
  const atMs = Date.parse(date ?? '');
  return Number.isNaN(atMs) ? null : atMs;
}

/** Lists name their next page in the `link` header; the last one has none. */
export function hasNextPage({ headers }: Answered): boolean {
  const { link } = headers;
  return (Array.isArray(link) ? link.join(',') : (link ?? '')).includes('rel="next"');
}

/** A definite "no" from Freshdesk as the error to throw; null for a success and for what says nothing definite. */
export function refusalOf(request: RequestName, answer: Answered): NotFound | Rejected | Unauthorized | null {
  const { status } = answer;
  // 408 comes from the edge, and a 5xx from anywhere: neither says whether the request was carried out.
  if (status < 400 || status === 408 || status >= 500) return null;
  const said = errorBody(answer.body);
  const broken = unauthorized(status, said);
  if (broken !== null) return new Unauthorized(request, broken);
  if (status === 404) return new NotFound(request);
  // A 403 page is the edge shutting out a client for a while, not the account refusing: a read may try again.
  if (status === 403 && said === null && answer.body.trim() !== '' && request.startsWith('GET ')) return null;
  return new Rejected(request, {
    status,
    code: said?.code === undefined ? null : word(said.code),
    fields: (said?.errors ?? []).map(({ field, code }) => ({ field: word(field), code: word(code) })),
    description: said === null ? '' : descriptionOf(said),
  });
}

/** The four shapes of Freshdesk's errors in one: `{description, errors}`, `{code, message}`, `{message}`, nothing. */
const errorPayload = z.object({
  code: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  errors: z
    .array(
      z.object({
        field: z.string().catch('unknown'),
        code: z.string().catch('unknown'),
        message: z.string().catch(''),
      }),
    )
    .optional()
    .catch(undefined),
});
type ErrorBody = z.output<typeof errorPayload>;

function errorBody(body: string): ErrorBody | null {
  try {
    const parsed = errorPayload.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

const lockedOut = new Set(['invalid_credentials', 'password_lockout', 'password_expired']);

function unauthorized(status: number, said: ErrorBody | null): UnauthorizedReason | null {
  if (said?.code === 'account_suspended') return 'account_suspended';
  if (status !== 401 && !(status === 403 && lockedOut.has(said?.code ?? ''))) return null;
  return /deactivat/i.test(said?.message ?? '') ? 'agent_deactivated' : 'invalid_credentials';
}

function descriptionOf(said: ErrorBody): string {
  const lines = (said.errors ?? []).map(({ field, message }) => `${field}: ${message}`);
  return [said.description, said.message, ...lines].filter(Boolean).join('; ').slice(0, 1000);
}

/** Field names and codes are put into messages: whatever else might stand there is cut out. */
function word(raw: string): string {
  return raw.replaceAll(/[^\w.[\]-]/g, '').slice(0, 80) || 'unknown';
}

function decimal(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,9}(\.\d+)?$/.test(header.trim()) ? Number(header) : null;
}
