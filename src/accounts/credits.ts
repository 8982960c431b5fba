import type { Ask, CallLimit, RateLimit, Settlement } from '../domain/rate-limit.ts';
import { RateLimited } from '../domain/rate-limit.ts';

/** Credits that an attempt has taken together, for all its calls to one account (L1). */
export type Credits = CallLimit & {
  /** Keeps so many for what comes next under the same name; what else is left goes back. */
  keep(credits: number): void;
  /** At the end of the attempt; `error` is what it failed with, if it did. */
  close(error?: unknown): Promise<void>;
};

/** Under its name an attempt that comes back finds its place, and a next step what was kept for it. */
export type CreditsAsk = Ask & { name: string };

/** Each call takes its own credits. Where its kind is closed they go back at once. */
export function callByCall(limit: RateLimit, { lane, name, share }: Omit<Ask, 'credits'>): CallLimit {
  return {
    learned: (seen) => limit.learned(seen),
    closedFor: (retryAfterMs, kind) => limit.closedFor(retryAfterMs, kind),
    async acquire({ credits, kind }) {
      const { closed } = await limit.acquire({ credits, lane, share, name });
      const closedMs = closed.get(kind);
      if (closedMs === undefined) return;
      await limit.settle({ lane, credits });
      throw new RateLimited(Math.ceil(closedMs));
    },
  };
}

/**
 * Takes what an attempt will need, and throws RateLimited while it is not its turn. What it needs beyond that is taken
 * without waiting: an attempt that gave up in the middle would have spent its credits in vain.
 */
export async function takeCredits(limit: RateLimit, { name, lane, share, credits }: CreditsAsk): Promise<Credits> {
  const { closed } = await limit.acquire({ name, lane, share, credits });
  const opensAtMs = new Map([...closed].map(([kind, ms]) => [kind, performance.now() + ms]));
  let left = credits;
  let kept = 0;
  let isClosed = false;

  return {
    async acquire(call) {
      const closedMs = (opensAtMs.get(call.kind) ?? 0) - performance.now();
      if (closedMs > 0) throw new RateLimited(Math.ceil(closedMs));
      left -= call.credits;
    },
    learned: (seen) => limit.learned(seen),
    async closedFor(retryAfterMs, kind) {
      isClosed = kind === null;
      await limit.closedFor(retryAfterMs, kind);
    },
    keep(wanted) {
      kept = wanted;
    },
    async close(error) {
      const settlement = settlementOf(error);
      if (settlement.credits !== 0 || settlement.keep !== undefined) await limit.settle(settlement);
    },
  };

  function settlementOf(error: unknown): Settlement {
    // It is first in line when the account opens again, and pays anew: what it had was of a minute that is over.
    if (isClosed) return { lane, credits: 0, keep: { name, credits: 0 } };
    if (error instanceof RateLimited) return { lane, credits: left, keep: { name, credits: Math.max(0, left) } };
    if (error !== undefined || kept === 0) return { lane, credits: left };
    return { lane, credits: left, keep: { name, credits: kept } };
  }
}

/** Before there is a connection there is no budget to share: a verification is three calls. */
export const unlimited: CallLimit = {
  acquire: () => Promise.resolve(),
  learned: () => Promise.resolve(),
  closedFor: () => Promise.resolve(),
};
