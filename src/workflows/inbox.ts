import { isHint, isUrgent, type Hint, type HintKind } from '../domain/temporal-names.ts';

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
    this.putBack(kinds);
  }

  /** Never throws: an error in a signal handler would stop the ticket. */
  push(hint: unknown): void {
    if (isHint(hint)) this.#kinds.add((hint satisfies Hint).kind);
    else this.ignored += 1;
  }

  get isEmpty(): boolean {
    return this.#kinds.size === 0;
  }

  /** B4: something other than a backfill or a reconcile pass asks for a look. */
  get isUrgent(): boolean {
    return this.kinds().some(isUrgent);
  }

  /** Puts back what was taken and could not be looked after. */
  putBack(kinds: readonly HintKind[]): void {
    for (const kind of kinds) this.#kinds.add(kind);
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
