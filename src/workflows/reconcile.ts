import { isCancellation, log, patched, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { ListCursor } from '../domain/backfill.ts';
import {
  type Heard,
  RECONCILE_LISTS,
  type ReconcileInput,
  type ReconcileList,
  type ReconcileResult,
} from '../domain/reconcile.ts';
import { reconcile as activities } from './background-activities.ts';

const MOST_IDS = 1_000;

/**
 * One pass over what has changed since the last one (section 12): a webhook that Freshdesk never delivered costs a ticket a
 * few minutes, and not its answer, and neither does a workflow that Temporal has lost. The next pass begins here only after
 * everything was told to its ticket.
 */
export async function reconcileWorkflow({ connectionId }: ReconcileInput): Promise<ReconcileResult> {
  const result: ReconcileResult = { looked: 0, missing: 0, ticketIds: [], failed: 0 };
  const sinceMs = await activities.reconcileFrom({ connectionId });
  const heard: Heard = { told: 0, untold: 0 };
  let throughMs: number | null = null;
  for (const list of RECONCILE_LISTS) {
    const beganMs = await compare(connectionId, list, sinceMs, { result, heard });
    throughMs = Math.min(throughMs ?? beganMs, beganMs);
  }
  if (throughMs !== null) await activities.reconciled({ connectionId, throughMs, ...heard });
  // A pass that an older version began goes on as it began.
  if (patched('wake-waiting')) await wakeWaiting(connectionId, result);
  return result;
}

/** The next pass does what this one could not: what it found is told and noted all the same. */
async function wakeWaiting(connectionId: string, result: ReconcileResult): Promise<void> {
  try {
    result.woken = await activities.wakeWaiting({ connectionId });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('could not wake the tickets that wait', { connectionId });
  }
}

/** Compares one list with the mirror; returns when its first page was read, on Freshdesk's clock. */
async function compare(
  connectionId: string,
  list: ReconcileList,
  sinceMs: number,
  { result, heard }: { result: ReconcileResult; heard: Heard },
): Promise<number> {
  let beganMs: number | null = null;
  let cursor: ListCursor | null = { sinceMs, page: 1 };
  const seen = new Set<number>();
  while (cursor !== null) {
    const page: Awaited<ReturnType<typeof activities.findMissing>> = await activities.findMissing({
      connectionId,
      list,
      cursor,
    });
    beganMs ??= page.atMs;
    // The tickets of a page's last second are named again by the next one.
    const missing = page.missing.filter(({ id }) => !seen.has(id));
    for (const { id } of missing) seen.add(id);
    heard.told += page.told ?? 0;
    heard.untold += page.untold ?? 0;
    result.looked += page.looked;
    result.missing += missing.length;
    result.ticketIds.push(...missing.map(({ id }) => id).slice(0, MOST_IDS - result.ticketIds.length));
    describe(connectionId, list, result);
    if (missing.length > 0) result.failed += await activities.mirrorMissing({ connectionId, tickets: missing });
    cursor = page.next;
    if (cursor !== null) await sleep(page.pauseMs, { summary: 'lists have a limit of their own' });
  }
  return beganMs ?? sinceMs;
}

function describe(connectionId: string, list: ReconcileList, { looked, missing }: ReconcileResult): void {
  setCurrentDetails(
    [
      `**Reconcile** of connection \`${connectionId}\`, list: ${list}`,
      `- tickets looked at: ${looked}`,
      `- behind: ${missing}`,
    ].join('\n'),
  );
}
