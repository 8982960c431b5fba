/** A ticket of a connected account. */
export type TicketRef = { connectionId: string; ticketId: number };
/** How a customer reaches the desk (E7). */
export type Channel = 'email' | 'web' | 'phone' | 'other';
/** What the AI does on a channel: public reply, private draft, or only the mirror. */
export type Mode = 'autopilot' | 'assist' | 'off';
/** What was written, while the ticket does not show it yet; with the first reply the AI agent becomes the responder (A3). */
export type Owed = 'first_reply' | 'reply' | 'draft';
/** Modes in which the AI writes. */
export type WritingMode = Exclude<Mode, 'off'>;
export type SessionStatus = 'open' | 'handed_off' | 'closed_resolved' | 'closed_unresolved';
export type Owner = 'ai' | 'human' | 'none';
export type Author = 'customer' | 'ai' | 'agent' | 'system';
export type Visibility = 'public' | 'private';
export type MessageKind = 'description' | 'reply' | 'note' | 'forward' | 'other';
/** Who a ticket is assigned to, seen from the AI. */
export type Responder = 'none' | 'ai' | 'person';
/** Which part of the intake gate admitted a ticket (E2). */
export type Admission = 'assigned' | 'auto_handle' | 'default_group' | 'backfill';

/** Freshdesk's fixed statuses; everything else, custom or unknown, counts as open (S1). */
export const OPEN = 2;
export const RESOLVED = 4;
const CLOSED = 5;

/** S1: whether Freshdesk considers the ticket done. */
export function isDone(status: number): boolean {
  return status === RESOLVED || status === CLOSED;
}

export function responderOf(responderId: number | null, aiAgentId: number): Responder {
  if (responderId === null) return 'none';
  return responderId === aiAgentId ? 'ai' : 'person';
}

export function ownerOf(responder: Responder): Owner {
  return responder === 'person' ? 'human' : responder;
}

/** The ticket's page in Freshdesk; a real account and the simulator have it at the same place. */
export function ticketPage(baseUrl: string, ticketId: number): string {
  return `${baseUrl.replace(/\/+$/, '')}/a/tickets/${ticketId}`;
}
