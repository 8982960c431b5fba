import { z } from 'zod';
import { refuse } from '../errors.ts';
import { stampOf, type State } from '../state.ts';
import type { Agent, Stamp, Ticket } from '../types.ts';
import { requesterView, ticketDescription, ticketItem, ticketStats } from '../views.ts';
import { OPEN } from '../writes.ts';
import { pageOf, paging } from './pages.ts';
import { noBody, route, type Route } from './route.ts';
import { countIncludes, includesOf } from './tickets.ts';

const THIRTY_DAYS_MS = 30 * 86_400_000;

const wholeNumber = z.string().regex(/^\d+$/, 'It should be a Positive Integer');

const query = z.strictObject({
  ...paging,
  filter: z.enum(['new_and_my_open', 'watching', 'spam', 'deleted']).optional(),
  requester_id: wholeNumber.optional(),
  email: z.string().optional(),
  unique_external_id: z.string().optional(),
  company_id: wholeNumber.optional(),
  updated_since: z.string().optional(),
  order_by: z.enum(['created_at', 'due_by', 'updated_at', 'status']).optional(),
  order_type: z.enum(['asc', 'desc']).optional(),
  include: z.string().optional(),
});

type ListQuery = z.infer<typeof query>;

function sinceOf(text: string | undefined): Stamp | null {
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw refuse('updated_since', 'invalid_value', 'It should be in the combined date and time ISO8601 format');
  // Inclusive on whole seconds: a fraction is rounded down.
  return stampOf(new Date(time));
}

function filterFits(ticket: Ticket, filter: ListQuery['filter'], agent: Agent): boolean {
  if (filter === 'deleted') return ticket.deleted;
  if (filter === 'spam') return ticket.spam && !ticket.deleted;
  if (ticket.deleted || ticket.spam) return false;
  if (filter === 'watching') return false;
  if (filter === 'new_and_my_open') {
    return ticket.status === OPEN && (ticket.responderId === null || ticket.responderId === agent.id);
  }
  return true;
}

function requesterFits(state: State, ticket: Ticket, asked: ListQuery): boolean {
  if (asked.requester_id !== undefined && Number(asked.requester_id) !== ticket.requesterId) return false;
  const requester = state.contacts.get(ticket.requesterId);
  if (asked.email !== undefined && requester?.email?.toLowerCase() !== asked.email.toLowerCase()) return false;
  return asked.unique_external_id === undefined || requester?.uniqueExternalId === asked.unique_external_id;
}

function sortKey(ticket: Ticket, by: ListQuery['order_by']): string | number {
  if (by === 'updated_at') return ticket.updatedAt;
  if (by === 'status') return ticket.status;
  if (by === 'due_by') return ticket.dueBy ?? '';
  return ticket.createdAt;
}

function sorted(tickets: Ticket[], asked: ListQuery): Ticket[] {
  const direction = asked.order_type === 'asc' ? 1 : -1;
  return tickets.toSorted((a, b) => {
    const [left, right] = [sortKey(a, asked.order_by), sortKey(b, asked.order_by)];
    if (left !== right) return left < right ? -direction : direction;
    return (a.id - b.id) * direction;
  });
}

const list = route('get', '/tickets', {
  query,
  body: noBody,
  bucket: 'ticketList',
  extraCredits: (asked) => 2 * countIncludes(asked),
  run({ state, agent, query: asked, href }) {
    const includes = includesOf(asked.include, ['stats', 'requester', 'description', 'company']);
    const since = sinceOf(asked.updated_since);
    const window = stampOf(new Date(state.now().getTime() - THIRTY_DAYS_MS));
    const found = [...state.tickets.values()].filter(
      (ticket) =>
        (since === null ? ticket.createdAt >= window : ticket.updatedAt >= since) &&
        filterFits(ticket, asked.filter, agent) &&
        asked.company_id === undefined &&
        requesterFits(state, ticket, asked),
    );
    const view = (ticket: Ticket): unknown => ({
      ...ticketItem(state, ticket),
      ...(includes.has('description') ? ticketDescription(ticket) : {}),
      ...(includes.has('stats') ? { stats: ticketStats(ticket) } : {}),
      ...(includes.has('requester') ? { requester: requesterView(state.contacts.get(ticket.requesterId)) } : {}),
    });
    return pageOf(sorted(found, asked), asked, href, asked, view, state.lastListPage);
  },
});

export const ticketListRoutes: Route[] = [list];
