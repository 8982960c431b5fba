import { z } from 'zod';
import type { RateLimit } from '../domain/rate-limit.ts';
import {
  conversationsPayload,
  emailConfigsPayload,
  mePayload,
  postedPayload,
  statusFieldsPayload,
  ticketChangeBody,
  ticketPayload,
  type At,
  type Conversation,
  type Me,
  type Posted,
  type Ticket,
  type TicketChange,
} from './payloads.ts';
import { send, type Call, type Reply } from './request.ts';
import { verifyAgent, type VerifiedAgent } from './verify.ts';

export type { RateLimit } from '../domain/rate-limit.ts';
export type { VerifiedAgent } from './verify.ts';
export type {
  At,
  Attachment,
  Conversation,
  FieldValue,
  Me,
  Posted,
  Ticket,
  TicketChange,
  TicketStats,
} from './payloads.ts';

export type FreshdeskOptions = {
  /** `https://acme.freshdesk.com`, or the operator's override; without `/api/v2`. */
  baseUrl: string;
  apiKey: string;
  limit: RateLimit;
  /** For one request, from connecting to the last byte of the answer; waiting for the rate limit is not counted. */
  deadlineMs: number;
  /** The part of the rate limit this client may use: 1 (default) for live work, less for backfill and reconcile. */
  share?: number;
};

export type ReplyBody = { html: string } | { structuredText: string };

export type ConversationPage = { entries: Conversation[]; next: boolean };

/**
 * One account's API, as one agent. Nothing is retried here. Reads throw RateLimited, Unauthorized, NotFound, Rejected or
 * Unreachable; writes also OutcomeUnknown, and then Unreachable means that nothing was sent.
 */
export type Freshdesk = {
  /** The agent who owns the key; works without admin rights. */
  me(): Promise<At<Me>>;
  /** Domain, key and admin rights, checked before anything is stored; throws ConnectError (C1). */
  verify(): Promise<VerifiedAgent>;
  /** The account's ticket statuses with the label agents see, custom ones included (S1). */
  statuses(): Promise<{ id: number; label: string }[]>;
  /** The account's own addresses, in lower case, each once (E8). Needs admin rights. */
  supportEmails(): Promise<string[]>;
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
  note(id: number, body: { html: string; private?: boolean }): Promise<At<Posted>>;
  /** Sets what is named and nothing else. Tags replace the whole list. */
  update(id: number, change: TicketChange): Promise<At<Ticket>>;
};

/** The API of one account with one agent's key. Builds nothing that must be closed. */
export function createFreshdesk(options: FreshdeskOptions): Freshdesk {
  const request = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, ''), share: options.share ?? 1 };
  const call = <Payload extends z.ZodType>(what: Call<Payload>) => send(request, what);
  const get = <Payload extends z.ZodType>(path: string, payload: Payload, credits = 1) =>
    call({ method: 'GET', path, payload, credits });
  const post = async (path: string, body: unknown): Promise<At<Posted>> => {
    const { value, atMs } = await call({ method: 'POST', path, body, payload: postedPayload, credits: 1 });
    return { value: { id: value.id, createdAtMs: value.createdAtMs ?? atMs }, atMs };
  };
  const me = async () => at(await get('/agents/me', mePayload));

  return {
    me,
    verify: () =>
      verifyAgent({ host: new URL(request.baseUrl).host, me, probeAdmin: () => get('/roles', z.array(z.unknown())) }),
    statuses: async () => (await get('/ticket_fields?type=default_status', statusFieldsPayload)).value,
    supportEmails: async () => {
      const emails: string[] = [];
      for (let page = 1, more = true; more; page += 1) {
        const { value, hasNext } = await get(`/email_configs?per_page=100&page=${page}`, emailConfigsPayload);
        emails.push(...value.map((email) => email.trim().toLowerCase()));
        more = hasNext;
      }
      return [...new Set(emails)].filter((email) => email !== '');
    },
    ticket: async (id, { stats = false, requester = false } = {}) => {
      const includes = [...(stats ? ['stats'] : []), ...(requester ? ['requester'] : [])];
      const query = includes.length === 0 ? '' : `?include=${includes.join(',')}`;
      return at(await get(`/tickets/${id}${query}`, ticketPayload, 1 + includes.length));
    },
    conversations: async (id, page) => {
      const path = `/tickets/${id}/conversations?per_page=100&page=${page}`;
      const { value, atMs, hasNext } = await get(path, conversationsPayload);
      return { value: { entries: value, next: hasNext }, atMs };
    },
    reply: (id, body) => post(`/tickets/${id}/reply`, replyBody(body)),
    note: (id, { html, private: hidden = true }) => post(`/tickets/${id}/notes`, { body: html, private: hidden }),
    update: async (id, change) => {
      const body = ticketChangeBody(change);
      return at(await call({ method: 'PUT', path: `/tickets/${id}`, body, payload: ticketPayload, credits: 1 }));
    },
  };
}

function replyBody(body: ReplyBody): Record<string, unknown> {
  if ('html' in body) return { body: body.html };
  return { structured_body: { body_contents: [{ type: 'text', data: { content: body.structuredText } }] } };
}

function at<T>({ value, atMs }: Reply<T>): At<T> {
  return { value, atMs };
}
