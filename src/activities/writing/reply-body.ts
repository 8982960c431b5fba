import { plainText } from '../../ai/answering/plain-text.ts';
import { SOURCE } from '../../domain/channel.ts';
import { replyAddress } from '../../domain/mailboxes.ts';
import { keptCopies } from '../../domain/senders.ts';
import type { ReplyBody, Ticket } from '../../freshdesk/client.ts';
import type { Rejected } from '../../freshdesk/errors.ts';
import type { Account } from '../../accounts/accounts.ts';

type Addressed = Pick<Ticket, 'source' | 'emailConfigId' | 'supportEmail' | 'replyCcEmails'>;

/**
 * What the customer is told, in the form the ticket takes: a web chat's takes text (A7); a mail leaves from the mailbox the
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
  const fromEmail = replyAddress(connection.mailboxes, ticket);
  return {
    html,
    ...(fromEmail === null ? {} : { fromEmail }),
    ...(ccEmails.length === 0 ? {} : { ccEmails }),
  };
}

/**
 * A8, F4, A6: the same words without the sender, the copies or the files that Freshdesk refused; null when the refusal is
 * about something else.
 */
export function withoutRefused(body: ReplyBody, refusal: Rejected): ReplyBody | null {
  const refused = new Set(refusal.fields.map(({ field }) => OPTIONAL[field.replace(/\[\d*\]$/, '')] ?? null));
  if (isTooLarge(refusal)) refused.add('files');
  if (refused.size === 0 || refused.has(null)) return null;
  const left = Object.fromEntries(Object.entries(body).filter(([name]) => !refused.has(name))) as ReplyBody;
  return Object.keys(left).length < Object.keys(body).length ? left : null;
}

/** What a reply can do without, by Freshdesk's names for it. */
const OPTIONAL: Readonly<Record<string, string>> = {
  from_email: 'fromEmail',
  cc_emails: 'ccEmails',
  attachments: 'files',
};

/** F4: whether it is the files that were refused. */
export function refusesFiles(refusal: Rejected): boolean {
  return isTooLarge(refusal) || refusal.fields.some(({ field }) => field.replace(/\[\d*\]$/, '') === 'attachments');
}

/** Said by whatever stands in front of Freshdesk, in no shape of Freshdesk's. */
function isTooLarge({ status, fields }: Rejected): boolean {
  return status === 413 && fields.length === 0;
}
