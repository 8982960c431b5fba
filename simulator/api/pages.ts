import { z } from 'zod';
import { ok, refuse, type Answer } from '../errors.ts';

const wholeNumber = z.string().regex(/^\d+$/, 'It should be a Positive Integer');

/** The paging parameters every list takes, as they arrive in the query. */
export const paging = { page: wholeNumber.optional(), per_page: wholeNumber.optional() };

export type PageRequest = { page?: string | undefined; per_page?: string | undefined };

const LAST_PAGE = 300;
const MAX_PER_PAGE = 100;

/** One page of `items`, and a `link` to the next one when there is one. @throws Refusal beyond `lastPage` or size 100 */
export function pageOf<T>(
  items: T[],
  request: PageRequest,
  href: string,
  query: Record<string, unknown>,
  view: (item: T) => unknown,
  lastPage = LAST_PAGE,
): Answer {
  const page = Number(request.page ?? 1);
  const perPage = Number(request.per_page ?? 30);
  if (page < 1) throw refuse('page', 'invalid_value', 'It should be a Positive Integer');
  if (page > lastPage) {
    throw refuse(
      'page',
      'invalid_value',
      `You cannot access tickets beyond the ${lastPage}th page. Please provide a smaller page number.`,
    );
  }
  if (perPage < 1 || perPage > MAX_PER_PAGE) {
    throw refuse('per_page', 'invalid_value', `It should be a Positive Integer less than or equal to ${MAX_PER_PAGE}`);
  }
  const start = (page - 1) * perPage;
  const slice = items.slice(start, start + perPage).map(view);
  if (items.length <= start + perPage) return ok(slice);
  const next = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (key !== 'page' && typeof value === 'string') next.append(key, value);
  }
  next.append('page', String(page + 1));
  return ok(slice, { link: `<${href}?${next.toString()}>; rel="next"` });
}
