import { Link } from '@tanstack/react-router';
import { percent, shareInWords, TILE, type Tile } from '../words/reports.ts';
import { count } from '../words/numbers.ts';
import type { ReportFilters } from './report-filters.ts';
import styles from './Reports.module.css';

type Props = { tiles: readonly Tile[]; previous: readonly Tile[] | null; filters: ReportFilters };

/** Each figure with all that it rests on, and the way to the conversations behind it. What failed is as large as what succeeded. */
export function Tiles({ tiles, previous, filters }: Props) {
  return (
    <div className={styles.tiles}>
      {(Object.keys(TILE) as Tile['name'][]).map((name) => {
        const tile = tiles.find((one) => one.name === name);
        const before = previous?.find((one) => one.name === name);
        if (tile === undefined) return null;
        const [title, formula] = TILE[name];
        return (
          <section key={name} className="card" aria-label={title} data-tile={name}>
            <h3 title={formula}>{title}</h3>
            <Link to="/reports/episodes" search={{ ...filters, figure: tile.hitsFigure }} className={styles.figure}>
              {shareInWords(tile)}
            </Link>
            {tile.n > 0 && (
              <p className="faint small">
                {count(tile.hits)} of{' '}
                <Link to="/reports/episodes" search={{ ...filters, figure: tile.nFigure }}>
                  {count(tile.n)}
                </Link>
                {tile.interval !== null && tile.n > 0 && (
                  <>
                    , between {percent(tile.interval.from)} and {percent(tile.interval.to)}
                  </>
                )}
                {before !== undefined && <>; before: {shareInWords(before)}</>}
              </p>
            )}
            <details className="small">
              <summary>How it is counted</summary>
              {formula}
            </details>
          </section>
        );
      })}
    </div>
  );
}
