import type { Asked } from '../api/call.ts';

const NAMES = [
  'connection',
  'status',
  'owner',
  'channel',
  'tag',
  'group',
  'contact',
  'reason',
  'outcome',
  'draft',
  'waiting',
  'held',
  'q',
  'from',
  'to',
  'sort',
] as const;
export type FilterName = (typeof NAMES)[number];
/** What the address of the inbox asks for: a view that can be kept and sent to somebody. Days as 2026-01-31. */
export type Filters = Partial<Record<FilterName, string>>;

/** Of an address; what is no filter is left out. */
export function readFilters(search: Record<string, unknown>): Filters {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = search[name];
      return typeof value === 'string' && value !== '' ? [[name, value]] : [];
    }),
  );
}

type Query = NonNullable<Asked<'listSessions'>['query']>;

/** The filters as the API takes them: days become times in the reader's zone, `to` with the whole of its day. */
export function queryOf(filters: Filters): Query {
  const { from, to, ...others } = readFilters(filters);
  return {
    ...others,
    ...(from === undefined ? {} : { from: startOf(from, 0) }),
    ...(to === undefined ? {} : { to: startOf(to, 1) }),
  } as Query;
}

/** Midnight of that day, or of one some days later; the words themselves where they are no day, for the API to refuse. */
function startOf(day: string, later: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const at = new Date(year, month - 1, date + later);
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(at.getTime()) ? at.toISOString() : day;
}
