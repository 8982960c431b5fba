import type { Answer } from '../api/call.ts';
import { OUTCOME_NAME, shareInWords } from '../words/reports.ts';
import { count } from '../words/numbers.ts';
import styles from './Reports.module.css';

type Row = Answer<'reportOutcomes'>['rows'][number];

const ORDER = [
  'confirmed',
  'assumed',
  'closed_with_team',
  'answered_with_draft',
  'answered_without_draft',
  'handed_off',
  'blocked',
  'open',
];

/** All counted conversations in one bar, each once; the table says the same in numbers. */
export function OutcomeBar({ rows }: { rows: readonly Row[] }) {
  const sums = [...Map.groupBy(rows, ({ outcome }) => outcome)]
    .map(([outcome, some]) => ({ outcome, n: some.reduce((sum, { n }) => sum + n, 0) }))
    .filter(({ outcome, n }) => outcome !== 'not_counted' && n > 0)
    .toSorted((one, other) => ORDER.indexOf(one.outcome) - ORDER.indexOf(other.outcome));
  const all = sums.reduce((sum, { n }) => sum + n, 0);
  if (all === 0) return null;
  const before = (nth: number) => sums.slice(0, nth).reduce((sum, { n }) => sum + n, 0);
  const percentOf = (n: number) => (n / all) * 100;
  return (
    <figure className={styles.bar}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        {sums.map(({ outcome, n }, nth) => (
          <rect
            key={outcome}
            className={styles[outcome]}
            x={percentOf(before(nth))}
            y="0"
            width={percentOf(n)}
            height="6"
          />
        ))}
      </svg>
      <figcaption>
        {sums.map(({ outcome, n }) => (
          <span key={outcome} className={styles.key}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect className={styles[outcome]} width="10" height="10" />
            </svg>
            {OUTCOME_NAME[outcome]} {inWords(n, all)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** G1: of few, how many of how many. */
function inWords(hits: number, n: number): string {
  const share = shareInWords({ hits, n, share: hits / n });
  return share.endsWith('%') ? `${count(hits)} (${share})` : share;
}
