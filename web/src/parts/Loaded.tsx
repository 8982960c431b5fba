import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Refused } from '../api/call.ts';
import styles from './Loaded.module.css';

type Props<Answer> = {
  query: UseQueryResult<Answer>;
  /** How many rows of what is to come are drawn meanwhile. */
  rows?: number;
  children: (answer: Answer) => ReactNode;
};

/** What a query has answered; its shape while nothing is there, and what is wrong beside what was there before. */
export function Loaded<Answer>({ query, rows = 3, children }: Props<Answer>) {
  const { data, error, isPending, dataUpdatedAt, refetch } = query;
  return (
    <>
      {error !== null && (
        <Trouble error={error} asOf={data === undefined ? null : dataUpdatedAt} retry={() => void refetch()} />
      )}
      {data !== undefined && children(data)}
      {data === undefined && isPending && error === null && <Skeleton rows={rows} />}
    </>
  );
}

function Skeleton({ rows }: { rows: number }) {
  return (
    <output className={styles.skeleton} aria-label="Loading">
      {Array.from({ length: rows }, (_one, row) => (
        <span key={row} className={styles.line} />
      ))}
    </output>
  );
}

type TroubleProps = { error: Error; asOf?: number | null; retry?: () => void };

/** What went wrong, in the service's words, with what the log has it under. */
export function Trouble({ error, asOf = null, retry }: TroubleProps) {
  const refused = error instanceof Refused ? error : null;
  return (
    <div className={styles.trouble} role="alert">
      <p>{refused?.message ?? 'This page has a fault. Load it again.'}</p>
      {refused !== null && refused.errors.length > 0 && (
        <ul>
          {refused.errors.map(({ path, message }) => (
            <li key={path}>
              {path} {message}
            </li>
          ))}
        </ul>
      )}
      <p className={styles.small}>
        {asOf !== null && <>What is shown is as of {new Date(asOf).toLocaleTimeString()}. </>}
        {refused?.requestId != null && <>In the log: {refused.requestId}. </>}
        {retry !== undefined && (
          <button type="button" className="quiet" onClick={retry}>
            Ask again
          </button>
        )}
      </p>
    </div>
  );
}
