export { backfillSignal, backfillWorkflow } from './backfill.ts';
export { reconcileWorkflow } from './reconcile.ts';
export { hintSignal, ticketWorkflow } from './ticket.ts';
export type { TicketResult } from './ticket.ts';
