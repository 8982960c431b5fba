import { plainText } from '../ai/plain-text.ts';
import { SOURCE } from '../domain/channel.ts';
import { keptCopies } from '../domain/senders.ts';
import type { ReplyBody, Ticket } from '../freshdesk/client.ts';
import type { Rejected } from '../freshdesk/errors.ts';
import type { Account } from './deps.ts';

type Addressed = Pick<Ticket, 'source' | 'supportEmail' | 'replyCcEmails'>;

/**
 * What the customer is told, in the form the ticket takes: a web chat's takes text (A7); a mail leaves from the address the
 * ticket came to, and goes to whom the thread has in copy (A8).
 */
export function replyBodyFor(
  ticket: Addressed,
  html: string,
  { connection, settings }: Account,
  requesterEmail: string | null,
): ReplyBody {
  if (ticket.source === SOURCE.webChat) return { structuredText: plainText(html) };
  const ours = [...connection.supportEmails, connection.agent.email, ticket.supportEmail ?? ''];
  const unwanted = { blocklist: settings.blocklist, ownAddresses: ours.filter((address) => address !== '') };
  const ccEmails = settings.reply.cc === 'keep' ? keptCopies(ticket.replyCcEmails, requesterEmail, unwanted) : [];
  return {
    html,
    ...(ticket.supportEmail === null ? {} : { fromEmail: ticket.supportEmail }),
    ...(ccEmails.length === 0 ? {} : { ccEmails }),
  };
}

/** A8, A6: the same words without the sender or the copies that Freshdesk refused; null when the refusal is about something else. */
export function withoutRefused(body: ReplyBody, refusal: Rejected): ReplyBody | null {
  if (!('html' in body)) return null;
  const refused = refusal.fields.map(({ field }) => field.replace(/\[\d*\]$/, ''));
  const { fromEmail, ccEmails, ...rest } = body;
  const left: ReplyBody = {
    ...rest,
    ...(fromEmail === undefined || refused.includes('from_email') ? {} : { fromEmail }),
    ...(ccEmails === undefined || refused.includes('cc_emails') ? {} : { ccEmails }),
  };
  const helps = refused.length > 0 && refused.every((field) => field === 'from_email' || field === 'cc_emails');
  return helps && Object.keys(left).length < Object.keys(body).length ? left : null;
}
