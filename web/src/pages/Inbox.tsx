import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef } from 'react';
import { call } from '../api/call.ts';
import { POLL_MS, useAnswer } from '../api/queries.ts';
import type { Session } from '../api/wire.ts';
import { useKeys } from '../parts/keys.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { counted } from '../words/numbers.ts';
import { type Filters, queryOf, readFilters } from './inbox-filters.ts';
import { InboxFilters } from './InboxFilters.tsx';
import { InboxRow } from './InboxRow.tsx';
import { useSteadyRows } from './steady-rows.ts';
import styles from './Inbox.module.css';

/** The tickets, as the address says which. */
export function Inbox() {
  const filters = readFilters(useSearch({ from: '/shell/inbox' }));
  const navigate = useNavigate({ from: '/inbox' });
  const { sort: _sort, ...counting } = queryOf(filters);
  const counts = useAnswer('countSessions', { query: counting }, { keep: true });
  const query = useSessions(filters);
  const list = useRef<HTMLOListElement>(null);
  const change = (changes: Filters) =>
    void navigate({ search: (before) => withoutEmpty({ ...before, ...changes }), replace: true });

  const step = (by: number) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('a[data-row]') ?? [])];
    const at = links.findIndex((link) => link === document.activeElement);
    links[Math.max(0, at === -1 ? 0 : at + by)]?.focus();
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    f: () => document.querySelector<HTMLElement>('[data-filters] select')?.focus(),
  });

  return (
    <Page
      title="Inbox"
      beside={
        <output className="faint">{counts.data === undefined ? '' : counted(counts.data.total, 'ticket')}</output>
      }
    >
      <InboxFilters filters={filters} counts={counts.data} change={change} />
      <Loaded query={query} rows={8}>
        {({ pages }) => {
          const rows = pages.flatMap(({ items }) => items);
          return (
            <>
              <Rows key={`${query.isPlaceholderData} ${JSON.stringify(filters)}`} rows={rows} list={list} />
              {rows.length === 0 && <NoTickets filtered={Object.keys(filters).length > 0} />}
              {query.hasNextPage && (
                <button type="button" onClick={() => void query.fetchNextPage()} disabled={query.isFetchingNextPage}>
                  Load more
                </button>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

/** Every page that was loaded is asked for again; the more of them, the less often. */
function useSessions(filters: Filters) {
  return useInfiniteQuery({
    queryKey: ['listSessions', filters],
    queryFn: ({ pageParam, signal }) =>
      call(
        'listSessions',
        { query: { ...queryOf(filters), ...(pageParam === null ? {} : { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => POLL_MS * Math.max(1, state.data?.pages.length ?? 1),
  });
}

type RowsProps = { rows: readonly Session[]; list: React.RefObject<HTMLOListElement | null> };

function Rows({ rows, list }: RowsProps) {
  const { shown, changed, show } = useSteadyRows(rows, list);
  return (
    <>
      {changed > 0 && (
        <output className={styles.changed}>
          <button type="button" onClick={show}>
            {counted(changed, 'ticket')} changed: show
          </button>
        </output>
      )}
      <ol className={styles.rows} ref={list}>
        {shown.map((session) => (
          <InboxRow key={session.id} session={session} />
        ))}
      </ol>
    </>
  );
}

function NoTickets({ filtered }: { filtered: boolean }) {
  return (
    <p className="empty">
      {filtered
        ? 'No ticket is like this. Take a filter away to see more.'
        : 'No ticket has come in yet. A ticket appears here as soon as the intake takes it: assign one to the AI agent in Freshdesk, or open the intake in the settings.'}
    </p>
  );
}

function withoutEmpty(filters: Filters): Filters {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== ''));
}
