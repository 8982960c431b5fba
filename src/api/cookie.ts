import type { CookieOptions, Request, Response } from 'express';
import { isLoopback } from '../domain/machine.ts';

/** The prefix has the browser refuse it without HTTPS, and from any other host or path. */
const COOKIE = '__Host-opencx';
/** On this machine there is nobody between browser and service, and no certificate. */
const LOOPBACK_COOKIE = 'opencx';

/** What the browser was given at sign-in; null when it sends nothing like that. */
export function cookieOf(request: Request): string | null {
  const name = request.secure ? COOKIE : LOOPBACK_COOKIE;
  if (!canHaveCookie(request)) return null;
  return new RegExp(`(?:^|;\\s*)${name}=([\\w-]{43})(?:;|$)`).exec(request.get('cookie') ?? '')?.[1] ?? null;
}

/** Over plain HTTP a cookie can be read on the way, so it is for a browser that names this machine itself. */
export function canHaveCookie({ secure, hostname }: Request): boolean {
  return secure || isLoopback(hostname);
}

export function giveCookie(request: Request, response: Response, secret: string, maxAgeMs: number): void {
  response.cookie(...cookie(request, secret, { maxAge: maxAgeMs }));
}

export function takeCookie(request: Request, response: Response): void {
  const [name, , options] = cookie(request, '', {});
  response.clearCookie(name, options);
}

function cookie({ secure }: Request, value: string, more: CookieOptions): [string, string, CookieOptions] {
  return [secure ? COOKIE : LOOPBACK_COOKIE, value, { path: '/', httpOnly: true, secure, sameSite: 'strict', ...more }];
}

/**
 * Whether a page of another site has made the request. Browsers say so in Sec-Fetch-Site, older ones name the page's origin;
 * whoever says neither is no browser, and has no cookie of ours either.
 */
export function fromElsewhere(request: Request, publicUrl: string, hasCookie: boolean): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site !== 'same-origin';
  const origin = request.get('origin');
  return origin === undefined ? hasCookie : origin !== new URL(publicUrl).origin;
}
