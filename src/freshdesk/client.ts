import type { CallLimit } from '../domain/rate-limit.ts';
import type { ObservedCall } from './request.ts';
import { accountCalls, type AccountCalls } from './account.ts';
import { automationCalls, type AutomationCalls } from './automations.ts';
import { callsOf } from './calls.ts';
import { fileCalls, type FileCalls } from './files.ts';
import { solutionCalls, type SolutionCalls } from './solutions.ts';
import { ticketListCalls, type TicketListCalls } from './ticket-list.ts';
import { ticketCalls, type TicketCalls } from './tickets.ts';

export type { OutgoingFile } from './form.ts';
export type { CallLimit } from '../domain/rate-limit.ts';
export type { ObservedCall } from './request.ts';
export type { Group, TicketField } from './account-payloads.ts';
export type { ReplyBody } from './tickets.ts';
export type { VerifiedAgent } from './verify.ts';
export type { Attachment, Conversation, Posted, Requester, Ticket, TicketChange, TicketItem } from './payloads.ts';

export type FreshdeskOptions = {
  /** `https://acme.freshdesk.com`, or the operator's override; without `/api/v2`. */
  baseUrl: string;
  apiKey: string;
  limit: CallLimit;
  /** For one request, from connecting to the last byte of the answer; waiting for the rate limit is not counted. */
  deadlineMs: number;
  /** Told of every request, for the figures. */
  observe?: (call: ObservedCall) => void;
};

/**
 * One account's API, as one agent: each subject has a file of its own. Nothing is retried here. Reads throw RateLimited,
 * Unauthorized, NotFound, Rejected or Unreachable; writes also OutcomeUnknown, and then Unreachable means that nothing was
 * sent.
 */
export type Freshdesk = AccountCalls & AutomationCalls & FileCalls & SolutionCalls & TicketCalls & TicketListCalls;

/** The API of one account with one agent's key. Builds nothing that must be closed. */
export function createFreshdesk(options: FreshdeskOptions): Freshdesk {
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const calls = callsOf({ ...options, baseUrl });
  return {
    ...accountCalls(calls, new URL(baseUrl).host),
    ...automationCalls(calls),
    ...solutionCalls(calls),
    ...ticketCalls(calls),
    ...ticketListCalls(calls),
    ...fileCalls(baseUrl),
  };
}
