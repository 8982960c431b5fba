import { inlineImages, newAttachment } from './attachments.ts';
import { changeEvent, type TicketChanges } from './changes.ts';
import type { FileInput } from './inputs.ts';
import { mailboxByEmail, nextId, nowStamp, primaryMailbox, stampOf, threadOf, type State } from './state.ts';
import type {
  AccountEvent,
  Conversation,
  CustomValue,
  EventName,
  Performer,
  StructuredContent,
  Ticket,
} from './types.ts';

export const OPEN = 2;
const PENDING = 3;
export const RESOLVED = 4;
export const CLOSED = 5;

export const SOURCE_WEB_CHAT = 15;

const DUE_LAG_MS = 3_000;
const HOUR_MS = 3_600_000;

function emit(state: State, event: AccountEvent): void {
  for (const listener of state.listeners) listener(event);
}

export type NewTicket = {
  subject: string;
  html: string;
  requesterId: number;
  source: number;
  status?: number;
  priority?: number;
  type?: string | null;
  responderId?: number | null;
  groupId?: number | null;
  productId?: number | null;
  supportEmail?: string | null;
  cc?: string[];
  tags?: string[];
  customFields?: Record<string, CustomValue>;
  structured?: StructuredContent[] | null;
  files?: FileInput[];
};

/** Opens a ticket; `html` is stored as it is given. */
export function createTicket(state: State, input: NewTicket, performer: Performer): Ticket {
  const at = nowStamp(state);
  const time = state.now().getTime();
  const mailbox = input.supportEmail ? mailboxByEmail(state, input.supportEmail) : null;
  const attachments = (input.files ?? []).map((file) => newAttachment(state, file));
  state.lastTicketId += 1;
  const status = input.status ?? OPEN;
  const ticket: Ticket = {
    id: state.lastTicketId,
    subject: input.subject,
    description: input.html + inlineImages(state, attachments),
    structuredDescription: input.structured ?? null,
    status,
    priority: input.priority ?? 1,
    source: input.source,
    type: input.type ?? null,
    requesterId: input.requesterId,
    responderId: input.responderId ?? null,
    groupId: input.groupId ?? mailbox?.groupId ?? null,
    productId: input.productId ?? mailbox?.productId ?? null,
    emailConfigId: mailbox?.id ?? null,
    supportEmail: mailbox?.toEmail ?? null,
    toEmails: mailbox === null ? null : [mailbox.toEmail],
    ccEmails: input.cc ?? [],
    replyCcEmails: input.cc ?? [],
    tags: input.tags ?? [],
    customFields: input.customFields ?? {},
    attachments,
    spam: false,
    deleted: false,
    isEscalated: false,
    dueBy: stampOf(new Date(time + 72 * HOUR_MS)),
    frDueBy: stampOf(new Date(time + 8 * HOUR_MS)),
    dueReadyAt: stampOf(new Date(time + DUE_LAG_MS)),
    stats: {
      agentRespondedAt: null,
      requesterRespondedAt: null,
      firstRespondedAt: null,
      statusUpdatedAt: at,
      reopenedAt: null,
      resolvedAt: status === RESOLVED ? at : null,
      closedAt: status === CLOSED ? at : null,
      pendingSince: status === PENDING ? at : null,
    },
    createdAt: at,
    updatedAt: at,
  };
  state.tickets.set(ticket.id, ticket);
  state.threads.set(ticket.id, []);
  emit(state, { ticketId: ticket.id, performer, names: ['created'], triggered: '{ticket_action:created}' });
  return ticket;
}

export type NewConversation = {
  html: string;
  userId: number;
  incoming: boolean;
  private: boolean;
  source: number;
  category: number;
  fromEmail?: string | null;
  toEmails?: string[];
  cc?: string[];
  bcc?: string[];
  autoResponse?: boolean;
  structured?: StructuredContent[] | null;
  files?: FileInput[];
};

function markResponse(ticket: Ticket, conversation: Conversation): void {
  if (conversation.private || conversation.source !== 0) return;
  const at = conversation.createdAt;
  if (conversation.incoming) {
    ticket.stats.requesterRespondedAt = at;
    return;
  }
  ticket.stats.agentRespondedAt = at;
  ticket.stats.firstRespondedAt ??= at;
}

/** Adds to the thread, moves the ticket's `updated_at`, and fires the rules unless `silent`. */
export function addConversation(
  state: State,
  ticket: Ticket,
  input: NewConversation,
  performer: Performer,
  options: { silent?: boolean } = {},
): Conversation {
  const at = nowStamp(state);
  const attachments = (input.files ?? []).map((file) => newAttachment(state, file));
  const conversation: Conversation = {
    id: nextId(state),
    ticketId: ticket.id,
    body: input.html + inlineImages(state, attachments),
    structuredBody: input.structured ?? null,
    incoming: input.incoming,
    private: input.private,
    userId: input.userId,
    source: input.source,
    category: input.category,
    supportEmail: ticket.supportEmail ?? primaryMailbox(state)?.email ?? null,
    fromEmail: input.fromEmail ?? null,
    toEmails: input.toEmails ?? [],
    ccEmails: input.cc ?? [],
    bccEmails: input.bcc ?? [],
    autoResponse: input.autoResponse ?? false,
    attachments,
    createdAt: at,
    updatedAt: at,
    lastEditedAt: null,
    lastEditedUserId: null,
  };
  state.conversations.set(conversation.id, conversation);
  state.threads.set(ticket.id, [...(state.threads.get(ticket.id) ?? []), conversation.id]);
  markResponse(ticket, conversation);
  ticket.updatedAt = at;
  if (options.silent !== true) emitConversation(state, conversation, performer);
  return conversation;
}

function emitConversation(state: State, conversation: Conversation, performer: Performer): void {
  const note = conversation.source === 2;
  const name: EventName = !note ? 'reply_sent' : conversation.private ? 'note_private' : 'note_public';
  const triggered = !note ? '{reply_sent:sent}' : `{note_type:${conversation.private ? 'private' : 'public'}}`;
  emit(state, { ticketId: conversation.ticketId, performer, names: [name], triggered });
}

function differs(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) !== JSON.stringify(after);
}

function stampStatus(ticket: Ticket, before: number, at: string): void {
  const wasDone = before === RESOLVED || before === CLOSED;
  const isDone = ticket.status === RESOLVED || ticket.status === CLOSED;
  ticket.stats.statusUpdatedAt = at;
  if (wasDone && !isDone) ticket.stats.reopenedAt = at;
  ticket.stats.resolvedAt = isDone ? (ticket.stats.resolvedAt ?? at) : null;
  ticket.stats.closedAt = ticket.status === CLOSED ? at : null;
  ticket.stats.pendingSince = ticket.status === PENDING ? at : null;
}

/** Applies what differs; an update that changes nothing leaves `updated_at` alone and fires no rule. */
export function updateTicket(state: State, ticket: Ticket, changes: TicketChanges, performer: Performer): boolean {
  const at = nowStamp(state);
  const before = { ...ticket };
  const keys = (Object.keys(changes) as (keyof TicketChanges)[]).filter((key) => differs(ticket[key], changes[key]));
  if (keys.length === 0) return false;
  Object.assign(ticket, Object.fromEntries(keys.map((key) => [key, changes[key]])));
  ticket.updatedAt = at;
  if (keys.includes('status')) stampStatus(ticket, before.status, at);
  const events = keys.map((key) => changeEvent(key, before[key], ticket[key]));
  const names: EventName[] = [...new Set([...events.map((event) => event.name), 'updated' as const])];
  emit(state, { ticketId: ticket.id, performer, names, triggered: events[0]?.triggered ?? '{ticket_action:update}' });
  return true;
}

/** A system job touched the ticket: `updated_at` moves and nobody wrote. */
export function touchTicket(state: State, ticket: Ticket): void {
  ticket.updatedAt = nowStamp(state);
  emit(state, {
    ticketId: ticket.id,
    performer: { type: 'system' },
    names: ['updated'],
    triggered: '{ticket_action:update}',
  });
}

/** A note's new text. The ticket's `updated_at` does not move and no rule fires. */
export function editConversation(state: State, conversation: Conversation, html: string, editorId: number): void {
  const at = nowStamp(state);
  conversation.body = html;
  conversation.updatedAt = at;
  conversation.lastEditedAt = at;
  conversation.lastEditedUserId = editorId;
}

/** The entry vanishes from the thread; the ticket's `updated_at` does not move and no rule fires. */
export function removeConversation(state: State, conversation: Conversation): void {
  state.conversations.delete(conversation.id);
  const thread = state.threads.get(conversation.ticketId) ?? [];
  state.threads.set(
    conversation.ticketId,
    thread.filter((id) => id !== conversation.id),
  );
}

/** Moves the secondary tickets' threads into the primary one, interleaved by time, and closes them. */
export function mergeTickets(state: State, primary: Ticket, secondaries: Ticket[], performer: Performer): void {
  const author = performer.type === 'system' ? 0 : performer.id;
  for (const secondary of secondaries) {
    const moved = threadOf(state, secondary.id);
    for (const conversation of moved) conversation.ticketId = primary.id;
    const merged = [...threadOf(state, primary.id), ...moved];
    merged.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id - b.id);
    state.threads.set(
      primary.id,
      merged.map((conversation) => conversation.id),
    );
    state.threads.set(secondary.id, []);
    const note = (html: string) =>
      ({ html, userId: author, incoming: false, private: true, source: 2, category: 1 }) satisfies NewConversation;
    const text = `Ticket with ID ${secondary.id} is merged into this ticket.<br><br>Subject: ${secondary.subject}<br><br>`;
    addConversation(state, primary, note(`<div>${text}${secondary.description}</div>`), performer);
    addConversation(
      state,
      secondary,
      note(`<div>This ticket is closed and merged into ticket ${primary.id}</div>`),
      performer,
    );
    updateTicket(state, secondary, { status: CLOSED }, performer);
  }
}
