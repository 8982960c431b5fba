import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { useMayWrite } from '../api/signed.ts';
import type { Connection } from '../api/wire.ts';
import { Confirm } from '../parts/Confirm.tsx';
import { Trouble } from '../parts/Loaded.tsx';
import { SecretOnce } from '../parts/SecretOnce.tsx';
import { At } from '../parts/When.tsx';
import { typed } from '../words/form.ts';

/** A connected account: whose key it is, whether it works, and what can be changed about it. */
export function ConnectionCard({ connection, children }: { connection: Connection; children: ReactNode }) {
  const { id, domain, agent, state, webhookUrl, connectedAt } = connection;
  const mayWrite = useMayWrite();
  return (
    <section className="card stack" aria-label={`Account ${domain}`}>
      <h2>{domain}</h2>
      <dl className="facts">
        <dt>Name here</dt>
        <dd>{id}</dd>
        <dt>State</dt>
        <dd className={state === 'broken' ? 'bad' : 'good'}>
          {state === 'broken' ? 'Freshdesk refuses the key: enter a new one' : 'works'}
        </dd>
        <dt>The AI writes as</dt>
        <dd>
          {agent.name}, {agent.email}
        </dd>
        <dt>Webhooks go to</dt>
        <dd>{webhookUrl}</dd>
        <LastWebhook id={id} />
        <dt>Connected</dt>
        <dd>
          <At at={connectedAt} />
        </dd>
      </dl>
      {mayWrite && <Change id={id} domain={domain} />}
      {children}
    </section>
  );
}

function LastWebhook({ id }: { id: string }) {
  const overview = useAnswer('getOverview', { query: { connection: id } }, { poll: 30_000 }).data;
  const at = overview?.connections.find(({ connection }) => connection === id)?.lastWebhookAt;
  if (at === undefined) return null;
  return (
    <>
      <dt>Last webhook</dt>
      <dd className={at === null ? 'warn' : undefined}>
        {at === null ? 'none has come yet: see “Does everything work?” below' : <At at={at} />}
      </dd>
    </>
  );
}

function Change({ id, domain }: { id: string; domain: string }) {
  const [asking, ask] = useState<'secret' | 'keep' | 'erase' | null>(null);
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries();
  const change = useMutation({
    mutationFn: (body: { apiKey: string } | { rotateSecret: true }) =>
      call('changeConnection', { params: { id }, body }),
    onSuccess: again,
  });
  const remove = useMutation({
    mutationFn: (data: 'keep' | 'erase') => call('removeConnection', { params: { id }, query: { data } }),
    onSuccess: again,
  });
  const error = change.error ?? remove.error;
  return (
    <>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ apiKey: typed(event.currentTarget, 'apiKey') });
          event.currentTarget.reset();
        }}
      >
        <label className="label">
          New API key
          <input type="password" name="apiKey" required autoComplete="off" />
        </label>
        <button disabled={change.isPending}>Check and use it</button>
        <button type="button" onClick={() => ask('secret')}>
          New webhook secret
        </button>
        <button type="button" onClick={() => ask('keep')}>
          Disconnect
        </button>
        <button type="button" onClick={() => ask('erase')}>
          Disconnect and erase
        </button>
      </form>
      {error !== null && <Trouble error={error} />}
      {change.data?.webhookSecret !== undefined && <SecretOnce secret={change.data.webhookSecret} />}
      <Confirm
        open={asking === 'secret'}
        title="Make a new webhook secret?"
        act="Make it"
        close={() => ask(null)}
        confirmed={() => change.mutate({ rotateSecret: true })}
      >
        <p>
          Until the automation rules in Freshdesk send the new one, webhooks are refused, and news of tickets comes with
          the reconcile pass alone. The command <code>connections rotate-secret {id}</code> changes the rules as well.
        </p>
      </Confirm>
      <Confirm
        open={asking === 'keep' || asking === 'erase'}
        title={asking === 'erase' ? `Disconnect ${domain} and erase what is stored of it?` : `Disconnect ${domain}?`}
        act={asking === 'erase' ? 'Disconnect and erase' : 'Disconnect'}
        close={() => ask(null)}
        confirmed={() => remove.mutate(asking === 'erase' ? 'erase' : 'keep')}
      >
        <p>
          The AI no longer answers its tickets.{' '}
          {asking === 'erase'
            ? 'Every mirrored thread, contact, file and article of it is removed for good.'
            : 'What is stored of it stays.'}
        </p>
      </Confirm>
    </>
  );
}
