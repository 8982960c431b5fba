import { z } from 'zod';
import { count, flag, id, idOrNull, orNull, strings, text, textOrNull, time, timeOrNull, usable } from './tolerant.ts';

/** An answer with Freshdesk's clock (the `Date` header, whole seconds) at the moment it was given. */
export type At<T> = { value: T; atMs: number };

/** `url` is signed for 5 minutes from the answer on: read the ticket again for a fresh one (F1). */
const attachment = z
  .object({ id, name: text, content_type: text, size: count, file_size: count, attachment_url: text })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    contentType: raw.content_type,
    size: raw.size ?? raw.file_size ?? 0,
    url: raw.attachment_url,
  }));
export type Attachment = z.output<typeof attachment>;

const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
type FieldValue = z.output<typeof fieldValue>;

const customFields = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(null)
  .transform((raw) => {
    const scalars: Record<string, FieldValue> = {};
    for (const [name, value] of Object.entries(raw ?? {})) {
      const parsed = fieldValue.safeParse(value);
      if (parsed.success) scalars[name] = parsed.data;
    }
    return scalars;
  });

const ticketStats = z
  .object({ resolved_at: timeOrNull, closed_at: timeOrNull })
  .transform((raw) => ({ resolvedAtMs: raw.resolved_at, closedAtMs: raw.closed_at }));
const requester = z.object({ email: textOrNull, phone: textOrNull, mobile: textOrNull, name: textOrNull });
export type Requester = z.output<typeof requester>;

export const ticketPayload = z
  .object({
    id,
    subject: text,
    description: text,
    description_text: text,
    status: z.number().int(),
    priority: z.number().int().catch(1),
    /** 0 is no source of Freshdesk's: its channel is `other`, which is not answered unless the settings say so (E7). */
    source: z.number().int().catch(0),
    type: textOrNull,
    requester_id: idOrNull,
    responder_id: idOrNull,
    group_id: idOrNull,
    product_id: idOrNull,
    company_id: idOrNull,
    email_config_id: idOrNull,
    spam: flag,
    deleted: flag,
    tags: strings,
    support_email: textOrNull,
    to_emails: strings,
    cc_emails: strings,
    reply_cc_emails: strings.optional(),
    custom_fields: customFields,
    attachments: usable(attachment),
    created_at: time,
    updated_at: timeOrNull,
    stats: ticketStats.optional().catch(undefined),
    requester: requester.nullish().catch(undefined),
  })
  .transform((raw) => ({
    id: raw.id,
    subject: raw.subject,
    descriptionHtml: raw.description,
    descriptionText: raw.description_text,
    status: raw.status,
    priority: raw.priority,
    source: raw.source,
    type: raw.type,
    /** Null when the requester was deleted for good. */
    requesterId: raw.requester_id,
    responderId: raw.responder_id,
    groupId: raw.group_id,
    productId: raw.product_id,
    companyId: raw.company_id,
    emailConfigId: raw.email_config_id,
    spam: raw.spam,
    deleted: raw.deleted,
    tags: raw.tags,
    supportEmail: raw.support_email,
    toEmails: raw.to_emails,
    /** Whom a reply goes to in copy: the newest mail's list where Freshdesk keeps one, else the first mail's. */
    replyCcEmails: raw.reply_cc_emails ?? raw.cc_emails,
    ccEmails: raw.cc_emails,
    customFields: raw.custom_fields,
    attachments: raw.attachments,
    createdAtMs: raw.created_at,
    updatedAtMs: raw.updated_at ?? raw.created_at,
    ...(raw.stats === undefined ? {} : { stats: raw.stats }),
    /** Only where it was asked for; e-mail null for one who only called, say. */
    ...(raw.requester == null ? {} : { requester: raw.requester }),
  }));
export type Ticket = z.output<typeof ticketPayload>;

/** A ticket as lists show it: without description and files; what tells whether it is ours, and whether it changed. */
const ticketItemPayload = z
  .object({
    id,
    status: z.number().int(),
    responder_id: idOrNull,
    group_id: idOrNull,
    product_id: idOrNull,
    tags: strings,
    created_at: time,
    updated_at: timeOrNull,
  })
  .transform((raw) => ({
    id: raw.id,
    status: raw.status,
    responderId: raw.responder_id,
    groupId: raw.group_id,
    productId: raw.product_id,
    tags: raw.tags,
    updatedAtMs: raw.updated_at ?? raw.created_at,
  }));
export type TicketItem = z.output<typeof ticketItemPayload>;

/** One ticket that cannot be read must not hide the others of its list. */
export const ticketListPayload = z.array(z.unknown()).transform((items) =>
  items.flatMap((item): TicketItem[] => {
    const parsed = ticketItemPayload.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  }),
);

export const conversationPayload = z
  .object({
    id,
    body: text,
    body_text: text,
    incoming: flag,
    private: flag,
    user_id: idOrNull,
    source: z.number().int().catch(0),
    category: z.number().int().nullish().catch(null).transform(orNull),
    auto_response: z.boolean().nullish().catch(null).transform(orNull),
    automation_id: idOrNull,
    deleted: flag,
    support_email: textOrNull,
    from_email: textOrNull,
    to_emails: strings,
    cc_emails: strings,
    bcc_emails: strings,
    attachments: usable(attachment),
    created_at: time,
    updated_at: timeOrNull,
    last_edited_at: timeOrNull,
  })
  .transform((raw) => ({
    id: raw.id,
    html: raw.body,
    text: raw.body_text,
    /** From the customer's side. */
    incoming: raw.incoming,
    /** A note or a forward, which the customer does not see. */
    private: raw.private,
    userId: raw.user_id,
    /** 0 reply, 2 note, 5 tweet, 6 survey, 7 Facebook, 8 forward, 9 phone, 11 e-commerce, and others. */
    source: raw.source,
    category: raw.category,
    autoResponse: raw.auto_response,
    /** The automation rule that wrote it, if one did. */
    automationId: raw.automation_id,
    deleted: raw.deleted,
    supportEmail: raw.support_email,
    /** `Name <address>` as often as not. */
    fromEmail: raw.from_email,
    toEmails: raw.to_emails,
    ccEmails: raw.cc_emails,
    bccEmails: raw.bcc_emails,
    attachments: raw.attachments,
    createdAtMs: raw.created_at,
    updatedAtMs: raw.updated_at ?? raw.created_at,
    lastEditedAtMs: raw.last_edited_at,
  }));
export type Conversation = z.output<typeof conversationPayload>;

/**
 * A page of a thread. An entry that cannot be read hides no other; a page of which nothing can be read is no page, as it
 * would look like a thread that was deleted.
 */
export const conversationsPayload = z
  .array(z.unknown())
  .transform((items) => {
    const entries = items.flatMap((item) => {
      const parsed = conversationPayload.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    });
    return { entries, unusable: items.length - entries.length };
  })
  .refine(({ entries, unusable }) => unusable === 0 || entries.length > 0, 'no entry can be read');

/** The answer to a reply or a note: it has neither `incoming` nor `private`. The id alone proves that it was posted. */
export const postedPayload = z
  .object({ id, created_at: timeOrNull })
  .transform((raw) => ({ id: raw.id, createdAtMs: raw.created_at }));
export type Posted = { id: number; createdAtMs: number };

/** What `update` may set. Only named fields are changed; of the custom fields likewise only those given. */
export type TicketChange = {
  status?: number;
  responderId?: number | null;
  groupId?: number | null;
  tags?: readonly string[];
  customFields?: Readonly<Record<string, FieldValue>>;
};

/** The request body of an update in Freshdesk's names; what is not set is undefined, which JSON leaves out. */
export function ticketChangeBody(change: TicketChange): Record<string, unknown> {
  return {
    status: change.status,
    responder_id: change.responderId,
    group_id: change.groupId,
    tags: change.tags,
    custom_fields: change.customFields,
  };
}
