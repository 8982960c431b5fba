import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { useMayWrite } from '../api/signed.ts';
import type { AttentionItem } from '../api/wire.ts';
import { Loaded, Trouble } from '../parts/Loaded.tsx';
import { Page } from '../parts/Page.tsx';
import { Ago } from '../parts/When.tsx';
import { ATTENTION, plain } from '../words/labels.ts';
import styles from './Attention.module.css';

/** What needs a person, by kind, the oldest first. */
export function Attention() {
  const query = useAnswer('listAttention', {});
  const { connection: chosen } = useSearch({ from: '/shell/attention' });
  return (
    <Page title="Attention">
      <Loaded query={query}>
        {({ items: all }) => {
          // What no account has to do with concerns every one.
          const items = all.filter(({ connection }) => chosen === undefined || (connection ?? chosen) === chosen);
          return items.length === 0 ? (
            <p className="empty">Nothing needs a person. What does appears here, with what to do about it.</p>
          ) : (
            <div className="stack">
              {[...Map.groupBy(items.toReversed(), ({ kind }) => kind)].map(([kind, some]) => (
                <section key={kind} className="card" aria-labelledby={`kind-${kind}`}>
                  <h2 id={`kind-${kind}`}>
                    {ATTENTION[kind] ?? plain(kind)} <span className="faint">{some.length}</span>
                  </h2>
                  <ul className={styles.items}>
                    {some.map((item) => (
                      <Item key={`${item.connection} ${item.ticketId} ${item.since}`} item={item} />
                    ))}
                  </ul>
                </section>
              ))}
            </div>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Item({ item }: { item: AttentionItem }) {
  const { connection, ticketId, since, what, whatToDo } = item;
  return (
    <li>
      <p>
        {ticketId !== null && <strong>#{ticketId} </strong>}
        {what}{' '}
        <span className="faint">
          Since <Ago at={since} />.
        </span>
      </p>
      <p className="faint">{whatToDo}</p>
      {ticketId !== null && connection !== null && <TicketButtons item={{ ...item, connection, ticketId }} />}
    </li>
  );
}

/** What can be done about a ticket from here. */
function TicketButtons({
  item: { kind, connection, ticketId },
}: {
  item: AttentionItem & { connection: string; ticketId: number };
}) {
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const sessionId = async () => {
    const { items } = await call('listSessions', { query: { connection, ticketId: String(ticketId) } });
    if (items[0] === undefined) throw new Error(`Ticket ${ticketId} is not mirrored any more.`);
    return items[0].id;
  };
  const act = useMutation({
    mutationFn: async (what: 'open' | 'syncSession' | 'retrySession') => {
      const id = await sessionId();
      if (what === 'open') return navigate({ to: '/inbox/$id', params: { id } });
      await call(what, { params: { id } });
      return queries.invalidateQueries();
    },
  });
  const retries = kind === 'unknown_outbound' || kind === 'refused_resolve';
  return (
    <div className="row">
      <button type="button" onClick={() => act.mutate('open')}>
        Open
      </button>
      {mayWrite && (
        <button type="button" disabled={act.isPending} onClick={() => act.mutate('syncSession')}>
          Read again
        </button>
      )}
      {mayWrite && retries && (
        <button type="button" disabled={act.isPending} onClick={() => act.mutate('retrySession')}>
          Let the AI try again
        </button>
      )}
      {act.error !== null && <Trouble error={act.error} />}
    </div>
  );
}
