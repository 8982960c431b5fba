import { around } from './around.ts';
import type { Freshdesk } from './client.ts';
import { NotFound, OutcomeUnknown, Rejected, Unauthorized, Unreachable } from './errors.ts';

/** So many requests in a row without an answer before the deadline: the account is not there, or too slow to be worked. */
const MOST_TIMEOUTS = 5;
/** Then it is asked again after so long, and ever more rarely while nothing comes. */
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [15_000, 120_000];

/** Whether one account answers, as this process has seen it. */
export type Breaker = {
  /** Throws Unreachable, which says when to come back, while the account is left alone. */
  pass(): void;
  answered(): void;
  timedOut(): void;
};

type Told = { shut(): void; opened(): void };

/**
 * Leaves an account alone that does not answer (L4): each request would hold a worker's slot until its deadline. After a
 * pause one request asks whether it is back; what comes meanwhile waits for what that one finds, outside of any slot.
 */
export function createBreaker(told: Told, now: () => number = Date.now): Breaker {
  let timeouts = 0;
  let pause: { ms: number; untilMs: number } | null = null;

  return {
    pass() {
      if (pause === null) return;
      const leftMs = pause.untilMs - now();
      if (leftMs > 0) throw new Unreachable('the account', 'not_asked', leftMs);
      const ms = Math.min(LONGEST_PAUSE_MS, pause.ms * 2);
      pause = { ms, untilMs: now() + ms }; // this one asks
    },
    answered() {
      timeouts = 0;
      if (pause !== null) told.opened();
      pause = null;
    },
    timedOut() {
      if (pause !== null) return; // the one that asked, or one that was under way before
      timeouts += 1;
      if (timeouts < MOST_TIMEOUTS) return;
      pause = { ms: FIRST_PAUSE_MS, untilMs: now() + FIRST_PAUSE_MS };
      told.shut();
    },
  };
}

/** The same client, which leaves the account alone while that does not answer. */
export function breakOff(freshdesk: Freshdesk, breaker: Breaker): Freshdesk {
  return around(freshdesk, async (call) => {
    breaker.pass();
    try {
      const answer = await call();
      breaker.answered();
      return answer;
    } catch (error) {
      if (isTimeout(error)) breaker.timedOut();
      else if (isAnswer(error)) breaker.answered();
      throw error;
    }
  });
}

function isTimeout(error: unknown): boolean {
  return (error instanceof Unreachable || error instanceof OutcomeUnknown) && error.seen === 'timeout';
}

/** Whatever Freshdesk says, it says something: what fails at once holds no slot. */
function isAnswer(error: unknown): boolean {
  if (error instanceof Rejected || error instanceof NotFound || error instanceof Unauthorized) return true;
  return (
    (error instanceof Unreachable || error instanceof OutcomeUnknown) && /^http_|redirect|unreadable/.test(error.seen)
  );
}
