import { cleanText, isForwarded, sanitizeForDisplay } from '../ai/clean.ts';
import { ignoreReason } from '../ai/incoming.ts';
import type { MirroredMessage } from '../db/messages.ts';
import { descriptionWrittenBy } from '../domain/channel.ts';
import type { Author, MessageKind } from '../domain/ticket.ts';
import type { Conversation, Ticket } from '../freshdesk/client.ts';

/** Freshdesk's numbers for where an entry of the thread comes from. */
const NOTE = 2;
const SURVEY = 6;
const FORWARD = 8;

/** The ticket's description as the first message of the thread (E7: who wrote it depends on the source). */
export function descriptionMessage(ticket: Ticket): MirroredMessage {
  const writtenBy = descriptionWrittenBy(ticket.source);
  const keepQuote = isForwarded({ subject: ticket.subject, text: ticket.descriptionText });
  const text = cleanText(ticket.descriptionHtml, { keepQuote });
  const author = writtenBy === 'desk' ? 'agent' : 'customer';
  const mail = {
    autoResponse: null,
    fromEmail: null,
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
    ignored: author === 'customer' ? ignoreReason(mail) : null,
    attachments: ticket.attachments.map(({ id, name, contentType, size }) => ({ id, name, contentType, size })),
    createdAtMs: ticket.createdAtMs,
    updatedAtMs: ticket.createdAtMs,
  };
}

/** An entry of the thread; what is the AI's is known by the agent's id alone, never by a name (I4). */
export function conversationMessage(entry: Conversation, aiAgentId: number): MirroredMessage {
  const author = authorOf(entry, aiAgentId);
  const kind = kindOf(entry);
  const text = cleanText(entry.html);
  return {
    seq: entry.id,
    author,
    visibility: entry.private ? 'private' : 'public',
    kind,
    userId: entry.userId,
    html: sanitizeForDisplay(entry.html),
    text,
    ignored: author === 'customer' ? neverAnswered(entry, kind, text) : null,
    attachments: entry.attachments.map(({ id, name, contentType, size }) => ({ id, name, contentType, size })),
    createdAtMs: entry.createdAtMs,
    updatedAtMs: entry.updatedAtMs,
  };
}

function authorOf(entry: Conversation, aiAgentId: number): Author {
  if (entry.userId === aiAgentId) return 'ai';
  if (entry.incoming) return 'customer';
  return entry.userId === null || entry.automationId !== null ? 'system' : 'agent';
}

function kindOf(entry: Conversation): MessageKind {
  if (entry.source === FORWARD) return 'forward';
  if (entry.private || entry.source === NOTE) return 'note';
  return entry.source === SURVEY ? 'other' : 'reply';
}

/** E8: what a customer's side sends that is no question. The ticket's subject says nothing about a later mail. */
function neverAnswered(entry: Conversation, kind: MessageKind, text: string): MirroredMessage['ignored'] {
  if (entry.private) return { rule: 'E8', why: 'note' };
  if (kind === 'forward') return { rule: 'E8', why: 'forward' };
  if (entry.source === SURVEY) return { rule: 'E8', why: 'survey' };
  return ignoreReason({
    autoResponse: entry.autoResponse,
    fromEmail: entry.fromEmail,
    subject: null,
    text,
    html: entry.html,
    hasAttachments: entry.attachments.length > 0,
  });
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
    ignored: null,
    attachments: [],
    createdAtMs: posted.createdAtMs,
    updatedAtMs: posted.createdAtMs,
  };
}
