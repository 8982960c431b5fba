import { isHint, type Hint, type HintKind } from '../domain/signals.ts';

const KINDS_IN_ORDER: readonly HintKind[] = ['webhook', 'reconcile', 'backfill', 'operator'];

/**
 * The hints that came since the last look. A hint says only that something changed, so what is kept is which kinds came:
 * however many webhooks a ticket gets, the inbox never grows.
 */
export class Inbox {
  readonly #kinds = new Set<HintKind>();
  /** Signals that were no hints of ours: a future version's, or somebody's typo. */
  ignored = 0;

  constructor(kinds: readonly HintKind[]) {
    for (const kind of kinds) this.#kinds.add(kind);
  }

  /** Never throws: an error in a signal handler would stop the ticket. */
  push(hint: unknown): void {
    if (isHint(hint)) this.#kinds.add((hint satisfies Hint).kind);
    else this.ignored += 1;
  }

  get isEmpty(): boolean {
    return this.#kinds.size === 0;
  }

  /** What is in the inbox, without taking it. */
  kinds(): HintKind[] {
    return KINDS_IN_ORDER.filter((kind) => this.#kinds.has(kind));
  }

  take(): HintKind[] {
    const kinds = this.kinds();
    this.#kinds.clear();
    return kinds;
  }
}
