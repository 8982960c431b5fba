/**
 * Who waits for it. `live`: a customer, or somebody at a desk. `background`: nobody; it takes its share of what live work
 * leaves, and a little when that leaves nothing, so that it never stands still (B4, L2).
 */
export type Lane = 'live' | 'background';

/** Credits that are wanted together: one credit is one Freshdesk API call, or an include of one. */
export type Ask = {
  credits: number;
  lane: Lane;
  /** The part of the budget that background work may use, 0–1. */
  share: number;
  /** Who asks: under this name the place in line is kept, and found again. null: who would have to wait for long starts anew. */
  name: string | null;
};

/** What becomes of credits that were taken. */
export type Settlement = {
  lane: Lane;
  /** To give back; below 0 where more was used than taken. */
  credits: number;
  /** Taken already, for what comes next under this name: it does not wait in line any more. */
  keep?: { name: string; credits: number };
};

/**
 * One account's budget of API calls, as every worker shares it (L1). Who asks gets a place in line, first come, first served,
 * and the time of the turn.
 */
export type RateLimit = {
  /**
   * Takes the credits, waiting in place while the turn is near. Throws RateLimited with the time of the turn where it is not;
   * who has a name keeps the place.
   */
  acquire(ask: Ask): Promise<Taken>;
  settle(settlement: Settlement): Promise<void>;
  /**
   * `credits` were used, and the headers of the answer said: the budget of a minute, and what is left of it. `tookMs`: how long
   * ago the request was sent; just now when left out.
   */
  learned(seen: { credits: number; total: number; remaining: number; tookMs?: number }): Promise<void>;
  /** Freshdesk refused a request: nobody may send any, or with a `kind` any of that kind (L3), for so many milliseconds. */
  closedFor(retryAfterMs: number, kind: string | null): Promise<void>;
};

/** The kinds of calls that are closed, and for how long from then on, ms. */
export type Taken = { closed: ReadonlyMap<string, number> };

/** The budget as one client of Freshdesk uses it. `kind` is the method and the path without ids: `PUT /tickets/:id`. */
export type CallLimit = {
  /** Before each call. Throws RateLimited; nothing is to be sent then. */
  acquire(call: { credits: number; kind: string }): Promise<void>;
} & Pick<RateLimit, 'learned' | 'closedFor'>;

/** The request was not sent, or was refused, because the account's budget is used up. Nothing was written; try later. */
export class RateLimited extends Error {
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(`Freshdesk rate limit reached: try again in ${Math.ceil(retryAfterMs / 1000)} s`);
    this.name = 'RateLimited';
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * What an attempt usually needs, in credits. A look takes what answering will need along with its own, so that whatever has
 * begun is finished, and gives it back where nothing is to be written.
 */
export const NEEDS = {
  /** The ticket, its thread, and the ticket again with its requester. */
  firstLook: 4,
  look: 2,
  /** A look, the reply or note, the ticket as it is then, and its update. */
  write: 5,
  list: 1,
} as const;
