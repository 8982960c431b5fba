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
};

/** Who changed what on our side. */
export function Activity() {
  const query = useAnswer('listAudit', { query: { limit: 20 } }, { poll: 15_000 });
  return (
    <section className="card" aria-labelledby="activity">
      <h2 id="activity">Activity</h2>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">Nothing was changed yet.</p>
          ) : (
            <ul className={styles.items}>
              {items.map(({ id, at, connection, what, who, changes, counts }) => (
                <li key={id}>
                  <strong>{who}</strong> {WHAT[what] ?? plain(what).toLowerCase()}: {connection}{' '}
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
