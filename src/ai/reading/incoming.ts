import type { Suspicion } from '../../domain/ignored.ts';
import { addressOf } from '../../domain/senders.ts';
import {
  ABOUT_MAIL,
  ABSENT,
  ASKS,
  AUTO_REPLY_SUBJECT,
  AUTO_REPLY_TEXT,
  BOUNCE_CLAIM,
  BOUNCE_NAME,
  BOUNCE_SENDER,
  BOUNCE_SUBJECT,
  BOUNCE_TEXT,
  FEEDBACK_SUBJECT,
  FEEDBACK_TEXT,
  LIST_SENDER,
  MAYBE_AUTO_REPLY_SUBJECT,
  NO_REPLY_SENDER,
  NOBODY_READS,
  REPORTS,
  SERVER_WORDS,
  SUBJECT_PREFIX,
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
 * sender, the subject, the text; two of them have to say it, or a text that no person writes. In doubt it is null, because a
 * person's message must never be dropped: `suspicionOf` then says what there is.
 */
export function ignoreReason(message: IncomingMessage): IgnoreReason | null {
  const why = whyIgnored(message, readMarks(message));
  return why === null ? null : { rule: 'E8', why };
}

/** What makes people look at a message that is not dropped; null where nothing does. */
export function suspicionOf(message: IncomingMessage): Suspicion | null {
  const marks = readMarks(message);
  if (message.autoResponse === true) return 'flag';
  if (marks.noReply || marks.bounceName || LIST_SENDER.test(marks.address)) return 'sender';
  return marks.autoSubject || marks.maybeAutoSubject || marks.bounceSubject ? 'subject' : null;
}

type Marks = ReturnType<typeof readMarks>;

function readMarks({ subject, text, fromEmail }: IncomingMessage) {
  const whole = folded((subject ?? '').slice(0, 500));
  // With stars around it a subject may be the mark itself.
  const subjects = [whole, whole.replace(SUBJECT_PREFIX, '')].map((one) => one.replace(/^[\s*#[\]()-]+/, ''));
  const begins = (pattern: RegExp) => subjects.some((one) => pattern.test(one));
  const sender = folded((fromEmail ?? '').slice(0, 500));
  const address = addressOf(sender);
  const beginning = folded(text.slice(0, BEGINNING)).replace(/^[\s*#=_>.-]+/, '');
  return {
    subjects,
    address,
    beginning,
    asks: ASKS.test(beginning),
    noReply: NO_REPLY_SENDER.test(address),
    nullSender: fromEmail?.trim() === '<>' || BOUNCE_SENDER.test(address),
    bounceName: BOUNCE_NAME.test(sender),
    bounceSubject: begins(BOUNCE_SUBJECT),
    autoSubject: begins(AUTO_REPLY_SUBJECT),
    maybeAutoSubject: begins(MAYBE_AUTO_REPLY_SUBJECT),
  };
}

function whyIgnored(message: IncomingMessage, marks: Marks): IgnoreReason['why'] | null {
  const { beginning, subjects } = marks;
  if (FEEDBACK_TEXT.test(beginning) || subjects.some((subject) => FEEDBACK_SUBJECT.test(subject)))
    return 'feedback_report';
  if (isBounce(message, marks)) return 'bounce';
  if (isNewsletter(marks, message)) return 'newsletter';
  if (isAutoReply(message, marks)) return 'auto_reply';
  return isEmpty(message) ? 'empty' : null;
}

function isBounce({ text }: IncomingMessage, marks: Marks): boolean {
  const { beginning, nullSender, bounceName, bounceSubject } = marks;
  if (nullSender || BOUNCE_TEXT.test(beginning)) return true;
  const technical = SERVER_WORDS.test(folded(text.slice(0, TAIL)));
  const claimed = bounceName || bounceSubject || BOUNCE_CLAIM.test(beginning);
  return (claimed && technical) || (bounceName && bounceSubject) || (bounceSubject && text.trim() === '');
}

function isAutoReply({ autoResponse, text }: IncomingMessage, marks: Marks): boolean {
  const { beginning, asks, subjects } = marks;
  if (AUTO_REPLY_TEXT.test(beginning)) return true;
  const subjected = (pattern: RegExp) => subjects.some((subject) => pattern.test(subject));
  if (REPORTS.some(([subject, body]) => subjected(subject) && body.test(beginning))) return true;
  if (text.length > MAX_NOTE || asks) return false;
  const says = ABSENT.test(beginning) || ABOUT_MAIL.test(beginning);
  const signs = [autoResponse === true, marks.noReply, marks.autoSubject || marks.maybeAutoSubject, says];
  return (
    marks.autoSubject ||
    signs.filter(Boolean).length >= 2 ||
    (ABSENT.test(beginning) && ABOUT_MAIL.test(beginning)) ||
    NOBODY_READS.some((pattern) => pattern.test(beginning))
  );
}

/** One that a customer forwards is their question. */
function isNewsletter({ address, asks }: Marks, { subject, text, html }: IncomingMessage): boolean {
  if (isForwarded({ subject: subject ?? '', text })) return false;
  if (!asks && LIST_SENDER.test(address) && UNSUBSCRIBE.test(folded(html.slice(-50_000)))) return true;
  return VIEW_IN_BROWSER.test(folded(text.slice(0, 300))) && UNSUBSCRIBE.test(folded(text.slice(-TAIL)));
}

function isEmpty({ subject, text, html, hasAttachments }: IncomingMessage): boolean {
  const shown = visible(`${subject ?? ''}${text}`).trim();
  return shown === '' && !hasAttachments && !/<img\b/i.test(html);
}
