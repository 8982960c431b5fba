import { createHmac, randomBytes } from 'node:crypto';
import type { Role, Tokens } from '../domain/caller.ts';
import type { Db } from './client.ts';

const IDLE_MS = 12 * 3_600_000;
export const LONGEST_SIGN_IN_MS = 7 * 86_400_000;
/** No request is worth a write of its own. */
const SEEN_EVERY_MS = 60_000;

/** Who is signed in to the Inbox: for 7 days at most, and until 12 hours without a request have passed (U1). */
export type SignIns = {
  /** Starts one and returns its secret, 256 random bits, which stands nowhere but in the browser's cookie. */
  begin(role: Role): Promise<string>;
  /** What the secret stands for now; null when it is over, or was begun with a token that has been changed since. */
  find(secret: string): Promise<Role | null>;
  /** For good, whoever still has the secret. */
  end(secret: string): Promise<void>;
};

export function createSignIns(db: Db, tokens: Tokens, { now = () => new Date() }: { now?: () => Date } = {}): SignIns {
  const roles = (['admin', 'viewer'] as const).filter((role) => tokens[role] !== null);
  const idOf = (secret: string, role: Role) =>
    createHmac('sha256', tokens[role] ?? '')
      .update(secret)
      .digest('hex');
  const idsOf = (secret: string) => roles.map((role) => idOf(secret, role));
  const running = () => ({
    seenAt: { gt: new Date(now().getTime() - IDLE_MS) },
    startedAt: { gt: new Date(now().getTime() - LONGEST_SIGN_IN_MS) },
  });

  return {
    async begin(role) {
      const secret = randomBytes(32).toString('base64url');
      await db.signIn.deleteMany({ where: { NOT: running() } });
      await db.signIn.create({ data: { id: idOf(secret, role), startedAt: now(), seenAt: now() } });
      return secret;
    },

    async find(secret) {
      const found = await db.signIn.findFirst({ where: { id: { in: idsOf(secret) }, ...running() } });
      if (found === null) return null;
      if (now().getTime() - found.seenAt.getTime() > SEEN_EVERY_MS)
        await db.signIn.updateMany({ where: { id: found.id }, data: { seenAt: now() } });
      return roles.find((role) => idOf(secret, role) === found.id) ?? null;
    },

    async end(secret) {
      await db.signIn.deleteMany({ where: { id: { in: idsOf(secret) } } });
    },
  };
}
