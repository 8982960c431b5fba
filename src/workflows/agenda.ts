import { workflowInfo } from '@temporalio/workflow';
import { Alarm } from './alarm.ts';

/** A day may be so much longer: a look that is due soon after is waited for, with one timer and one wake instead of two. */
const SOON_MS = 2 * 3_600_000;

const LOOK = 'next look without a hint';
const NEW_RUN = 'go on as a new run, about once a day';

/** What a run does of itself: look at the ticket again, and, after about a day, go on as a new run. The workflow's clock, ms. */
export class Agenda {
  readonly #alarm: Alarm;
  #lookAtMs: number | null;
  /** null: only when Temporal suggests it. */
  #goOnAfterMs: number | null;

  constructor(carried: { alarmAtMs: number | null; goOnAfterMs?: number } | undefined) {
    this.#lookAtMs = carried?.alarmAtMs ?? null;
    this.#goOnAfterMs = carried?.goOnAfterMs ?? null;
    this.#alarm = new Alarm(this.#nextMs(), this.#isLookNext() ? LOOK : NEW_RUN);
  }

  get isDue(): boolean {
    return this.#alarm.isDue;
  }

  get lookAtMs(): number | null {
    return this.#lookAtMs;
  }

  get goOnAfterMs(): number | null {
    return this.#goOnAfterMs;
  }

  /** It is time, and not for a look. */
  get isForNewRun(): boolean {
    return this.isDue && this.isOver && (this.#lookAtMs === null || this.#lookAtMs > Date.now());
  }

  /** The run's day is over. */
  get isOver(): boolean {
    const endMs = this.#endMs();
    return workflowInfo().continueAsNewSuggested || (endMs !== null && Date.now() >= endMs);
  }

  set(lookAtMs: number | null, goOnAfterMs: number | null): void {
    this.#lookAtMs = lookAtMs;
    this.#goOnAfterMs = goOnAfterMs;
    const nextMs = this.#nextMs();
    if (nextMs === lookAtMs) this.#alarm.set(nextMs, LOOK);
    else this.#alarm.set(nextMs, NEW_RUN, SOON_MS);
  }

  #isLookNext(): boolean {
    return this.#nextMs() === this.#lookAtMs;
  }

  #endMs(): number | null {
    return this.#goOnAfterMs === null ? null : workflowInfo().startTime.getTime() + this.#goOnAfterMs;
  }

  #nextMs(): number | null {
    const endMs = this.#endMs();
    if (endMs === null || this.#lookAtMs === null) return endMs ?? this.#lookAtMs;
    return this.#lookAtMs < endMs + SOON_MS ? this.#lookAtMs : endMs;
  }
}
