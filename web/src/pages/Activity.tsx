import type { Answer } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { At } from '../parts/When.tsx';
import { plain } from '../words/labels.ts';
import styles from './Attention.module.css';

type Entry = Answer<'listAudit'>['items'][number];

const WHAT: Partial<Readonly<Record<Entry['what'], string>>> = {
  settings_changed: 'changed settings',
  contact_erased: 'erased a person',
  sessions_expired: 'removed closed tickets',
  turn_graded: 'graded what the AI said',
  grade_taken_back: 'took a grade back',
};

/** What somebody did many times in a row is one line. */
function inARow(entries: readonly Entry[]): (Entry & { times: number })[] {
  return entries.reduce<(Entry & { times: number })[]>((rows, entry) => {
    const last = rows.at(-1);
    const same =
      last?.what === entry.what &&
      last.who === entry.who &&
      last.connection === entry.connection &&
      entry.changes.length === 0;
    if (same) last.times += 1;
    else rows.push({ ...entry, times: 1 });
    return rows;
  }, []);
}

/** Who changed what on our side. */
export function Activity() {
  const query = useAnswer('listAudit', { query: { limit: 50 } }, { poll: 15_000 });
  return (
    <section className="card" aria-labelledby="activity">
      <h2 id="activity">Activity</h2>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">Nothing was changed yet.</p>
          ) : (
            <ul className={styles.items}>
              {inARow(items).map(({ id, at, connection, ticketId, what, who, changes, counts, times }) => (
                <li key={id}>
                  <strong>{who}</strong> {WHAT[what] ?? plain(what).toLowerCase()}: {connection}
                  {ticketId !== null && times === 1 && ` #${ticketId}`}
                  {times > 1 && `, ${times} times`}{' '}
                  <span className="faint small">
                    <At at={at} />
                  </span>
                  {changes.map((change) => (
                    <div key={change.path} className="small">
                      <code>{change.path}</code>: {JSON.stringify(change.old)} → {JSON.stringify(change.new)}
                    </div>
                  ))}
                  {Object.entries(counts).map(([name, n]) => (
                    <div key={name} className="small">
                      {name}: {n}
                    </div>
                  ))}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}
