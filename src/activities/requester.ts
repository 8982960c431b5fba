import type { Session } from '../db/sessions.ts';
import { personOf } from '../domain/contact.ts';
import type { Ticket } from '../freshdesk/client.ts';
import type { Account, ActivityDeps } from './deps.ts';

type KnownRequester = Pick<Session, 'requesterEmail' | 'contactId'>;

/** K1: nobody knows yet who asks on this tracked ticket: its next reading says what Freshdesk knows, for one credit more. */
export function isRequesterOpen({ contactId, requesterId }: Pick<Session, 'contactId' | 'requesterId'>): boolean {
  return contactId === null && requesterId !== null;
}

/**
 * Who asks on the ticket: by address, for what is never answered (E8), and as a contact (K1). Read when the ticket is first
 * tracked, when its requester is another one, and while they are not known; a ticket that the gate refuses costs no such call.
 */
export async function requesterOf(
  deps: ActivityDeps,
  { connection, freshdesk }: Account,
  ticket: Ticket,
  session: (KnownRequester & Pick<Session, 'requesterId'>) | null,
): Promise<KnownRequester> {
  if (ticket.requesterId === null) return { requesterEmail: null, contactId: null };
  if (session !== null && session.requesterId === ticket.requesterId && !isRequesterOpen(session)) {
    const { requesterEmail, contactId } = session;
    return { requesterEmail, contactId };
  }
  const requester = ticket.requester ?? (await freshdesk.ticket(ticket.id, { requester: true })).value.requester;
  const person = requester === undefined ? null : personOf(requester);
  return {
    requesterEmail: requester?.email ?? null,
    contactId: person === null ? null : await deps.contacts.of(connection.id, person),
  };
}
