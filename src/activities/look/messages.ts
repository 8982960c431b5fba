import { cleanText, isForwarded, sanitizeForDisplay } from '../../ai/reading/clean.ts';
import { ignoreReason, suspicionOf, type IncomingMessage } from '../../ai/reading/incoming.ts';
import type { MessageFile } from '../../db/conversations/attachments.ts';
import type { MirroredMessage } from '../../db/conversations/messages.ts';
import { descriptionWrittenBy } from '../../domain/channel.ts';
import type { IgnoredWhy } from '../../domain/ignored.ts';
import { unwantedSender, type UnwantedSenders } from '../../domain/senders.ts';
import type { Author, MessageKind } from '../../domain/ticket.ts';
import type { Attachment, Conversation, Ticket } from '../../freshdesk/client.ts';
import { inlineImages } from '../../freshdesk/inline-images.ts';
import type { Account } from '../../accounts/accounts.ts';

/** Freshdesk's numbers for where an entry of the thread comes from. */
const NOTE = 2;
const SURVEY = 6;
const FORWARD = 8;

/** Who is who on a ticket. */
export type People = {
  aiAgentId: number;
  /** Who the ticket is assigned to, be it a person or the AI. */
  responderId: number | null;
  requesterId: number | null;
  requesterEmail: string | null;
  unwanted: UnwantedSenders;
  /** Where the account is: its own inline images are files of the message. */
  baseUrl: string;
};

export function peopleOf({ connection, settings }: Account, ticket: Ticket, requesterEmail: string | null): People {
  const { supportEmail } = ticket;
  return {
    aiAgentId: connection.agent.id,
    responderId: ticket.responderId,
    requesterId: ticket.requesterId,
    requesterEmail,
    baseUrl: connection.baseUrl,
    unwanted: {
      blocklist: settings.blocklist,
      ownAddresses: [...connection.supportEmails, ...(supportEmail === null ? [] : [supportEmail])],
    },
  };
}

/** The ticket's description as the first message of the thread (E7: who wrote it depends on the source). */
export function descriptionMessage(ticket: Ticket, people: People): MirroredMessage {
  const writtenBy = descriptionWrittenBy(ticket.source);
  const keepQuote = isForwarded({ subject: ticket.subject, text: ticket.descriptionText });
  const text = cleanText(ticket.descriptionHtml, { keepQuote });
  const author = writtenBy === 'desk' ? 'agent' : 'customer';
  const mail = {
    autoResponse: null,
    fromEmail: people.requesterEmail,
    subject: ticket.subject,
    text,
    html: ticket.descriptionHtml,
    hasAttachments: ticket.attachments.length > 0,
  };
  return {
    seq: 0,
    author,
    visibility: 'public',
    kind: 'description',
    userId: author === 'customer' ? ticket.requesterId : null,
    html: sanitizeForDisplay(ticket.descriptionHtml),
    text,
    ...(author === 'customer' ? judged(mail, people) : WANTED),
    attachments: ticket.attachments.map(({ id, name, contentType, size }) => ({ id, name, contentType, size })),
    files: messageFiles(ticket.attachments, ticket.descriptionHtml, people.baseUrl),
    createdAtMs: ticket.createdAtMs,
    updatedAtMs: ticket.createdAtMs,
  };
}

/** An entry of the thread; what is the AI's is known by the agent's id alone, never by a name (I4). */
export function conversationMessage(entry: Conversation, people: People): MirroredMessage {
  const author = authorOf(entry, people);
  const kind = kindOf(entry);
  const text = cleanText(entry.html, { keepForwarded: true });
  return {
    seq: entry.id,
    author,
    visibility: entry.private ? 'private' : 'public',
    kind,
    userId: entry.userId,
    html: sanitizeForDisplay(entry.html),
    text,
    ...(author === 'customer' ? judgedEntry(entry, kind, text, people) : WANTED),
    attachments: entry.attachments.map(({ id, name, contentType, size }) => ({ id, name, contentType, size })),
    files: messageFiles(entry.attachments, entry.html, people.baseUrl),
    createdAtMs: entry.createdAtMs,
    updatedAtMs: entry.updatedAtMs,
  };
}

/** F1: what is to be copied of a message: its attachments, and the images that its HTML shows. */
export function messageFiles(attachments: readonly Attachment[], html: string, baseUrl: string): MessageFile[] {
  const attached = attachments.map(({ id, name, contentType, size, url }) => ({
    id,
    inline: false,
    name,
    contentType,
    size,
    link: url === '' ? null : url,
  }));
  const known = new Set(attached.map((file) => file.id));
  const shown = inlineImages(html, baseUrl)
    .filter((image) => !known.has(image.id))
    .map(({ id, name, url }) => ({ id, inline: true, name, contentType: 'image/*', size: 0, link: url }));
  return [...attached, ...shown];
}

/** Whoever the ticket is assigned to is on the desk's side, however the entry came in; unless it is their own ticket. */
function authorOf(entry: Conversation, { aiAgentId, responderId, requesterId }: People): Author {
  if (entry.userId === aiAgentId) return 'ai';
  const byResponder = entry.userId !== null && entry.userId === responderId && entry.userId !== requesterId;
  if (entry.incoming && !byResponder) return 'customer';
  return entry.userId === null || entry.automationId !== null ? 'system' : 'agent';
}

function kindOf(entry: Conversation): MessageKind {
  if (entry.source === FORWARD) return 'forward';
  if (entry.private || entry.source === NOTE) return 'note';
  return entry.source === SURVEY ? 'other' : 'reply';
}

type Judged = Pick<MirroredMessage, 'ignored' | 'suspected'>;

const WANTED: Judged = { ignored: null, suspected: null };

/** E8: what a customer's side sends that is no question. The ticket's subject says nothing about a later mail. */
function judgedEntry(entry: Conversation, kind: MessageKind, text: string, people: People): Judged {
  if (kind === 'forward' || kind === 'note') return never(kind);
  if (entry.source === SURVEY) return never('survey');
  const fromEmail = entry.fromEmail ?? (entry.userId === people.requesterId ? people.requesterEmail : null);
  const { autoResponse, html, attachments } = entry;
  return judged({ autoResponse, fromEmail, subject: null, text, html, hasAttachments: attachments.length > 0 }, people);
}

/** What is neither unwanted nor surely automatic may be answered; what looks automatic is for people to look at (N8). */
function judged(mail: IncomingMessage, people: People): Judged {
  const ignored = unwanted(mail.fromEmail, people) ?? ignoreReason(mail);
  return { ignored, suspected: ignored === null ? suspicionOf(mail) : null };
}

function never(why: IgnoredWhy): Judged {
  return { ignored: { rule: 'E8', why }, suspected: null };
}

function unwanted(fromEmail: string | null, people: People): MirroredMessage['ignored'] {
  const why = unwantedSender(fromEmail, people.unwanted);
  return why === null ? null : { rule: 'E8', why };
}

/** What we have just written, as it will come back. */
export function ownMessage(
  posted: { id: number; createdAtMs: number },
  html: string,
  visibility: 'public' | 'private',
  aiAgentId: number,
): MirroredMessage {
  return {
    seq: posted.id,
    author: 'ai',
    visibility,
    kind: visibility === 'public' ? 'reply' : 'note',
    userId: aiAgentId,
    html: sanitizeForDisplay(html),
    text: cleanText(html),
    ...WANTED,
    attachments: [],
    files: [],
    createdAtMs: posted.createdAtMs,
    updatedAtMs: posted.createdAtMs,
  };
}
