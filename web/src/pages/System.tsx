import { useAnswer } from '../api/queries.ts';
import { useMayWrite, useMe } from '../api/signed.ts';
import { Loaded } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { Backfill } from './Backfill.tsx';
import { AddConnection } from './AddConnection.tsx';
import { Activity } from './Activity.tsx';
import { ConnectionCard } from './ConnectionCard.tsx';
import { Doctor } from './Doctor.tsx';
import { Reconcile } from './Reconcile.tsx';

/** The accounts that are connected, and what goes on beside the tickets. */
export function System() {
  const query = useAnswer('listConnections', {});
  const mayWrite = useMayWrite();
  const { version } = useMe();
  return (
    <Page title="System" beside={<span className="faint">Version {version}</span>}>
      <Loaded query={query}>
        {({ items }) => (
          <div className="stack">
            {items.length === 0 && <p className="empty">No account is connected yet.</p>}
            {items.map((connection) => (
              <ConnectionCard key={connection.id} connection={connection}>
                <Backfill id={connection.id} />
                <Reconcile id={connection.id} />
              </ConnectionCard>
            ))}
            <Doctor />
            <Activity />
            {mayWrite && <AddConnection first={items.length === 0} />}
          </div>
        )}
      </Loaded>
    </Page>
  );
}
