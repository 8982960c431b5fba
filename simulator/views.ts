import { attachmentViews } from './attachments.ts';
import { textOf } from './html.ts';
import { mailAddress, nowStamp, mailboxByEmail, primaryMailbox, threadOf, type State } from './state.ts';
import type { Contact, Conversation, StructuredContent, Ticket } from './types.ts';

type Json = Record<string, unknown>;

function structured(key: string, contents: StructuredContent[] | null): Json | null {
  return contents === null ? null : { [key]: contents };
}

function customFields(state: State, ticket: Ticket): Json {
  return Object.fromEntries(state.fields.map((field) => [field.name, ticket.customFields[field.name] ?? null]));
}

/** What every answer about a ticket carries. `deleted` is there only when it is. */
function ticketCore(state: State, ticket: Ticket): Json {
  const dueKnown = nowStamp(state) >= ticket.dueReadyAt;
  return {
    cc_emails: ticket.ccEmails,
    fwd_emails: [],
    reply_cc_emails: ticket.replyCcEmails,
    ticket_cc_emails: ticket.ccEmails,
    ticket_bcc_emails: [],
    fr_escalated: false,
    spam: ticket.spam,
    ...(ticket.deleted ? { deleted: true } : {}),
    email_config_id: ticket.emailConfigId,
    group_id: ticket.groupId,
    priority: ticket.priority,
    requester_id: ticket.requesterId,
    responder_id: ticket.responderId,
    source: ticket.source,
    company_id: null,
    status: ticket.status,
    subject: ticket.subject,
    support_email: ticket.supportEmail,
    to_emails: ticket.toEmails,
    product_id: ticket.productId,
    id: ticket.id,
    type: ticket.type,
    due_by: dueKnown ? ticket.dueBy : null,
    fr_due_by: dueKnown ? ticket.frDueBy : null,
    is_escalated: ticket.isEscalated,
    custom_fields: customFields(state, ticket),
    created_at: ticket.createdAt,
    updated_at: ticket.updatedAt,
    tags: ticket.tags,
    nr_due_by: null,
    nr_escalated: false,
  };
}

function described(ticket: Ticket): Json {
  return {
    description: ticket.description,
    description_text: textOf(ticket.description),
    structured_description: structured('description_contents', ticket.structuredDescription),
  };
}

/** `GET /tickets/:id`. */
export function ticketView(state: State, ticket: Ticket): Json {
  return {
    ...ticketCore(state, ticket),
    ...described(ticket),
    association_type: null,
    attachments: attachmentViews(state, ticket.attachments),
    source_info: null,
    source_additional_info: null,
    sentiment_score: null,
    initial_sentiment_score: null,
  };
}

/** Answer of `POST /tickets` and `PUT /tickets/:id`. */
export function ticketWritten(state: State, ticket: Ticket): Json {
  return {
    ...ticketCore(state, ticket),
    ...described(ticket),
    attachments: attachmentViews(state, ticket.attachments),
    form_id: 298,
  };
}

/** An item of `GET /tickets`: no description, no attachments. */
export function ticketItem(state: State, ticket: Ticket): Json {
  return {
    ...ticketCore(state, ticket),
    association_type: null,
    associated_tickets_count: null,
    structured_description: structured('description_contents', ticket.structuredDescription),
    source_info: null,
    form_id: 298,
  };
}

export function ticketDescription(ticket: Ticket): Json {
  return { description: ticket.description, description_text: textOf(ticket.description) };
}

export function ticketStats(ticket: Ticket): Json {
  const { stats } = ticket;
  return {
    agent_responded_at: stats.agentRespondedAt,
    requester_responded_at: stats.requesterRespondedAt,
    first_responded_at: stats.firstRespondedAt,
    status_updated_at: stats.statusUpdatedAt,
    reopened_at: stats.reopenedAt,
    resolved_at: stats.resolvedAt,
    closed_at: stats.closedAt,
    pending_since: stats.pendingSince,
  };
}

export function requesterView(contact: Contact | undefined): Json | null {
  if (contact === undefined) return null;
  const { id, name, email, mobile, phone } = contact;
  return { id, name, email, mobile, phone };
}

function threadingType(conversation: Conversation): number | null {
  return conversation.source === 0 ? 1 : null;
}

/** An entry of the thread as lists show it, and the answer to a note. */
export function conversationView(state: State, conversation: Conversation): Json {
  return {
    body: conversation.body,
    body_text: textOf(conversation.body),
    structured_body: structured('body_contents', conversation.structuredBody),
    id: conversation.id,
    incoming: conversation.incoming,
    private: conversation.private,
    user_id: conversation.userId,
    support_email: conversation.supportEmail,
    source: conversation.source,
    category: conversation.category,
    to_emails: conversation.toEmails,
    from_email: conversation.fromEmail,
    cc_emails: conversation.ccEmails,
    bcc_emails: conversation.bccEmails.length === 0 ? null : conversation.bccEmails,
    email_failure_count: null,
    outgoing_failures: null,
    thread_id: null,
    thread_message_id: null,
    created_at: conversation.createdAt,
    updated_at: conversation.updatedAt,
    last_edited_at: conversation.lastEditedAt,
    last_edited_user_id: conversation.lastEditedUserId,
    attachments: attachmentViews(state, conversation.attachments),
    automation_id: null,
    automation_type_id: null,
    automation_channel_type: null,
    email_config_id: null,
    auto_response: conversation.autoResponse,
    ticket_id: conversation.ticketId,
    threading_type: threadingType(conversation),
    delivery_details: { failed_emails: [], pending_emails: [] },
    is_offline_note: null,
    source_additional_info: null,
  };
}

/** Answer of `POST /tickets/:id/reply`: it says neither `incoming` nor `private` nor `source`. */
export function replyWritten(state: State, conversation: Conversation): Json {
  return {
    id: conversation.id,
    user_id: conversation.userId,
    from_email: conversation.fromEmail,
    cc_emails: conversation.ccEmails,
    bcc_emails: conversation.bccEmails,
    body: conversation.body,
    body_text: textOf(conversation.body),
    ticket_id: conversation.ticketId,
    to_emails: conversation.toEmails,
    attachments: attachmentViews(state, conversation.attachments),
    source_additional_info: null,
    created_at: conversation.createdAt,
    updated_at: conversation.updatedAt,
  };
}

/** `include=conversations`: the ten oldest, whatever the thread's length. */
export function firstConversations(state: State, ticketId: number): Json[] {
  return threadOf(state, ticketId)
    .slice(0, 10)
    .map((entry) => conversationView(state, entry));
}

export function contactView(contact: Contact): Json {
  return {
    active: false,
    address: null,
    company_id: null,
    view_all_tickets: null,
    description: null,
    email: contact.email,
    id: contact.id,
    job_title: null,
    language: 'en',
    mobile: contact.mobile,
    name: contact.name,
    phone: contact.phone,
    time_zone: 'Eastern Time (US & Canada)',
    twitter_id: null,
    custom_fields: {},
    tags: [],
    other_emails: [],
    facebook_id: null,
    created_at: contact.createdAt,
    updated_at: contact.updatedAt,
    csat_rating: null,
    preferred_source: null,
    first_name: contact.name.split(' ')[0] ?? null,
    last_name: contact.name.split(' ').slice(1).join(' '),
    visitor_id: `visitor-${contact.id}`,
    // Larger than JavaScript counts exactly; the string beside it is the one to use.
    org_contact_id: Number(2_090_099_000_000_000_000n + BigInt(contact.id)),
    org_contact_id_str: String(2_090_099_000_000_000_000n + BigInt(contact.id)),
    unique_external_id: contact.uniqueExternalId,
    avatar: null,
  };
}

/** The sender of replies: the given mailbox, else the account's global support address. */
export function senderOf(state: State, email: string | null): string | null {
  const config = (email === null ? null : mailboxByEmail(state, email)) ?? primaryMailbox(state);
  return config === null ? null : mailAddress(config.name, config.email);
}
