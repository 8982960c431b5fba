import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type Answer, call } from '../api/call.ts';
import { useMayWrite } from '../api/signed.ts';
import { Loaded, Trouble } from '../parts/Loaded.tsx';
import { At } from '../parts/When.tsx';
import { typed } from '../words/form.ts';
import { count, counted } from '../words/numbers.ts';

/** The unresolved tickets from before: how far they are, with pause and another go. None of them is answered. */
export function Backfill({ id }: { id: string }) {
  const query = useQuery({
    queryKey: ['listBackfills', id],
    queryFn: ({ signal }) => call('listBackfills', { params: { id } }, { signal }),
    refetchInterval: ({ state }) => (underWay(state.data?.items[0]) ? 2_000 : 15_000),
  });
  return (
    <section className="stack" aria-label="Backfill">
      <h3>Tickets from before</h3>
      <Loaded query={query} rows={1}>
        {({ items: [newest, ...past] }) => (
          <>
            {newest === undefined ? (
              <p className="faint">None were brought in yet.</p>
            ) : (
              <Progress id={id} run={newest} />
            )}
            {past.length > 0 && (
              <details className="small">
                <summary>{counted(past.length, 'earlier run')}</summary>
                <ul>
                  {past.map(({ id: run, state, found, done, failed, startedAt }) => (
                    <li key={run}>
                      <At at={startedAt} />: {count(done)} of {count(found)} {STATE[state]}
                      {failed > 0 && <span className="bad">, {count(failed)} could not be read</span>}
                    </li>
                  ))}
                </ul>
              </details>
            )}
            <Start id={id} running={underWay(newest)} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function underWay(run: Run | undefined): boolean {
  return run?.state === 'running' || run?.state === 'paused';
}

const STATE = { running: 'under way', paused: 'paused', completed: 'done', failed: 'broke off' } as const;

type Run = Answer<'listBackfills'>['items'][number];

function Progress({ id, run }: { id: string; run: Run }) {
  const { state, found, done, failed, ratePerMinute, etaSeconds, startedAt, endedAt } = run;
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (wanted: 'paused' | 'running') => call('changeBackfill', { params: { id }, body: { state: wanted } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['listBackfills', id] }),
  });
  return (
    <>
      <label className="row">
        <progress max={Math.max(1, found)} value={done + failed} />
        {count(done)} of {count(found)} {STATE[state]}
        {failed > 0 && <span className="bad">, {count(failed)} could not be read</span>}
      </label>
      <p className="faint small">
        Began <At at={startedAt} />
        {endedAt !== null && (
          <>
            , ended <At at={endedAt} />
          </>
        )}
        {state === 'running' && <>, {count(Math.round(ratePerMinute))} a minute</>}
        {state === 'running' && etaSeconds !== null && <>, about {count(Math.ceil(etaSeconds / 60))} min to go</>}
      </p>
      {mayWrite && (state === 'running' || state === 'paused') && (
        <div>
          <button
            type="button"
            disabled={change.isPending}
            onClick={() => change.mutate(state === 'running' ? 'paused' : 'running')}
          >
            {state === 'running' ? 'Pause the backfill' : 'Go on'}
          </button>
        </div>
      )}
      {change.error !== null && <Trouble error={change.error} />}
    </>
  );
}

function Start({ id, running }: { id: string; running: boolean }) {
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: (days: number) => call('startBackfill', { params: { id }, body: { days } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['listBackfills', id] }),
  });
  if (!mayWrite || running) return null;
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate(Number(typed(event.currentTarget, 'days')));
      }}
    >
      <label className="label">
        Days back
        <input name="days" type="number" min="1" defaultValue="30" required />
      </label>
      <button disabled={start.isPending}>Bring them in</button>
      {start.error !== null && <Trouble error={start.error} />}
    </form>
  );
}
