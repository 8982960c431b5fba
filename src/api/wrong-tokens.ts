import type { Request, RequestHandler, Response } from 'express';
import { type AugmentedRequest, ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from './problems.ts';

const WINDOW_MS = 15 * 60_000;
/** So many times as many wrong tokens as from one address are heard from one proxy, for all that it forwards for. */
const ADDRESSES_BEHIND_PROXY = 10;

/** Throws 429 once an address has sent too many wrong tokens within 15 minutes. Right ones are not counted, nor refused. */
export type WrongTokens = { count(request: Request, response: Response): Promise<void> };

/**
 * Counts by address. Whoever may say for whom it forwards could name another address with each request: what it sends is
 * counted under its own one as well.
 */
export function createWrongTokens(most: number): WrongTokens {
  const ofCaller = counter(most, ({ ip }) => ip);
  const ofProxy = counter(most * ADDRESSES_BEHIND_PROXY, ({ socket }) => socket.remoteAddress);
  return {
    async count(request, response) {
      const forwarded = request.ip !== request.socket.remoteAddress;
      for (const counting of forwarded ? [ofCaller, ofProxy] : [ofCaller]) {
        let refused: unknown;
        await counting(request, response, (error?: unknown) => void (refused = error));
        if (refused !== undefined) throw refused;
      }
    },
  };
}

function counter(limit: number, addressOf: (request: Request) => string | undefined): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit,
    keyGenerator: (request) => ipKeyGenerator(addressOf(request) ?? ''), // of IPv6 the network, which one caller has whole
    legacyHeaders: false,
    handler: (request, response) => {
      const until = (request as AugmentedRequest)['rateLimit']?.resetTime;
      const waitMs = until === undefined ? WINDOW_MS : until.getTime() - Date.now();
      response.set('Retry-After', String(Math.max(1, Math.ceil(waitMs / 1_000))));
      throw new Problem(429, 'Too many requests from this address had a wrong token; try again later.');
    },
  });
}
