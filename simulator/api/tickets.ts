import { z } from 'zod';
import { methodNotAllowed, noContent, ok, Refusal, notFound, refuse } from '../errors.ts';
import type { State } from '../state.ts';
import type { Ticket } from '../types.ts';
import { firstConversations, requesterView, ticketStats, ticketView } from '../views.ts';
import { updateTicket } from '../writes.ts';
import { noBody, noQuery, route, type Route } from './route.ts';

/** The ticket of the path. @throws Refusal 404 without a body */
export function ticketOf(state: State, id: number): Ticket {
  const ticket = state.tickets.get(id);
  if (ticket === undefined) throw new Refusal(notFound());
  return ticket;
}

/** The ticket, unless it is in spam or trash, where Freshdesk only lets it be read. @throws Refusal 404, 405 */
export function writableTicket(state: State, id: number, method: string): Ticket {
  const ticket = ticketOf(state, id);
  if (ticket.spam || ticket.deleted) throw new Refusal(methodNotAllowed(method, ['GET']));
  return ticket;
}

/** The names of an `include`. @throws Refusal on one that this endpoint does not know */
export function includesOf(include: string | undefined, allowed: string[]): Set<string> {
  const names = (include ?? '').split(',').filter((name) => name !== '');
  if (names.some((name) => !allowed.includes(name))) {
    throw refuse('include', 'invalid_value', `It should be one of these values: '${allowed.join(',')}'`);
  }
  return new Set(names);
}

/** How many names an `include` carries, for the credits, before anything is validated. */
export function countIncludes(query: Record<string, unknown>): number {
  const { include } = query;
  return typeof include === 'string' ? include.split(',').filter((name) => name !== '').length : 0;
}

const VIEW_INCLUDES = ['conversations', 'requester', 'company', 'stats'];

const view = route('get', '/tickets/:id', {
  query: z.strictObject({ include: z.string().optional() }),
  body: noBody,
  extraCredits: countIncludes,
  run({ state, id, query }) {
    const ticket = ticketOf(state, id);
    const includes = includesOf(query.include, VIEW_INCLUDES);
    return ok({
      ...ticketView(state, ticket),
      ...(includes.has('conversations') ? { conversations: firstConversations(state, id) } : {}),
      ...(includes.has('requester') ? { requester: requesterView(state.contacts.get(ticket.requesterId)) } : {}),
      ...(includes.has('company') ? { company: null } : {}),
      ...(includes.has('stats') ? { stats: ticketStats(ticket) } : {}),
    });
  },
});

const remove = route('delete', '/tickets/:id', {
  query: noQuery,
  body: noBody,
  run({ state, id, agent }) {
    const ticket = writableTicket(state, id, 'DELETE');
    updateTicket(state, ticket, { deleted: true }, { type: 'agent', id: agent.id });
    return noContent();
  },
});

const restore = route('put', '/tickets/:id/restore', {
  query: noQuery,
  body: noBody,
  run({ state, id, agent }) {
    const ticket = ticketOf(state, id);
    if (!ticket.deleted) throw new Refusal(notFound());
    updateTicket(state, ticket, { deleted: false }, { type: 'agent', id: agent.id });
    return noContent();
  },
});

export const ticketRoutes: Route[] = [view, remove, restore];
