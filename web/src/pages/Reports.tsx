import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { call, urlOf } from '../api/call.ts';
import { useAreaName } from '../parts/areas.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { At } from '../parts/When.tsx';
import { count } from '../words/numbers.ts';
import { OutcomeBar } from './OutcomeBar.tsx';
import { cellInWords, type Column, TABS, type TabName } from './report-columns.ts';
import { cohortOf, filtersOf, type ReportFilters, readReport } from './report-filters.ts';
import { ReportFiltersBar } from './ReportFilters.tsx';
import { Tiles } from './Tiles.tsx';
import styles from './Reports.module.css';

/** What the AI has done for the desk, in figures that can be looked behind. */
export function Reports() {
  const search = readReport(useSearch({ from: '/shell/reports' }));
  const filters = filtersOf(search);
  const navigate = useNavigate({ from: '/reports' });
  const tab = search.tab ?? 'outcomes';
  return (
    <Page title="Reports">
      <ReportFiltersBar
        filters={filters}
        change={(changes) => void navigate({ search: (before) => ({ ...before, ...emptied(changes) }), replace: true })}
      />
      <nav className={styles.tabs} aria-label="Reports">
        {(Object.keys(TABS) as TabName[]).map((name) => (
          <Link
            key={name}
            to="/reports"
            search={{ ...filters, tab: name }}
            aria-current={name === tab ? 'page' : undefined}
          >
            {TABS[name].title}
          </Link>
        ))}
      </nav>
      <Report key={tab} tab={tab} filters={filters} />
    </Page>
  );
}

function emptied(changes: ReportFilters): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, value === '' ? undefined : value]));
}

function Report({ tab, filters }: { tab: TabName; filters: ReportFilters }) {
  const { route, about, columns } = TABS[tab];
  const query = cohortOf(filters);
  const report = useQuery({
    queryKey: [route, query],
    queryFn: ({ signal }) => call(route, { query: query as object }, { signal }),
    refetchInterval: 60_000,
  });
  return (
    <Loaded query={report} rows={6}>
      {({ window, n, seeded, previous, rows, asOf, ...more }) => (
        <div className="stack">
          <p className="faint">
            {count(n)} conversations began from <At at={window.from} /> to <At at={window.to} /> ({window.zone}).
            {seeded > 0 && ` ${count(seeded)} of them are made of what was left when the ledger began.`} As of{' '}
            <At at={asOf} />.
          </p>
          {tab === 'outcomes' && <OutcomeBar rows={rows as never} />}
          {'tiles' in more && (
            <Tiles
              tiles={more.tiles}
              previous={previous !== null && 'tiles' in previous ? previous.tiles : null}
              filters={filters}
            />
          )}
          <section className="card stack" aria-labelledby="report-table">
            <div className="head">
              <h2 id="report-table">{TABS[tab].title}</h2>
              <a className="button" href={urlOf(route, {}, { ...query, compare: undefined, format: 'csv' })} download>
                As CSV
              </a>
            </div>
            <p className="faint">{about}</p>
            <Rows columns={columns} rows={rows} />
            <More more={more} />
          </section>
        </div>
      )}
    </Loaded>
  );
}

function Rows({ columns, rows }: { columns: readonly Column[]; rows: readonly object[] }) {
  const areaName = useAreaName();
  const inCell = (value: unknown, column: Column) =>
    column.key === 'subject' && typeof value === 'string' ? areaName(value) : cellInWords(value, column);
  if (rows.length === 0) return <p className="empty">Nothing in this window. A longer one may show more.</p>;
  return (
    // A table that is wider than the page is scrolled, also with the keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="wide" aria-label="Table" tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={isNumber(column) ? 'number' : undefined}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, nth) => (
            <tr key={nth}>
              {columns.map((column) => (
                <td key={column.key} className={isNumber(column) ? 'number' : undefined} dir="auto">
                  {inCell((row as Record<string, unknown>)[column.key], column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function isNumber({ kind }: Column): boolean {
  return kind !== 'text' && kind !== 'flag' && kind !== 'day';
}

/** What a report says beside its rows. */
function More({ more }: { more: object }) {
  const { minutesSaved, notInvolved, totals, thresholds } = more as {
    minutesSaved?: number | null;
    notInvolved?: { why: string; n: number }[];
    totals?: { tokens: number; money: number | null; perInvolved: number | null; perDurable: number | null };
    thresholds?: { connection: string; threshold: number | null }[];
  };
  const lines = [
    ...(typeof minutesSaved === 'number' ? [`Minutes saved, by the setting for it: ${count(minutesSaved)}.`] : []),
    ...(notInvolved ?? []).map(({ why, n }) => `Without the AI, ${why.replaceAll('_', ' ')}: ${count(n)}.`),
    ...(totals === undefined ? [] : [`${count(totals.tokens)} tokens in all.`]),
    ...(totals?.money == null ? [] : [`${totals.money.toFixed(2)} in money.`]),
    ...(totals?.perInvolved == null ? [] : [`${totals.perInvolved.toFixed(4)} for each conversation with the AI.`]),
    ...(totals?.perDurable == null ? [] : [`${totals.perDurable.toFixed(4)} for each durable resolution.`]),
    ...(thresholds ?? []).map(({ connection, threshold }) =>
      threshold === null
        ? `${connection} has not earned public answers yet.`
        : `${connection} asks for ${threshold.toFixed(2)}.`,
    ),
  ];
  if (lines.length === 0) return null;
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
