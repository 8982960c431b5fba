import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { useMayWrite } from '../api/signed.ts';
import { useConnection } from '../parts/connection.ts';
import { Loaded, Trouble } from '../parts/Loaded.tsx';
import { NoAccount } from '../parts/NoAccount.tsx';
import { Page } from '../parts/Page.tsx';
import { At } from '../parts/When.tsx';
import { counted } from '../words/numbers.ts';
import { Ask } from './Ask.tsx';
import { Gaps } from './Gaps.tsx';
import styles from './Inbox.module.css';

/** What the AI answers from: the articles, and what it would make of a question. */
export function Knowledge() {
  const connection = useConnection();
  return (
    <Page title="Knowledge">
      <Loaded query={connection}>
        {(chosen) =>
          chosen === null ? (
            <NoAccount />
          ) : (
            <div className="stack">
              <Ask key={chosen.id} id={chosen.id} />
              <Sync id={chosen.id} />
              <Gaps id={chosen.id} />
              <Articles id={chosen.id} />
            </div>
          )
        }
      </Loaded>
    </Page>
  );
}

function Sync({ id }: { id: string }) {
  const query = useAnswer('getKnowledgeSync', { params: { id } });
  const mayWrite = useMayWrite();
  const sync = useMutation({
    mutationFn: () => call('syncKnowledge', { params: { id } }),
    onSuccess: () => query.refetch(),
  });
  return (
    <section className="card" aria-label="Freshdesk Solutions">
      <div className="head">
        <h2>Freshdesk Solutions</h2>
        {mayWrite && (
          <button type="button" disabled={sync.isPending} onClick={() => sync.mutate()}>
            Read them now
          </button>
        )}
      </div>
      {sync.error !== null && <Trouble error={sync.error} />}
      <Loaded query={query} rows={1}>
        {({ startedAt, endedAt, failure }) => (
          <>
            <p>
              {startedAt === null ? (
                'They are read within a minute.'
              ) : endedAt === null ? (
                <>
                  Being read since <At at={startedAt} />.
                </>
              ) : (
                <>
                  Last read <At at={endedAt} />.
                </>
              )}
            </p>
            {failure !== null && <p className="bad">{failure}</p>}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Articles({ id }: { id: string }) {
  const { q, visibility, origin } = useSearch({ from: '/shell/knowledge' });
  const navigate = useNavigate({ from: '/knowledge' });
  const filters = {
    ...(q === undefined ? {} : { q }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(origin === undefined ? {} : { origin }),
  };
  const list = useInfiniteQuery({
    queryKey: ['listArticles', id, filters],
    queryFn: ({ pageParam, signal }) =>
      call(
        'listArticles',
        { params: { id }, query: { ...(filters as object), ...(pageParam === null ? {} : { cursor: pageParam }) } },
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 30_000,
  });
  const change = (changes: Record<string, string>) =>
    void navigate({
      search: (before) => ({
        ...before,
        ...Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, value === '' ? undefined : value])),
      }),
      replace: true,
    });
  return (
    <section aria-labelledby="articles">
      <h2 id="articles">Articles</h2>
      <div className={styles.filters}>
        <label className="label">
          Title
          <input type="search" defaultValue={q ?? ''} onChange={({ target }) => change({ q: target.value.trim() })} />
        </label>
        <label className="label">
          For whom
          <select value={visibility ?? ''} onChange={({ target }) => change({ visibility: target.value })}>
            <option value="">Public and internal</option>
            <option value="public">Public</option>
            <option value="private">Internal: for drafts alone</option>
          </select>
        </label>
        <label className="label">
          From
          <select value={origin ?? ''} onChange={({ target }) => change({ origin: target.value })}>
            <option value="">Anywhere</option>
            <option value="folder">A folder</option>
            <option value="freshdesk">Freshdesk Solutions</option>
          </select>
        </label>
      </div>
      <Loaded query={list} rows={5}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          return (
            <>
              <ol className={styles.rows}>
                {items.map((article) => (
                  <li key={article.id} className={styles.row}>
                    <div className={styles.first}>
                      <Link
                        to="/knowledge/$article"
                        params={{ article: article.id }}
                        search={(before) => before}
                        className={styles.subject}
                        dir="auto"
                      >
                        {article.title}
                      </Link>
                    </div>
                    <div className={`${styles.third} faint small`}>
                      <span>{article.visibility === 'private' ? 'Internal' : 'Public'}</span>
                      <span>{article.language}</span>
                      <span>{counted(article.passages, 'passage')}</span>
                      <span>led {counted(article.led, 'conversation')}</span>
                      {article.draftsClosed > 0 && (
                        <span>
                          {article.draftsIgnored} of {counted(article.draftsClosed, 'draft')} not used
                        </span>
                      )}
                      <span>
                        {article.origin === 'freshdesk' ? 'Freshdesk ' : ''}
                        {article.sourceId}
                      </span>
                    </div>
                  </li>
                ))}
              </ol>
              {items.length === 0 && (
                <p className="empty">
                  No article is like this. Articles come from Freshdesk Solutions by themselves, and from a folder with
                  the command <code>knowledge import DIR</code>.
                </p>
              )}
              {list.hasNextPage && (
                <button type="button" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                  Load more
                </button>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
