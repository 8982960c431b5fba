import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from './problems.ts';

const FAILURES_WINDOW_MS = 15 * 60_000;

/**
 * Lets only the bearer of the admin token through; compared in constant time, whatever the length. An address that fails
 * `mostFailures` times within 15 minutes is not heard until they are over, with whatever token.
 */
export function requireAdmin(adminToken: string, mostFailures: number): RequestHandler {
  const expected = digest(adminToken);
  const failures = rateLimit({
    windowMs: FAILURES_WINDOW_MS,
    limit: mostFailures,
    keyGenerator: addressOf,
    legacyHeaders: false,
    handler: (_request, response) => tooMany(response),
  });
  return async (request, response, next) => {
    const before = await failures.getKey(addressOf(request));
    if (before !== undefined && before.totalHits >= mostFailures) tooMany(response, before.resetTime);
    const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
    if (timingSafeEqual(digest(given), expected)) return next();
    await failures(request, response, () => {
      response.set('WWW-Authenticate', 'Bearer realm="opencx-freshdesk"');
      next(new Problem(401, 'Send the header "Authorization: Bearer" with the ADMIN_TOKEN.'));
    });
  };
}

/** Of IPv6 the network, which one caller has whole. */
function addressOf({ ip }: Request): string {
  return ipKeyGenerator(ip ?? '');
}

function tooMany(response: Response, until?: Date): never {
  const waitMs = until === undefined ? FAILURES_WINDOW_MS : until.getTime() - Date.now();
  response.set('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1_000))));
  throw new Problem(429, 'Too many requests from this address had a wrong token; try again later.');
}

/** The webhook secret, from its header or from the password of HTTP basic auth; empty when there is none (W2). */
export function webhookSecretOf(request: Request): string {
  const header = request.get('x-webhook-secret');
  if (header !== undefined) return header;
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  return credentials.slice(credentials.indexOf(':') + 1);
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
