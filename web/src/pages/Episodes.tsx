import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type Answer, call, urlOf } from '../api/call.ts';
import { useAreaName } from '../parts/areas.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { At } from '../parts/When.tsx';
import { CHANNEL, plain } from '../words/labels.ts';
import { OUTCOME_NAME } from '../words/reports.ts';
import { cohortOf, filtersOf, readReport } from './report-filters.ts';
import styles from './Inbox.module.css';

type Episode = Answer<'listEpisodes'>['items'][number];

/** The conversations behind a figure. */
export function Episodes() {
  const search = readReport(useSearch({ from: '/shell/reports/episodes' }));
  const filters = filtersOf(search);
  const figure = search.figure ?? 'all';
  const { compare: _compare, ...cohort } = cohortOf(filters);
  const query = { ...cohort, figure };
  const list = useInfiniteQuery({
    queryKey: ['listEpisodes', query],
    queryFn: ({ pageParam, signal }) =>
      call(
        'listEpisodes',
        { query: { ...(query as object), ...(pageParam === null ? {} : { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: false,
  });
  return (
    <Page
      title={`Conversations: ${plain(figure).toLowerCase()}`}
      beside={
        <a className="button" href={urlOf('listEpisodes', {}, { ...query, format: 'csv' })} download>
          As CSV
        </a>
      }
      below={
        <p className="small">
          <Link to="/reports" search={filters}>
            Reports
          </Link>
        </p>
      }
    >
      <Loaded query={list} rows={6}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <>
              <ol className={styles.rows}>
                {items.map((episode) => (
                  <Row key={`${episode.connection} ${episode.ticketId} ${episode.number}`} episode={episode} />
                ))}
              </ol>
              {items.length === 0 && <p className="empty">No conversation is behind this figure.</p>}
              {list.hasNextPage && (
                <button type="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
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

function Row({ episode }: { episode: Episode }) {
  const areaName = useAreaName();
  const { session, subject, ticketId, number, outcome, returned, channel, subjectArea, startedAt, voided } = episode;
  const title = subject === null || subject.trim() === '' ? `Ticket ${ticketId}` : subject;
  return (
    <li className={styles.row}>
      <div className={styles.first}>
        {session === null ? (
          <span dir="auto">{title}</span>
        ) : (
          <Link to="/inbox/$id" params={{ id: session }} className={styles.subject} dir="auto">
            {title}
          </Link>
        )}
        <span className={`${styles.when} faint small`}>
          <At at={startedAt} />
        </span>
      </div>
      <div>
        {[OUTCOME_NAME[outcome], returned, voided].flatMap((word) => (word === null ? [] : [plain(word)])).join(', ')}
      </div>
      <div className={`${styles.third} faint small`}>
        <span>#{ticketId}</span>
        <span>Conversation {number}</span>
        <span>{CHANNEL[channel]}</span>
        {subjectArea !== '' && <span dir="auto">{areaName(subjectArea)}</span>}
      </div>
    </li>
  );
}
