import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { Problem } from './problems.ts';

/** Lets only the bearer of the admin token through; compared in constant time, whatever the length. */
export function requireAdmin(adminToken: string): RequestHandler {
  const expected = digest(adminToken);
  return (request, response, next) => {
    const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), expected)) {
      response.set('WWW-Authenticate', 'Bearer realm="opencx-freshdesk"');
      throw new Problem(401, 'Send the header "Authorization: Bearer" with the ADMIN_TOKEN.');
    }
    next();
  };
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
