import type { ListCursor } from '../domain/backfill.ts';
import type { Calls } from './calls.ts';
import { Rejected } from './errors.ts';
import { ticketListPayload, type TicketItem } from './payloads.ts';

const SECOND_MS = 1_000;

type TicketListOptions = {
  /** The trash or the spam folder; what is in them is in no other list. */
  filter?: 'spam' | 'deleted';
};

type TicketListPage = {
  tickets: TicketItem[];
  /** Where to go on; null after the last page. */
  next: ListCursor | null;
  /** Tickets beyond the last page that Freshdesk answers had to be left out: that many changed within one second. */
  cut: boolean;
  /** The account's whole limit, for whoever paces the reading of a list; null where the answer did not say. */
  perMinute: number | null;
  /** Freshdesk's clock. */
  atMs: number;
};

export type TicketListCalls = {
  /**
   * A page of 100 tickets that changed since, in the order of their changes; one credit. The next page is asked for by the
   * time of the last change and not by its number, so that a ticket that changes meanwhile hides no other one, and so that
   * the cap on page numbers is not met (B6); the tickets of the boundary's second come again. Only what changed within one
   * second is paged by number.
   */
  changedTickets(cursor: ListCursor, options?: TicketListOptions): Promise<TicketListPage>;
};

export function ticketListCalls({ get }: Calls): TicketListCalls {
  return {
    async changedTickets(cursor, { filter } = {}) {
      const query = new URLSearchParams({
        ...(filter === undefined ? {} : { filter }),
        updated_since: new Date(cursor.sinceMs).toISOString().replace(/\.\d+Z$/, 'Z'),
        order_by: 'updated_at',
        order_type: 'asc',
        per_page: '100',
        page: String(cursor.page),
      });
      try {
        const { value, atMs, hasNext, perMinute } = await get(`/tickets?${query.toString()}`, ticketListPayload);
        return { tickets: value, next: hasNext ? after(cursor, value) : null, cut: false, perMinute, atMs };
      } catch (error) {
        if (cursor.page === 1 || !isBeyondLastPage(error)) throw error;
        const next = { sinceMs: cursor.sinceMs + SECOND_MS, page: 1 };
        return { tickets: [], next, cut: true, perMinute: null, atMs: cursor.sinceMs };
      }
    },
  };
}

function after({ sinceMs, page }: ListCursor, tickets: readonly TicketItem[]): ListCursor {
  const newestMs = tickets.at(-1)?.updatedAtMs ?? sinceMs;
  const newestSecondMs = Math.floor(newestMs / SECOND_MS) * SECOND_MS;
  return newestSecondMs > sinceMs ? { sinceMs: newestSecondMs, page: 1 } : { sinceMs, page: page + 1 };
}

/** Page 301 is refused with 400 `{"field": "page", "code": "invalid_value"}`; the number is Freshdesk's to change. */
function isBeyondLastPage(error: unknown): boolean {
  return error instanceof Rejected && error.status === 400 && error.fields.some(({ field }) => field === 'page');
}
