/** The separate limits of Freshdesk's plans. They have no header: a 429 can come while `remaining` is above zero. */
export type SubLimits = { ticketCreate: number; ticketUpdate: number; ticketList: number };
export type Bucket = keyof SubLimits;

type Verdict = { ok: boolean; total: number; remaining: number; retryAfterS: number };

export type RateLimit = {
  /** Counts a request, also a wrong one, and says whether it may pass. */
  take(credits: number, bucket: Bucket | null): Verdict;
  /** Changes the plan; `subLimits` null switches the separate limits off, absent takes those of the plan. */
  setPerMinute(perMinute: number, subLimits?: SubLimits | null): void;
  /** Credits used in the current minute. */
  used(): number;
};

const PLANS: Record<number, SubLimits> = {
  200: { ticketCreate: 80, ticketUpdate: 80, ticketList: 20 },
  400: { ticketCreate: 160, ticketUpdate: 160, ticketList: 100 },
  700: { ticketCreate: 280, ticketUpdate: 280, ticketList: 200 },
  1000: { ticketCreate: 400, ticketUpdate: 400, ticketList: 300 },
  2000: { ticketCreate: 800, ticketUpdate: 800, ticketList: 400 },
};

const WINDOW_MS = 60_000;

/** One budget for the whole account, in windows of a minute that open with the first request. */
export function createRateLimit(perMinute: number, now: () => Date, subLimits?: SubLimits | null): RateLimit {
  let total = perMinute;
  let separate = subLimits === undefined ? (PLANS[perMinute] ?? null) : subLimits;
  let windowStart = Number.NEGATIVE_INFINITY;
  let used = 0;
  let usedBy: SubLimits = { ticketCreate: 0, ticketUpdate: 0, ticketList: 0 };

  const roll = (at: number): void => {
    if (at - windowStart < WINDOW_MS && at >= windowStart) return;
    windowStart = at;
    used = 0;
    usedBy = { ticketCreate: 0, ticketUpdate: 0, ticketList: 0 };
  };

  return {
    take(credits, bucket) {
      const at = now().getTime();
      roll(at);
      const retryAfterS = Math.max(1, Math.ceil((windowStart + WINDOW_MS - at) / 1000));
      const overBudget = used + credits > total;
      const overBucket = bucket !== null && separate !== null && usedBy[bucket] + credits > separate[bucket];
      if (overBudget || overBucket) return { ok: false, total, remaining: Math.max(0, total - used), retryAfterS };
      used += credits;
      if (bucket !== null) usedBy[bucket] += credits;
      return { ok: true, total, remaining: total - used, retryAfterS };
    },
    setPerMinute(next, nextSeparate) {
      total = next;
      separate = nextSeparate === undefined ? (PLANS[next] ?? null) : nextSeparate;
    },
    used() {
      roll(now().getTime());
      return used;
    },
  };
}
