import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/queries.ts';
import { useMayWrite } from '../api/signed.ts';
import type { Connection, Settings } from '../api/wire.ts';
import { useConnection } from './connection.ts';
import { Confirm } from './Confirm.tsx';
import { Trouble } from './Loaded.tsx';

/** What the AI does on the account that is looked at, and the switch that stops it. */
export function AccountState() {
  const { data } = useAnswer('listConnections', {}, { poll: 15_000 });
  const chosen = useConnection().data;
  const { connection }: { connection?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  if (chosen === null && connection === undefined) return <span className="warn">No account is connected</span>;
  if (chosen === undefined) return null;
  const choose = (id: string) =>
    void navigate({ to: '.', search: (before) => ({ ...before, connection: id === '' ? undefined : id }) });
  return (
    <div className="row">
      {data !== undefined && data.items.length > 1 && (
        <select aria-label="Account" value={connection ?? ''} onChange={({ target }) => choose(target.value)}>
          <option value="">All accounts</option>
          {data.items.map(({ id, domain }) => (
            <option key={id} value={id}>
              {domain}
            </option>
          ))}
        </select>
      )}
      {chosen === null ? <span className="warn">Not connected</span> : <State connection={chosen} />}
    </div>
  );
}

function State({ connection }: { connection: Connection }) {
  const settings = useAnswer('getSettings', { params: { id: connection.id } });
  const mayWrite = useMayWrite();
  if (settings.data === undefined) return null;
  const { paused } = settings.data;
  const broken = connection.state === 'broken';
  return (
    <div className="row">
      <span className={broken ? 'bad' : paused ? 'warn' : undefined}>
        {broken ? 'Freshdesk refuses the key' : inWords(settings.data)}
      </span>
      {mayWrite && <PauseSwitch id={connection.id} paused={paused} />}
    </div>
  );
}

function PauseSwitch({ id, paused }: { id: string; paused: boolean }) {
  const [asking, ask] = useState(false);
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: (wanted: boolean) => call('changeSettings', { params: { id }, body: { paused: wanted } }),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <>
      <button type="button" disabled={change.isPending} onClick={() => (paused ? ask(true) : change.mutate(true))}>
        {paused ? 'Resume' : 'Pause'}
      </button>
      {change.error !== null && <Trouble error={change.error} />}
      <Confirm
        open={asking}
        title="Let the AI write again?"
        act="Resume"
        close={() => ask(false)}
        confirmed={() => change.mutate(false)}
      >
        <p>Whatever has waited meanwhile is looked at at once, and answered or drafted where the settings say so.</p>
      </Confirm>
    </>
  );
}

function inWords({ paused, channels, rollout }: Settings): string {
  if (paused) return 'Paused: nothing is written to Freshdesk';
  const modes = new Set(Object.values(channels).map(({ mode }) => mode));
  const does = [
    ...(modes.has('autopilot') ? [`autopilot${rollout.percent < 100 ? ` ${rollout.percent} %` : ''}`] : []),
    ...(modes.has('assist') ? ['drafting'] : []),
  ];
  return does.length === 0 ? 'reading along' : does.join(' · ');
}
