import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { BackfillCounts } from '../activities/backfill.ts';
import { BACKFILL_SIGNAL, type BackfillInput, type BackfillOrder, type ListCursor } from '../domain/backfill.ts';
import { backfill as activities } from './background-activities.ts';

export const backfillSignal = defineSignal<[BackfillOrder]>(BACKFILL_SIGNAL);

const DAY_MS = 24 * 3_600_000;

/**
 * Mirrors what a new connection finds (section 11). One loop reads the list, the other wakes the tickets' own workflows, a
 * few at a time. What is to be done and what is done stands in the database; the run holds where the list is, and the pause.
 */
export async function backfillWorkflow(input: BackfillInput): Promise<BackfillCounts> {
  const run = new Run(input);
  setHandler(backfillSignal, (order) => run.obey(order));
  try {
    await activities.beginBackfill({ ...run.ref, ...run.options, startedAtMs: workflowInfo().startTime.getTime() });
    await Promise.all([run.list(), run.mirror()]);
  } catch (error) {
    await CancellationScope.nonCancellable(() => activities.endBackfill({ ...run.ref, state: 'failed' }));
    throw error;
  }
  if (!run.isOver) await continueAsNew<typeof backfillWorkflow>({ ...input, carried: run.carried });
  return run.show(await activities.endBackfill({ ...run.ref, state: 'completed' }), 'completed');
}

class Run {
  readonly ref: { connectionId: string; backfillId: string };
  readonly options: { days: number; dryRun: boolean };
  #cursor: ListCursor | null;
  #paused: boolean;
  /** Something may be there to mirror: also what a run before has found. */
  #left: boolean;
  #pages = 0;
  #counts: BackfillCounts = { found: 0, done: 0, failed: 0 };
  #batch: CancellationScope | null = null;

  constructor({ connectionId, backfillId, days, dryRun, carried }: BackfillInput) {
    this.ref = { connectionId, backfillId };
    this.options = { days, dryRun };
    const sinceMs = Math.floor((Date.now() - days * DAY_MS) / 1_000) * 1_000;
    this.#cursor = carried === undefined ? { sinceMs, page: 1 } : carried.cursor;
    this.#paused = carried?.paused ?? false;
    this.#left = carried !== undefined;
    this.show({});
  }

  get carried(): NonNullable<BackfillInput['carried']> {
    return { cursor: this.#cursor, paused: this.#paused };
  }

  get isOver(): boolean {
    return this.#cursor === null && (this.options.dryRun || !this.#left);
  }

  /** Never throws, whatever comes: an error in a signal handler would stop the run. */
  obey(order: unknown): void {
    if (order !== 'pause' && order !== 'resume') return;
    this.#paused = order === 'pause';
    if (this.#paused) this.#batch?.cancel();
    this.show({});
  }

  /** Page by page, no faster than the account's plan lets lists be read. */
  async list(): Promise<void> {
    while (this.#cursor !== null) {
      if (!(await this.#mayGoOn())) return;
      const { next, pauseMs, ...counts } = await activities.findTickets({ ...this.ref, cursor: this.#cursor });
      this.#cursor = next;
      this.#pages += 1;
      this.#left = true;
      this.show(counts);
      if (next !== null) await sleep(pauseMs, { summary: 'lists have a limit of their own' });
    }
  }

  /** Batch by batch, until everything that the list names is there. */
  async mirror(): Promise<void> {
    while (!this.isOver && !this.options.dryRun) {
      await condition(() => this.#left || this.#cursor === null || workflowInfo().continueAsNewSuggested);
      if (!(await this.#mayGoOn())) return;
      if (!this.#left) continue;
      const pages = this.#pages;
      const batch = await this.#nextBatch();
      if (batch === null) continue;
      const { left, ...counts } = batch;
      this.#left = left || this.#pages > pages; // the list may have found more than the batch could see
      this.show(counts);
    }
  }

  show(counts: Partial<BackfillCounts>, state = this.#paused ? 'paused' : 'running'): BackfillCounts {
    this.#counts = { ...this.#counts, ...counts };
    const { found, done, failed } = this.#counts;
    setCurrentDetails(
      [
        `**Backfill** of connection \`${this.ref.connectionId}\`: ${state}${this.options.dryRun ? ' (dry run)' : ''}`,
        `- found: ${found}${this.#cursor === null ? '' : ' so far'}`,
        `- mirrored: ${done}`,
        `- failed: ${failed}`,
        `- since: the last ${this.options.days} days`,
      ].join('\n'),
    );
    return this.#counts;
  }

  /** Waits while paused; false when the run is to go on as a new one. */
  async #mayGoOn(): Promise<boolean> {
    await condition(() => !this.#paused || workflowInfo().continueAsNewSuggested);
    return !workflowInfo().continueAsNewSuggested;
  }

  /** null when a pause has broken it off: what was mirrored by then is found mirrored when it is tried again. */
  async #nextBatch() {
    try {
      return await CancellationScope.cancellable(() => {
        this.#batch = CancellationScope.current();
        return activities.mirrorFound(this.ref);
      });
    } catch (error) {
      if (isCancellation(error) && this.#paused) return null;
      throw error;
    } finally {
      this.#batch = null;
    }
  }
}
