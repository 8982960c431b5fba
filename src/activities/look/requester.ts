import type { Session } from '../../db/conversations/session-row.ts';
import { personOf } from '../../domain/contact.ts';
import { addressOf } from '../../domain/senders.ts';
import type { Conversation, Requester, Ticket } from '../../freshdesk/client.ts';
import type { Account } from '../../accounts/accounts.ts';
import type { ActivityDeps } from '../deps.ts';

type KnownRequester = Pick<Session, 'requesterEmail' | 'contactId'>;
type Read = { ticket: Ticket; entries: readonly Conversation[]; whole: boolean };

const NOBODY: KnownRequester = { requesterEmail: null, contactId: null };

/**
 * Who asks on the ticket: by address, for what is never answered (E8), and as a contact (K1). Freshdesk is asked when the
 * ticket is first tracked and when its requester is another one; a ticket that the gate refuses costs no such call. While
 * they are not known, their next mail tells, or else the next reading of the whole thread asks again.
 */
export async function requesterOf(
  deps: ActivityDeps,
  { connection, freshdesk }: Account,
  { ticket, entries, whole }: Read,
  session: (KnownRequester & Pick<Session, 'requesterId'>) | null,
): Promise<KnownRequester> {
  if (ticket.requesterId === null) return NOBODY;
  const known = session?.requesterId === ticket.requesterId ? session : null;
  if (known !== null && known.contactId !== null) {
    return { requesterEmail: known.requesterEmail, contactId: known.contactId };
  }
  const requester =
    known === null || whole
      ? (ticket.requester ?? (await freshdesk.ticket(ticket.id, { requester: true })).value.requester)
      : senderOf(ticket, entries);
  const person = requester === undefined ? null : personOf(requester);
  return {
    requesterEmail: requester?.email ?? known?.requesterEmail ?? null,
    contactId: person === null ? null : await deps.contacts.of(connection.id, person),
  };
}

/** The requester as the newest of their mails shows them. */
function senderOf({ requesterId }: Ticket, entries: readonly Conversation[]): Requester | undefined {
  const mail = entries.findLast((entry) => entry.userId === requesterId && entry.incoming && entry.fromEmail !== null);
  return mail?.fromEmail == null
    ? undefined
    : { email: addressOf(mail.fromEmail), phone: null, mobile: null, name: null };
}
