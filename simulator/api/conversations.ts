import { z } from 'zod';
import { attachedBytes, MAX_TICKET_BYTES, removeAttachment } from '../attachments.ts';
import type { FileInput } from '../inputs.ts';
import { created, methodNotAllowed, noContent, notFound, ok, Refusal, refuse } from '../errors.ts';
import { htmlOfText, storeHtml, storeReply } from '../html.ts';
import { mailAddress, threadOf, type State } from '../state.ts';
import type { Agent, Conversation, Performer, StructuredContent, Ticket } from '../types.ts';
import { conversationView, replyWritten, senderOf } from '../views.ts';
import { addConversation, editConversation, removeConversation, SOURCE_WEB_CHAT } from '../writes.ts';
import { pageOf, paging } from './pages.ts';
import { noBody, noQuery, route, type Route } from './route.ts';
import { ticketOf, writableTicket } from './tickets.ts';

const emails = z.array(z.string());
const contents = z.array(z.object({ type: z.string(), data: z.object({ content: z.string().optional() }).loose() }));
const structuredBody = z.strictObject({ body_contents: contents });

const replyBody = z.strictObject({
  body: z.string().optional(),
  structured_body: structuredBody.optional(),
  from_email: z.string().optional(),
  user_id: z.number().int().optional(),
  cc_emails: emails.optional(),
  bcc_emails: emails.optional(),
});

const noteBody = z.strictObject({
  body: z.string().optional(),
  structured_body: structuredBody.optional(),
  private: z.boolean().optional(),
  incoming: z.boolean().optional(),
  notify_emails: emails.optional(),
  user_id: z.number().int().optional(),
});

/** Web-chat tickets take public words as `structured_body` only, other tickets as `body` only. */
function wordsOf(
  ticket: Ticket,
  isPublic: boolean,
  words: { body?: string | undefined; structured_body?: { body_contents: StructuredContent[] } | undefined },
  store: (html: string) => string,
): { html: string; structured: StructuredContent[] | null } {
  const structuredOnly = ticket.source === SOURCE_WEB_CHAT && isPublic;
  if (structuredOnly && words.body !== undefined) {
    throw refuse('body', 'incompatible_field', 'Use structured_body for tickets of this source');
  }
  if (!structuredOnly && words.structured_body !== undefined) {
    throw refuse('structured_body', 'incompatible_field', 'Use body for tickets of this source');
  }
  if (words.structured_body !== undefined) {
    const structured = words.structured_body.body_contents;
    const html = structured.map((entry) => htmlOfText(entry.data.content ?? '')).join('');
    return { html: storeHtml(html), structured };
  }
  const field = structuredOnly ? 'structured_body' : 'body';
  if (words.body === undefined) throw refuse(field, 'missing_field', 'It should be a/an String');
  if (words.body.trim() === '')
    throw refuse(field, 'invalid_value', 'It should not be blank as this is a mandatory field');
  return { html: store(words.body), structured: null };
}

/** Who writes: the owner of the key, another agent, or the requester whose identity is assumed. */
function authorOf(
  state: State,
  agent: Agent,
  userId: number | undefined,
): { performer: Performer; address: string | null } {
  if (userId === undefined || state.agents.has(userId)) {
    return { performer: { type: 'agent', id: userId ?? agent.id }, address: null };
  }
  const contact = state.contacts.get(userId);
  if (contact === undefined) throw refuse('user_id', 'invalid_value', 'There is no user matching the given user_id');
  return { performer: { type: 'requester', id: userId }, address: mailAddress(contact.name, contact.email ?? '') };
}

function requesterEmails(state: State, ticket: Ticket): string[] {
  const email = state.contacts.get(ticket.requesterId)?.email;
  return email ? [email] : [];
}

/** @throws Refusal when the ticket's attachments would weigh more than 20 MB together */
function checkRoom(state: State, ticket: Ticket, files: FileInput[]): void {
  const added = files.reduce((sum, file) => sum + (file.bytes?.length ?? 0), 0);
  if (attachedBytes(state, ticket) + added <= MAX_TICKET_BYTES) return;
  throw refuse('attachments', 'invalid_size', 'The total size of the attachments of a ticket cannot exceed 20 MB');
}

const reply = route('post', '/tickets/:id/reply', {
  query: noQuery,
  body: replyBody,
  run({ state, id, agent, body, files, apiUrl }) {
    const ticket = writableTicket(state, id, 'POST');
    const { html, structured } = wordsOf(ticket, true, body, storeReply);
    checkRoom(state, ticket, files);
    const { performer, address } = authorOf(state, agent, body.user_id);
    const replyAddresses = state.emailConfigs.map((config) => config.email);
    if (body.from_email !== undefined && !replyAddresses.includes(body.from_email)) {
      const allowed = replyAddresses.join(',');
      throw refuse('from_email', 'invalid_value', `It should be one of these values: '${allowed}'`);
    }
    for (const copies of ['cc_emails', 'bcc_emails'] as const) {
      if (body[copies]?.some((email) => !/^[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+$/.test(email)) === true)
        throw refuse(copies, 'invalid_value', 'It should contain elements of type valid email format only');
    }
    const asRequester = performer.type === 'requester';
    const conversation = addConversation(
      state,
      ticket,
      {
        html,
        files,
        structured,
        userId: performer.type === 'system' ? agent.id : performer.id,
        incoming: asRequester,
        private: false,
        source: 0,
        category: asRequester ? 1 : 3,
        fromEmail: address ?? senderOf(state, body.from_email ?? null),
        toEmails: asRequester ? [] : requesterEmails(state, ticket),
        cc: body.cc_emails ?? [],
        bcc: body.bcc_emails ?? [],
      },
      performer,
    );
    return created(replyWritten(state, conversation), `${apiUrl}/conversations/${conversation.id}`);
  },
});

const note = route('post', '/tickets/:id/notes', {
  query: noQuery,
  body: noteBody,
  run({ state, id, agent, body, files, apiUrl }) {
    const ticket = writableTicket(state, id, 'POST');
    const isPrivate = body.private ?? true;
    const { html, structured } = wordsOf(ticket, !isPrivate, body, storeHtml);
    checkRoom(state, ticket, files);
    const { performer } = authorOf(state, agent, body.user_id);
    const conversation = addConversation(
      state,
      ticket,
      {
        html,
        files,
        structured,
        userId: performer.type === 'system' ? agent.id : performer.id,
        incoming: body.incoming ?? false,
        private: isPrivate,
        source: 2,
        category: 2,
        toEmails: body.notify_emails ?? [],
      },
      performer,
    );
    return created(conversationView(state, conversation), `${apiUrl}/conversations/${conversation.id}`);
  },
});

const list = route('get', '/tickets/:id/conversations', {
  query: z.strictObject(paging),
  body: noBody,
  run({ state, id, query, href }) {
    const ticket = ticketOf(state, id);
    return pageOf(threadOf(state, ticket.id), query, href, query, (entry) => conversationView(state, entry));
  },
});

function conversationOf(state: State, id: number): Conversation {
  const found = state.conversations.get(id);
  if (found === undefined) throw new Refusal(notFound());
  return found;
}

const edit = route('put', '/conversations/:id', {
  query: noQuery,
  body: z.strictObject({ body: z.string() }),
  run({ state, id, agent, body }) {
    const conversation = conversationOf(state, id);
    // Only notes can be edited; a sent reply stays as it is.
    if (conversation.source !== 2) throw new Refusal(methodNotAllowed('PUT', ['DELETE']));
    writableTicket(state, conversation.ticketId, 'PUT');
    editConversation(state, conversation, storeHtml(body.body), agent.id);
    return ok(conversationView(state, conversation));
  },
});

const remove = route('delete', '/conversations/:id', {
  query: noQuery,
  body: noBody,
  run({ state, id }) {
    const conversation = conversationOf(state, id);
    writableTicket(state, conversation.ticketId, 'DELETE');
    removeConversation(state, conversation);
    return noContent();
  },
});

const removeFile = route('delete', '/attachments/:id', {
  query: noQuery,
  body: noBody,
  run({ state, id }) {
    if (!removeAttachment(state, id)) throw new Refusal(notFound());
    return noContent();
  },
});

export const conversationRoutes: Route[] = [list, reply, note, edit, remove, removeFile];
