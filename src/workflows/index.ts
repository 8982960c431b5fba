export { backfillSignal, backfillWorkflow } from './backfill.ts';
export { reconcileWorkflow } from './reconcile.ts';
export { hintSignal, ticketWorkflow } from './ticket.ts';
export type { TicketResult } from './ticket.ts';

/**
 * Temporal keeps where each promise that is waited for was made, for the call stack in its Web UI. Two frames tell it, behind
 * two of what keeps it: with ten, a quiet run takes 10 KiB more.
 */
Error.stackTraceLimit = 4;
