import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { SignIns } from '../db/sign-ins.ts';
import type { Caller, Role, Tokens } from '../domain/caller.ts';
import { cookieOf, fromElsewhere } from './cookie.ts';
import { Problem } from './problems.ts';
import type { WrongTokens } from './wrong-tokens.ts';

export type AuthDeps = { tokens: Tokens; signIns: Pick<SignIns, 'find'>; publicUrl: string; wrongTokens: WrongTokens };

/** What only reads, though its question needs a body. */
const READING_POSTS = /^\/connections\/[^/]+\/(?:knowledge\/(?:search|ask)|settings\/preview)$/;
const READING_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Lets through whoever has a token, as a bearer or by having signed in with it, and refuses a viewer what changes something.
 * A right token is let through however many wrong ones came before it. What comes from another site's page is refused: the
 * browser adds the cookie by itself, whoever has made the request (U2).
 */
export function authenticate({ tokens, signIns, publicUrl, wrongTokens }: AuthDeps): RequestHandler {
  async function callerBy(request: Request, response: Response): Promise<Caller> {
    const bearer = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
    if (bearer !== undefined) {
      const role = roleOf(bearer, tokens);
      if (role !== null) return { who: role, role };
      await wrongTokens.count(request, response);
    } else {
      const cookie = cookieOf(request);
      if (changes(request) && fromElsewhere(request, publicUrl, cookie !== null)) throw elsewhere();
      const role = cookie === null ? null : await signIns.find(cookie);
      if (role !== null) return { who: role, role };
    }
    response.set('WWW-Authenticate', 'Bearer realm="opencx-freshdesk"');
    throw new Problem(401, 'Sign in, or send the header "Authorization: Bearer" with the ADMIN_TOKEN.');
  }

  return async (request, response, next) => {
    const caller = await callerBy(request, response);
    if (caller.role === 'viewer' && changes(request) && !READING_POSTS.test(request.path))
      throw new Problem(403, 'The VIEWER_TOKEN reads and changes nothing: this needs the ADMIN_TOKEN.');
    response.locals['caller'] = caller;
    next();
  };
}

/** Who asks, behind `authenticate`. */
export function callerOf(response: Response): Caller {
  const caller = response.locals['caller'] as Caller | undefined;
  if (caller === undefined) throw new Error('nobody has looked who asks');
  return caller;
}

/** Compared in constant time, whatever the length. */
export function roleOf(token: string, { admin, viewer }: Tokens): Role | null {
  if (same(token, admin)) return 'admin';
  return viewer !== null && same(token, viewer) ? 'viewer' : null;
}

export function elsewhere(): Problem {
  return new Problem(403, 'This request was made by a page of another site. Nothing was changed.');
}

function changes({ method }: Request): boolean {
  return !READING_METHODS.includes(method);
}

/** The webhook secret, from its header or from the password of HTTP basic auth; empty when there is none (W2). */
export function webhookSecretOf(request: Request): string {
  const header = request.get('x-webhook-secret');
  if (header !== undefined) return header;
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
  const credentials = Buffer.from(encoded, 'base64').toString('utf8');
  return credentials.slice(credentials.indexOf(':') + 1);
}

function same(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
