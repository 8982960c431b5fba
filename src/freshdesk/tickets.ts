import { z } from 'zod';
import { at, type Calls } from './calls.ts';
import { formOf, type OutgoingFile } from './form.ts';
import {
  conversationsPayload,
  postedPayload,
  ticketChangeBody,
  ticketPayload,
  type At,
  type Conversation,
  type Posted,
  type Ticket,
  type TicketChange,
} from './payloads.ts';

/**
 * `fromEmail` must be one of the account's reply addresses; left out, the reply leaves from the account's first one.
 * `ccEmails` are all who get a copy: Freshdesk adds nobody by itself.
 */
type MailReply = {
  html: string;
  fromEmail?: string;
  ccEmails?: readonly string[];
  files?: readonly OutgoingFile[];
};
export type ReplyBody = MailReply | { structuredText: string; files?: readonly OutgoingFile[] };

/** `unusable`: so many entries could not be read and are left out. */
type ConversationPage = { entries: Conversation[]; unusable: number; next: boolean };

/** One ticket and its thread. */
export type TicketCalls = {
  /** `stats` and `requester` cost one credit each, besides the call's own. */
  ticket(id: number, options?: { stats?: boolean; requester?: boolean }): Promise<At<Ticket>>;
  /** One page of the thread, from page 1, 100 entries each; the ticket's description is not among them (I6). */
  conversations(id: number, page: number): Promise<At<ConversationPage>>;
  /**
   * Sends a public reply to the customer: HTML, or on a web chat's ticket text, which is all it takes (A7). Never repeat it
   * without reading the thread first (A5).
   */
  reply(id: number, body: ReplyBody): Promise<At<Posted>>;
  /** Adds a note, private unless told otherwise. */
  note(id: number, body: { html: string; private?: boolean; files?: readonly OutgoingFile[] }): Promise<At<Posted>>;
  /** A note's new text, as a whole; Freshdesk refuses to change replies. Repeating it changes nothing. */
  editNote(conversationId: number, html: string): Promise<void>;
  /** Sets what is named and nothing else. Tags replace the whole list. */
  update(id: number, change: TicketChange): Promise<At<Ticket>>;
};

export function ticketCalls({ get, call }: Calls): TicketCalls {
  const post = async (
    path: string,
    body: Record<string, unknown>,
    files: readonly OutgoingFile[] = [],
  ): Promise<At<Posted>> => {
    const content = files.length === 0 ? { body } : { form: formOf(body, files) };
    const { value, atMs } = await call({ method: 'POST', path, ...content, payload: postedPayload, credits: 1 });
    return { value: { id: value.id, createdAtMs: value.createdAtMs ?? atMs }, atMs };
  };
  return {
    ticket: async (id, { stats = false, requester = false } = {}) => {
      const includes = [...(stats ? ['stats'] : []), ...(requester ? ['requester'] : [])];
      const query = includes.length === 0 ? '' : `?include=${includes.join(',')}`;
      return at(await get(`/tickets/${id}${query}`, ticketPayload, 1 + includes.length));
    },
    conversations: async (id, page) => {
      const path = `/tickets/${id}/conversations?per_page=100&page=${page}`;
      const { value, atMs, hasNext } = await get(path, conversationsPayload);
      return { value: { ...value, next: hasNext }, atMs };
    },
    reply: (id, body) => post(`/tickets/${id}/reply`, replyBody(body), body.files),
    note: (id, { html, private: hidden = true, files }) =>
      post(`/tickets/${id}/notes`, { body: html, private: hidden }, files),
    editNote: async (id, html) => {
      const body = { body: html };
      await call({ method: 'PUT', path: `/conversations/${id}`, body, payload: z.unknown(), credits: 1 });
    },
    update: async (id, change) => {
      const body = ticketChangeBody(change);
      return at(await call({ method: 'PUT', path: `/tickets/${id}`, body, payload: ticketPayload, credits: 1 }));
    },
  };
}

function replyBody(body: ReplyBody): Record<string, unknown> {
  if ('html' in body) return { body: body.html, from_email: body.fromEmail, cc_emails: body.ccEmails };
  return { structured_body: { body_contents: [{ type: 'text', data: { content: body.structuredText } }] } };
}
