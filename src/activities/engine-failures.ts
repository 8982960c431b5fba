import { databaseTrouble } from '../db/trouble.ts';
import { stopSignal } from './beat.ts';

/** N6: so often the engine may fail at a turn; then people get the ticket. */
const MOST_ENGINE_FAILURES = 5;
const MOST_TURNS_KEPT = 1_000;

/**
 * Counts what the engine itself has failed at, by turn: a database that does not answer is no failure of the engine, and
 * costs no ticket its answer (L8). Each process counts for itself.
 */
export class EngineFailures {
  readonly #counts = new Map<string, number>();

  isLast(turnId: string, error: unknown): boolean {
    if (databaseTrouble(error) !== null || stopSignal()?.aborted === true) return false;
    const count = (this.#counts.get(turnId) ?? 0) + 1;
    this.#counts.delete(turnId);
    if (count >= MOST_ENGINE_FAILURES) return true;
    this.#counts.set(turnId, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_TURNS_KEPT && oldest !== undefined) this.#counts.delete(oldest);
    return false;
  }
}
