import { condition, isCancellation } from '@temporalio/workflow';

/** Freshdesk's clock tells whole seconds, so the same moment comes out a little earlier or later at every look. */
const JITTER_MS = 5_000;

/**
 * One timer for the next time that something is due of itself. Moving it later, or a little earlier, costs nothing: a timer
 * that fires early is set again for the rest. Times are the workflow's clock, ms.
 */
export class Alarm {
  #atMs: number | null;
  #due = false;
  /** So much too late does no harm. */
  #slackMs = JITTER_MS;
  #summary: string;

  /** `summary`: what the Web UI calls the timer. */
  constructor(atMs: number | null, summary: string) {
    this.#atMs = atMs;
    this.#summary = summary;
    // Cancelling the workflow rejects the wait; unhandled, that would fail the workflow task for ever.
    this.#watch().catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  }

  get atMs(): number | null {
    return this.#atMs;
  }

  get isDue(): boolean {
    return this.#due;
  }

  set(atMs: number | null, summary: string, slackMs = JITTER_MS): void {
    this.#summary = summary;
    this.#atMs = atMs;
    this.#slackMs = slackMs;
    this.#due = false;
  }

  async #watch(): Promise<void> {
    for (;;) {
      await condition(() => this.#atMs !== null && !this.#due);
      const armedForMs = this.#atMs;
      if (armedForMs === null) continue;
      const leftMs = armedForMs - Date.now();
      if (leftMs <= 0) this.#due = true;
      else
        await condition(() => this.#atMs !== null && this.#atMs < armedForMs - this.#slackMs, leftMs, {
          summary: this.#summary,
        });
    }
  }
}
