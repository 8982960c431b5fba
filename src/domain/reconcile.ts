/** What the outside and the reconcile workflow agree on (section 12 of the rules). */

export const RECONCILE_WORKFLOW = 'reconcileWorkflow';

export type ReconcileInput = { connectionId: string };

/** What one pass found. */
export type ReconcileResult = {
  /** Tickets that the lists named. */
  looked: number;
  /** Tickets of which something was missing; all were told about it. */
  missing: number;
  /** The first of them, at most 1,000. */
  ticketIds: number[];
  /** Of those, still without a mirror when the pass ended. */
  failed: number;
  /** Tickets that nothing was missing of, and that waited for the AI with no workflow at work; left out when it failed. */
  woken?: number;
};

/** Which list: `updated` holds neither spam nor what is in the trash. */
export type ReconcileList = 'updated' | 'spam' | 'deleted';
export const RECONCILE_LISTS: readonly ReconcileList[] = ['updated', 'spam', 'deleted'];

/** The schedule of a connection's passes. */
export function reconcileScheduleId(connectionId: string): string {
  return `reconcile:${connectionId}`;
}
