import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from './problems.ts';

const FAILURES_WINDOW_MS = 15 * 60_000;
/** So many times as many failures as of one address are heard from one proxy, for all that it forwards for. */
const ADDRESSES_BEHIND_PROXY = 10;

/**
 * Lets only the bearer of the admin token through; compared in constant time, whatever the length. An address that fails
 * `mostFailures` times within 15 minutes is not heard until they are over, with whatever token. Whoever may say for whom it
 * forwards could name another address with each request: its failures are counted under its own one as well.
 */
export function requireAdmin(adminToken: string, mostFailures: number): RequestHandler {
  const expected = digest(adminToken);
  const ofCaller = countFailures(mostFailures, ({ ip }) => ip);
  const ofProxy = countFailures(mostFailures * ADDRESSES_BEHIND_PROXY, ({ socket }) => socket.remoteAddress);
  return async (request, response, next) => {
    const counts = request.ip === request.socket.remoteAddress ? [ofCaller] : [ofCaller, ofProxy];
    for (const failures of counts) await failures.refuse(request, response);
    const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
    if (timingSafeEqual(digest(given), expected)) return next();
    for (const failures of counts) await failures.add(request, response);
    response.set('WWW-Authenticate', 'Bearer realm="opencx-freshdesk"');
    throw new Problem(401, 'Send the header "Authorization: Bearer" with the ADMIN_TOKEN.');
  };
}

/** Counts by address, within the last 15 minutes. Both throw once there were too many. */
function countFailures(most: number, addressOf: (request: Request) => string | undefined) {
  const keyOf = (request: Request) => networkOf(addressOf(request) ?? '');
  const failures = rateLimit({
    windowMs: FAILURES_WINDOW_MS,
    limit: most,
    keyGenerator: keyOf,
    legacyHeaders: false,
    handler: (_request, response) => tooMany(response),
  });
  return {
    async refuse(request: Request, response: Response): Promise<void> {
      const before = await failures.getKey(keyOf(request));
      if (before !== undefined && before.totalHits >= most) tooMany(response, before.resetTime);
    },
    async add(request: Request, response: Response): Promise<void> {
      let refused: unknown;
      await failures(request, response, (error?: unknown) => void (refused = error));
      if (refused !== undefined) throw refused;
    },
  };
}

/** Of IPv6 the network, which one caller has whole. */
function networkOf(address: string): string {
  return ipKeyGenerator(address);
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
