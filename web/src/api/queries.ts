import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  replaceEqualDeep,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { RouteName } from '../../../src/contract/routes.ts';
import { type Answer, type Asked, call, Refused, sameTag } from './call.ts';

/** How often what is on a visible page is asked for again. */
export const POLL_MS = 5_000;

/** `signedOut` is called when the service does not know who asks any more. */
export function createQueries(signedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof Refused && error.status === 401) signedOut();
      },
    }),
    defaultOptions: {
      queries: {
        retry: false,
        staleTime: 1_000,
        refetchInterval: POLL_MS,
        networkMode: 'always',
        structuralSharing: shared,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** What has not changed stays the same object; the whole keeps the tag of the newest answer. */
function shared(before: unknown, now: unknown): unknown {
  const kept: unknown = replaceEqualDeep(before, now);
  sameTag(now, kept);
  return kept;
}

type Options = { enabled?: boolean; poll?: number | false; keep?: boolean };

/** What did not answer is asked again sooner. */
export const soon = (poll: number | false): number | false => (poll === false ? false : Math.min(poll, POLL_MS));

/** What an operation answers, asked again while the page is visible. `keep`: the answer to another question stays meanwhile. */
export function useAnswer<Name extends RouteName>(
  name: Name,
  asked: Asked<Name>,
  { enabled = true, poll = POLL_MS, keep = false }: Options = {},
): UseQueryResult<Answer<Name>> {
  return useQuery<Answer<Name>>({
    queryKey: [name, asked],
    queryFn: ({ signal }) => call(name, asked, { signal }),
    enabled,
    refetchInterval: ({ state }) => (state.status === 'error' ? soon(poll) : poll),
    ...(keep ? { placeholderData: keepPreviousData } : {}),
  });
}
