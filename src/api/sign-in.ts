import { randomBytes } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { signInBody } from '../contract/sign-in.ts';
import { LONGEST_SIGN_IN_MS, type SignIns } from '../db/sign-ins.ts';
import type { Role } from '../domain/caller.ts';
import { type AuthDeps, callerOf, elsewhere, roleOf } from './auth.ts';
import { canHaveCookie, cookieOf, fromElsewhere, giveCookie, takeCookie } from './cookie.ts';
import { documented, type Operation } from './document.ts';
import { body, given } from './request-parsing.ts';
import { onlyMethods, Problem } from './problems.ts';

/** Codes that each sign an admin in once, from this machine; they are forgotten with the process. */
export type OneTimeCodes = { make(): string; take(code: string): boolean };

export function createOneTimeCodes(): OneTimeCodes {
  const codes = new Set<string>();
  return {
    make() {
      const code = randomBytes(32).toString('base64url');
      codes.add(code);
      return code;
    },
    take: (code) => codes.delete(code),
  };
}

export type SignInDeps = AuthDeps & {
  signIns: SignIns;
  codes: Pick<OneTimeCodes, 'take'>;
  version: string;
  /** Where Temporal's Web UI lists the workflows; null where nobody has said. */
  temporalUi: string | null;
  log: Logger;
};

export const signInOperations: Operation[] = [
  {
    ...documented('signIn', {
      tag: 'Sign-in',
      summary: 'Gives a browser a cookie for a token',
      description:
        'For pages: programs send the token as a bearer. Over plain HTTP only a browser on the same machine gets a cookie.',
      ok: 'Signed in',
      example: { token: 'your-admin-token' },
      problems: [401, 403, 429, 500, 503],
    }),
    security: [],
  },
  {
    ...documented('signOut', {
      tag: 'Sign-in',
      summary: 'Ends what the cookie stands for, and takes it away',
      ok: 'Signed out',
      problems: [403, 500, 503],
    }),
    security: [],
  },
  documented('getMe', { tag: 'Sign-in', summary: 'Who asks, and what they may do', ok: 'You' }),
];

/** Signing in and out (U1); open to those who are not signed in. */
export function signInRoutes({
  tokens,
  signIns,
  codes,
  publicUrl,
  wrongTokens,
  version,
  temporalUi,
  log,
}: SignInDeps): Router {
  async function roleFor(request: Request, response: Response): Promise<Role> {
    const asked = given(signInBody, request.body);
    const role =
      'token' in asked ? roleOf(asked.token, tokens) : isHere(request) && codes.take(asked.code) ? 'admin' : null;
    if (role !== null) return role;
    await wrongTokens.count(request, response);
    throw new Problem(
      401,
      'token' in asked
        ? 'This is not the token. It is the ADMIN_TOKEN, or the VIEWER_TOKEN, of the environment that the service runs with.'
        : 'This link has been used, or is for another machine. Sign in with the ADMIN_TOKEN.',
    );
  }

  const router = Router();
  router
    .route('/sign-in')
    .post(body, async (request: Request, response: Response) => {
      if (fromElsewhere(request, publicUrl, false)) throw elsewhere();
      if (!canHaveCookie(request)) throw overPlainHttp(request);
      const role = await roleFor(request, response);
      const before = cookieOf(request);
      if (before !== null) await signIns.end(before);
      giveCookie(request, response, await signIns.begin(role), LONGEST_SIGN_IN_MS);
      log.info({ role }, 'signed in');
      response.json({ who: role, role, version, temporalUi });
    })
    .delete(async (request, response) => {
      const cookie = cookieOf(request);
      if (fromElsewhere(request, publicUrl, cookie !== null)) throw elsewhere();
      if (cookie !== null) await signIns.end(cookie);
      takeCookie(request, response);
      response.status(204).end();
    })
    .all(onlyMethods('POST, DELETE'));
  return router;
}

/** Behind `authenticate`. */
export function meRoutes({ version, temporalUi }: Pick<SignInDeps, 'version' | 'temporalUi'>): Router {
  const router = Router();
  router
    .route('/me')
    .get((_request, response) => {
      response.json({ ...callerOf(response), version, temporalUi });
    })
    .all(onlyMethods('GET'));
  return router;
}

/** Whether the other end of the connection is this machine, and nobody is forwarded for. */
function isHere({ ip, socket }: Request): boolean {
  return ip === socket.remoteAddress && /^(?:::ffff:)?127\.|^::1$/.test(ip ?? '');
}

function overPlainHttp({ hostname }: Request): Problem {
  return new Problem(
    403,
    `Over plain HTTP to ${hostname} a sign-in could be read on the way. Open the address of PUBLIC_URL by HTTPS, or on the machine itself http://127.0.0.1.`,
  );
}
