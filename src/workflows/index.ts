export { hintSignal, ticketWorkflow } from './ticket.ts';
export type { TicketResult } from './ticket.ts';
