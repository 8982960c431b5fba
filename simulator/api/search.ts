import { z } from 'zod';
import { ok, refuse } from '../errors.ts';
import type { CustomValue, Ticket } from '../types.ts';
import { ticketItem } from '../views.ts';
import { parseSearch, type Condition } from './search-query.ts';
import { noBody, route, type Route } from './route.ts';

const PER_PAGE = 30;
const MAX_PAGE = 10;
const MAX_QUERY = 512;

type Value = CustomValue | undefined | string[];

const FIELDS: Record<string, (ticket: Ticket) => Value> = {
  agent_id: (ticket) => ticket.responderId,
  group_id: (ticket) => ticket.groupId,
  priority: (ticket) => ticket.priority,
  status: (ticket) => ticket.status,
  tag: (ticket) => ticket.tags,
  type: (ticket) => ticket.type,
  due_by: (ticket) => ticket.dueBy?.slice(0, 10) ?? null,
  fr_due_by: (ticket) => ticket.frDueBy?.slice(0, 10) ?? null,
  created_at: (ticket) => ticket.createdAt.slice(0, 10),
  updated_at: (ticket) => ticket.updatedAt.slice(0, 10),
};

function fieldsOf(condition: Condition): string[] {
  return condition.kind === 'compare' ? [condition.field] : condition.parts.flatMap(fieldsOf);
}

function valueOf(ticket: Ticket, field: string): Value {
  const read = FIELDS[field];
  return read === undefined ? ticket.customFields[field] : read(ticket);
}

function fits(ticket: Ticket, condition: Condition): boolean {
  if (condition.kind === 'and') return condition.parts.every((part) => fits(ticket, part));
  if (condition.kind === 'or') return condition.parts.some((part) => fits(ticket, part));
  const { value, operator } = condition;
  const actual = valueOf(ticket, condition.field);
  if (Array.isArray(actual)) return value === null ? actual.length === 0 : actual.includes(value);
  if (actual === null || actual === undefined || value === null) return (actual ?? null) === value;
  if (operator === 'eq') return String(actual) === value;
  const [left, right] = typeof actual === 'number' ? [actual, Number(value)] : [String(actual), value];
  return operator === 'gte' ? left >= right : left <= right;
}

/** The search, over an index that is minutes behind, at most 300 results. */
const search = route('get', '/search/tickets', {
  query: z.strictObject({ query: z.string(), page: z.string().regex(/^\d+$/).optional() }),
  body: noBody,
  run({ state, query, index }) {
    const quoted = /^"(.*)"$/s.exec(query.query)?.[1];
    const condition = quoted === undefined || quoted.length > MAX_QUERY ? null : parseSearch(quoted);
    if (condition === null) {
      throw refuse(
        'query',
        'invalid_value',
        `It should be a valid query in double quotes of at most ${MAX_QUERY} characters`,
      );
    }
    for (const field of fieldsOf(condition)) {
      if (FIELDS[field] === undefined && !state.fields.some((entry) => entry.name === field)) {
        throw refuse(field, 'invalid_field', 'Unexpected/invalid field in request');
      }
    }
    const page = Number(query.page ?? 1);
    if (page < 1 || page > MAX_PAGE) {
      throw refuse('page', 'invalid_value', `It should be a Positive Integer less than or equal to ${MAX_PAGE}`);
    }
    const found = index
      .tickets()
      .filter((ticket) => !ticket.spam && !ticket.deleted && fits(ticket, condition))
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id);
    const results = found.slice((page - 1) * PER_PAGE, page * PER_PAGE);
    return ok({ total: found.length, results: results.map((ticket) => ticketItem(state, ticket)) });
  },
});

export const searchRoutes: Route[] = [search];
