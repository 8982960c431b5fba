import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useAnswer } from '../api/queries.ts';
import type { Filters } from './inbox-filters.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { Ago } from '../parts/When.tsx';
import { count } from '../words/numbers.ts';
import styles from './Overview.module.css';

/** What waits, and for whom. */
export function Overview() {
  return (
    <Page title="Overview">
      <div className={styles.tiles}>
        <Waiting title="Waits for the AI" filters={{ waiting: 'true', sort: 'waiting' }} />
        <Waiting title="Drafts wait for people" filters={{ draft: 'open', sort: 'unchanged' }} />
        <Waiting title="Handed to people" filters={{ status: 'handed_off', sort: 'unchanged' }} />
        <NeedsAPerson />
      </div>
    </Page>
  );
}

/** How many tickets are like this, and since when the first of them; leads to exactly these. */
function Waiting({ title, filters }: { title: string; filters: Filters & { sort: 'waiting' | 'unchanged' } }) {
  const { sort, ...others } = filters;
  const counts = useAnswer('countSessions', { query: others as object });
  const oldest = useAnswer('listSessions', { query: { ...(others as object), sort, limit: 1 } });
  const first = oldest.data?.items[0];
  return (
    <Tile title={title}>
      <Loaded query={counts} rows={1}>
        {({ total }) => (
          <>
            <Link to="/inbox" search={filters} className={styles.figure}>
              {count(total)}
              <span className="hidden"> tickets: {title}</span>
            </Link>
            <p className="faint">
              {first === undefined ? (
                'None'
              ) : (
                <>
                  The oldest: <Ago at={first.waitingSince ?? first.updatedAt} />
                </>
              )}
            </p>
          </>
        )}
      </Loaded>
    </Tile>
  );
}

function NeedsAPerson() {
  const query = useAnswer('listAttention', {}, { poll: 15_000 });
  return (
    <Tile title="Attention">
      <Loaded query={query} rows={1}>
        {({ items }) => {
          const oldest = items.at(-1);
          return (
            <>
              <Link to="/attention" className={styles.figure}>
                {count(items.length)}
                <span className="hidden"> things to look at</span>
              </Link>
              <p className="faint">
                {oldest === undefined ? (
                  'Nothing'
                ) : (
                  <>
                    The oldest: <Ago at={oldest.since} />
                  </>
                )}
              </p>
            </>
          );
        }}
      </Loaded>
    </Tile>
  );
}

function Tile({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="card">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
