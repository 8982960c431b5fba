/** The account's request budget as every worker shares it: one credit is one Freshdesk API call. */
export type RateLimit = {
  /**
   * Takes `credits`, waiting in place while that is short, and throws RateLimited when it is not; nothing is taken then.
   * `share` is 1 for live work; 0.5 may only take while more than half of the budget would be left for live work.
   */
  acquire(credits: number, share: number): Promise<void>;
  /** What the headers of an answer said: the budget of a minute, and what is left of it. */
  learned(seen: { total: number; remaining: number }): Promise<void>;
  /** Freshdesk refused a request: nobody may send anything for so many milliseconds. */
  closedFor(retryAfterMs: number): Promise<void>;
};

/** The request was not sent, or was refused, because the account's budget is used up. Nothing was written; try later. */
export class RateLimited extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`Freshdesk rate limit reached: try again in ${Math.ceil(retryAfterMs / 1000)} s`);
    this.name = 'RateLimited';
    this.retryAfterMs = retryAfterMs;
  }
}
