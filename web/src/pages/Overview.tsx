import { ownZone } from '../words/zone.ts';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { useAreaName } from '../parts/areas.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { Ago } from '../parts/When.tsx';
import { useConnection } from '../parts/connection.ts';
import { count, counted } from '../words/numbers.ts';
import { KIND } from '../words/gaps.ts';
import { OutcomeBar } from './OutcomeBar.tsx';
import { Tiles } from './Tiles.tsx';
import type { Filters } from './inbox-filters.ts';
import styles from './Overview.module.css';

type Overview = Answer<'getOverview'>;

/** How things stand: what waits and for whom, and what the last seven days came to beside the seven before. */
export function Overview() {
  const { connection } = useSearch({ from: '/shell/' });
  const kept = connection === undefined ? {} : { connection };
  const query = useAnswer('getOverview', { query: { zone: ownZone(), ...kept } });
  return (
    <Page title="Overview">
      <Loaded query={query} rows={4}>
        {(seen) => (
          <div className="stack">
            <div className={styles.tiles}>
              <Backlog
                title="Waits for the AI"
                backlog={seen.waiting}
                filters={{ waiting: 'true', sort: 'waiting', ...kept }}
              />
              <Backlog
                title="Drafts wait for people"
                backlog={seen.drafts}
                filters={{ draft: 'open', sort: 'unchanged', ...kept }}
              />
              <Backlog title="Held" backlog={seen.held} filters={{ held: 'true', sort: 'unchanged', ...kept }} />
              <NeedsAPerson />
            </div>
            {seen.connections.map((one) => (
              <Beginning key={one.connection} connection={one} />
            ))}
            <Standings connections={seen.connections} />
            <Week outcomes={seen.outcomes} kept={kept} />
            <TopGaps />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

type BacklogProps = { title: string; backlog: Overview['waiting']; filters: Filters };

/** How many tickets are like this, and since when the first of them; leads to exactly these. */
function Backlog({ title, backlog: { tickets, oldestSince }, filters }: BacklogProps) {
  return (
    <Tile title={title}>
      <Link to="/inbox" search={filters} className={styles.figure}>
        {count(tickets)}
        <span className="hidden"> tickets: {title}</span>
      </Link>
      <p className="faint">
        {oldestSince === null ? (
          'None'
        ) : (
          <>
            The oldest: <Ago at={oldestSince} />
          </>
        )}
      </p>
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

const STEP = {
  key: ['Freshdesk takes the key', '/system'],
  rules: ['The automation rules send webhooks', '/system'],
  knowledge: ['There is something to answer from', '/knowledge'],
  drafts_on: ['Drafts are on', '/settings'],
  drafts_closed: ['People have dealt with drafts', '/reports'],
  autopilot: ['Autopilot for a share', '/settings'],
} as const;

/** From the key to autopilot, while that is not done; and what a backfill is at. */
function Beginning({
  connection: { connection, domain, steps, backfill },
}: {
  connection: Overview['connections'][number];
}) {
  const done = steps.every((step) => step.done);
  if (done && backfill === null) return null;
  return (
    <section className="card" aria-label={`Going live with ${domain}`}>
      <h2>{domain}</h2>
      {backfill !== null && (
        <p>
          Tickets from before: {count(backfill.done)} of {count(backfill.found)}{' '}
          <Link to="/system">{backfill.state === 'paused' ? 'paused' : 'under way'}</Link>
        </p>
      )}
      {!done && (
        <ol className={styles.steps}>
          {steps.map(({ step, done: reached, reached: so, of }) => (
            <li key={step}>
              <span className={reached ? 'good' : 'faint'}>{reached ? 'Done' : 'To do'}</span>
              <Link to={STEP[step][1]} search={{ connection }}>
                {STEP[step][0]}
              </Link>
              {of > 1 && (
                <span className="faint">
                  {' '}
                  {count(so)} of {count(of)}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** N11: how far public answers are earned, where they are to be. */
function Standings({ connections }: { connections: Overview['connections'] }) {
  return connections.map(({ connection, domain, earned }) =>
    earned === null ? null : (
      <p key={connection}>
        {domain}: {earned.words}
      </p>
    ),
  );
}

function Week({ outcomes, kept }: { outcomes: Overview['outcomes']; kept: { connection?: string } }) {
  const { window, rows, tiles, previous, n } = outcomes;
  const filters = { from: new Date(window.from).toLocaleDateString('sv', { timeZone: window.zone }), ...kept };
  return (
    <section className="stack" aria-labelledby="week">
      <h2 id="week">The last 7 days</h2>
      {n === 0 ? (
        <p className="faint">No conversation has begun.</p>
      ) : (
        <>
          <OutcomeBar rows={rows} />
          <Tiles tiles={tiles} previous={previous?.tiles ?? null} filters={filters} />
        </>
      )}
      <p>
        <Link to="/reports" search={filters}>
          All reports
        </Link>
      </p>
    </section>
  );
}

const MOST_GAPS = 3;

/** What most often had to be answered by people because no article does. */
function TopGaps() {
  const areaName = useAreaName();
  const chosen = useConnection().data;
  const id = chosen?.id ?? '';
  const query = useAnswer('listGaps', { params: { id }, query: {} }, { enabled: id !== '', poll: 60_000 });
  const open = (query.data?.items ?? []).filter(({ state }) => state === 'open').slice(0, MOST_GAPS);
  if (open.length === 0) return null;
  return (
    <section className="card" aria-labelledby="gaps">
      <h2 id="gaps">What the articles lack most</h2>
      <ul className={styles.gaps}>
        {open.map(({ id: gap, kind, subject, conversations }) => (
          <li key={gap}>
            <span dir="auto">{subject === '' ? KIND[kind] : areaName(subject)}</span>
            <span className="faint">
              {subject !== '' && `: ${KIND[kind].toLowerCase()}`} {counted(conversations, 'conversation')}
            </span>
          </li>
        ))}
      </ul>
      <Link to="/knowledge" search={{ connection: id }}>
        All of them
      </Link>
    </section>
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
