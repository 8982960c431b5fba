import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { call } from '../api/call.ts';
import { soon } from '../api/queries.ts';
import type { Connection } from '../api/wire.ts';

/** The account that the address names, or the first one where it names none; null where there is none, or not that one. */
export function useConnection(): UseQueryResult<Connection | null> {
  const { connection }: { connection?: string } = useSearch({ strict: false });
  return useQuery({
    queryKey: ['listConnections', {}],
    queryFn: ({ signal }) => call('listConnections', {}, { signal }),
    refetchInterval: ({ state }) => (state.status === 'error' ? soon(15_000) : 15_000),
    select: ({ items }) => items.find(({ id }) => connection === undefined || id === connection) ?? null,
  });
}
