import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { useMayWrite } from '../api/signed.ts';
import { Loaded, Trouble } from '../parts/Loaded.tsx';
import { At } from '../parts/When.tsx';
import { typed } from '../words/form.ts';
import { count } from '../words/numbers.ts';

/** The unresolved tickets from before: how far they are, with pause and another go. None of them is answered. */
export function Backfill({ id }: { id: string }) {
  const overview = useAnswer('getOverview', { query: {} }, { poll: 15_000 });
  const underWay = overview.data?.connections.find(({ connection }) => connection === id)?.backfill != null;
  const [seen, see] = useState(false);
  if (underWay && !seen) see(true);
  const query = useAnswer('getBackfill', { params: { id } }, { enabled: seen, poll: 2_000 });
  return (
    <section className="stack" aria-label="Backfill">
      <h3>Tickets from before</h3>
      {!seen ? (
        <p className="faint">None are being brought in.</p>
      ) : (
        <Loaded query={query} rows={1}>
          {(run) => <Progress id={id} run={run} />}
        </Loaded>
      )}
      <Start
        id={id}
        started={() => see(true)}
        running={query.data?.state === 'running' || query.data?.state === 'paused'}
      />
    </section>
  );
}

const STATE = { running: 'under way', paused: 'paused', completed: 'done', failed: 'broke off' } as const;

type Run = NonNullable<ReturnType<typeof useAnswer<'getBackfill'>>['data']>;

function Progress({ id, run }: { id: string; run: Run }) {
  const { state, found, done, failed, ratePerMinute, etaSeconds, startedAt, endedAt } = run;
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (wanted: 'paused' | 'running') => call('changeBackfill', { params: { id }, body: { state: wanted } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['getBackfill'] }),
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

function Start({ id, running, started }: { id: string; running: boolean; started: () => void }) {
  const mayWrite = useMayWrite();
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: (days: number) => call('startBackfill', { params: { id }, body: { days } }),
    onSuccess: () => {
      started();
      return queries.invalidateQueries({ queryKey: ['getBackfill'] });
    },
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
