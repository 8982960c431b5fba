import { addressOf } from '../../domain/senders.ts';
import {
  ABOUT_MAIL,
  ABSENT,
  ACKNOWLEDGED,
  ACKNOWLEDGES,
  ASKS,
  AUTO_REPLY_SUBJECT,
  AUTO_REPLY_TEXT,
  BOUNCE_CLAIM,
  BOUNCE_NAME,
  BOUNCE_SENDER,
  BOUNCE_SUBJECT,
  BOUNCE_TEXT,
  CLOSED_MAILBOX,
  FEEDBACK_SUBJECT,
  FEEDBACK_TEXT,
  LIST_SENDER,
  NEW_ADDRESS,
  NO_REPLY_SENDER,
  READ_RECEIPT_SUBJECT,
  READ_RECEIPT_TEXT,
  SERVER_WORDS,
  UNSUBSCRIBE,
  VIEW_IN_BROWSER,
} from './automatic.ts';
import { isForwarded } from './clean.ts';
import { folded, visible } from './text.ts';

/** Why a customer-side message is never answered. */
export type IgnoreReason = { rule: 'E8'; why: 'auto_reply' | 'bounce' | 'feedback_report' | 'newsletter' | 'empty' };

export type IncomingMessage = {
  /** Freshdesk's own flag; null where it says nothing. */
  autoResponse: boolean | null;
  fromEmail: string | null;
  /** The ticket's subject for its description; null or empty for a reply, which has none of its own. */
  subject: string | null;
  /** Clean text. */
  text: string;
  html: string;
  /** A message that is only a file is not empty. */
  hasAttachments: boolean;
};

/** What a mail begins with decides; further down people quote. */
const BEGINNING = 1_500;
const TAIL = 3_000;
/** Nobody writes an absence note longer than this. */
const MAX_NOTE = 2_500;

/**
 * Why a message of the customer's side is only mirrored (E8), or null. Built on what Freshdesk gives: its own flag, the
 * sender, the subject. In doubt it is null, because a person's message must never be dropped: an absence mentioned in the
 * text, or an unsubscribe link in a quoted newsletter, is no reason.
 */
export function ignoreReason(message: IncomingMessage): IgnoreReason | null {
  const why = whyIgnored(message);
  return why === null ? null : { rule: 'E8', why };
}

function whyIgnored(message: IncomingMessage): IgnoreReason['why'] | null {
  const subject = folded((message.subject ?? '').slice(0, 500)).replace(/^[\s*#[\]()-]+/, '');
  const text = folded(message.text.slice(0, BEGINNING)).replace(/^[\s*#=_>.-]+/, '');
  const sender = folded((message.fromEmail ?? '').slice(0, 500));
  if (FEEDBACK_TEXT.test(text) || FEEDBACK_SUBJECT.test(subject)) return 'feedback_report';
  if (isBounce(sender, subject, text)) return 'bounce';
  if (isNewsletter(sender, message)) return 'newsletter';
  if (message.autoResponse === true || NO_REPLY_SENDER.test(addressOf(sender))) return 'auto_reply';
  if (isAutoReply(subject, text, message.text)) return 'auto_reply';
  return isEmpty(message) ? 'empty' : null;
}

function isBounce(sender: string, subject: string, text: string): boolean {
  return (
    BOUNCE_SENDER.test(addressOf(sender)) ||
    BOUNCE_NAME.test(sender) ||
    BOUNCE_SUBJECT.test(subject) ||
    BOUNCE_TEXT.test(text) ||
    (BOUNCE_CLAIM.test(text) && SERVER_WORDS.test(text))
  );
}

function isAutoReply(subject: string, text: string, whole: string): boolean {
  if (AUTO_REPLY_SUBJECT.test(subject) || AUTO_REPLY_TEXT.test(text)) return true;
  if (READ_RECEIPT_SUBJECT.test(subject) && READ_RECEIPT_TEXT.test(text)) return true;
  if (whole.length > MAX_NOTE || ASKS.test(text)) return false;
  return (
    (ABSENT.test(text) && ABOUT_MAIL.test(text)) ||
    (ACKNOWLEDGES.test(text) && ACKNOWLEDGED.test(text)) ||
    CLOSED_MAILBOX.test(text) ||
    NEW_ADDRESS.test(text)
  );
}

/** One that a customer forwards is their question. */
function isNewsletter(sender: string, { subject, text, html }: IncomingMessage): boolean {
  if (isForwarded({ subject: subject ?? '', text })) return false;
  if (LIST_SENDER.test(addressOf(sender)) && UNSUBSCRIBE.test(folded(html.slice(-50_000)))) return true;
  return VIEW_IN_BROWSER.test(folded(text.slice(0, 300))) && UNSUBSCRIBE.test(folded(text.slice(-TAIL)));
}

function isEmpty({ subject, text, html, hasAttachments }: IncomingMessage): boolean {
  const shown = visible(`${subject ?? ''}${text}`).trim();
  return shown === '' && !hasAttachments && !/<img\b/i.test(html);
}
