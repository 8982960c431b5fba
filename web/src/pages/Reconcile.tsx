import { useMutation } from '@tanstack/react-query';
import { call } from '../api/call.ts';
import { useMayWrite } from '../api/signed.ts';
import { Trouble } from '../parts/Loaded.tsx';
import { count } from '../words/numbers.ts';

/** Asks the account what changed, without waiting for the next pass. */
export function Reconcile({ id }: { id: string }) {
  const mayWrite = useMayWrite();
  const reconcile = useMutation({ mutationFn: () => call('reconcileNow', { params: { id } }) });
  if (!mayWrite) return null;
  const { data } = reconcile;
  return (
    <section className="stack" aria-label="What webhooks missed">
      <h3>What webhooks missed</h3>
      <div className="row">
        <button type="button" disabled={reconcile.isPending} onClick={() => reconcile.mutate()}>
          Look for it now
        </button>
        <output>
          {data !== undefined &&
            (data.finished
              ? `${count(data.missing ?? 0)} of ${count(data.looked ?? 0)} tickets had something missing.`
              : 'It is looked for; ask again to see what it came to.')}
        </output>
      </div>
      {reconcile.error !== null && <Trouble error={reconcile.error} />}
    </section>
  );
}
