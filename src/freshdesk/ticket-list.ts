import type { ListCursor } from '../domain/backfill.ts';
import type { Calls } from './calls.ts';
import { ticketListPayload, type TicketItem } from './payloads.ts';

/** Freshdesk answers no page beyond this one (B6). */
const LAST_PAGE = 300;
const SECOND_MS = 1_000;

export type TicketListOptions = {
  /** The trash or the spam folder; what is in them is in no other list. */
  filter?: 'spam' | 'deleted';
  /** The last page that Freshdesk answers; 300 when left out. */
  lastPage?: number;
};

export type TicketListPage = {
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
    async changedTickets(cursor, { filter, lastPage = LAST_PAGE } = {}) {
      const query = new URLSearchParams({
        ...(filter === undefined ? {} : { filter }),
        updated_since: new Date(cursor.sinceMs).toISOString().replace(/\.\d+Z$/, 'Z'),
        order_by: 'updated_at',
        order_type: 'asc',
        per_page: '100',
        page: String(cursor.page),
      });
      const { value, atMs, hasNext, perMinute } = await get(`/tickets?${query.toString()}`, ticketListPayload);
      const { next, cut } = hasNext ? after(cursor, value, lastPage) : { next: null, cut: false };
      return { tickets: value, next, cut, perMinute, atMs };
    },
  };
}

type Next = Pick<TicketListPage, 'next' | 'cut'>;

function after({ sinceMs, page }: ListCursor, tickets: readonly TicketItem[], lastPage: number): Next {
  const newestMs = tickets.at(-1)?.updatedAtMs ?? sinceMs;
  const newestSecondMs = Math.floor(newestMs / SECOND_MS) * SECOND_MS;
  if (newestSecondMs > sinceMs) return { next: { sinceMs: newestSecondMs, page: 1 }, cut: false };
  if (page < lastPage) return { next: { sinceMs, page: page + 1 }, cut: false };
  return { next: { sinceMs: sinceMs + SECOND_MS, page: 1 }, cut: true };
}
