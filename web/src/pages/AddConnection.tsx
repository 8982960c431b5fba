import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call, Refused } from '../api/call.ts';
import { Trouble } from '../parts/Loaded.tsx';
import { SecretOnce } from '../parts/SecretOnce.tsx';
import { typed } from '../words/form.ts';

type Field = { name: 'id' | 'domain' | 'apiKey'; label: string; about: string };

const FIELDS: readonly Field[] = [
  { name: 'domain', label: 'Freshdesk account', about: 'Such as acme.freshdesk.com.' },
  {
    name: 'apiKey',
    label: 'API key',
    about: 'Of the agent that the AI works as; it needs admin rights. In Freshdesk: profile settings, View API Key.',
  },
  { name: 'id', label: 'Name here', about: 'Lower-case letters, digits, - and _; such as "shop". It is for good.' },
];

/** Links another account, once Freshdesk has confirmed the key; its channels start with drafts. */
export function AddConnection({ first }: { first: boolean }) {
  const queries = useQueryClient();
  const add = useMutation({
    mutationFn: (body: { id: string; domain: string; apiKey: string }) => call('createConnection', { body }),
    onSuccess: () => queries.invalidateQueries(),
  });
  const errors = add.error instanceof Refused ? add.error.errors : [];
  return (
    <section className="card stack" aria-labelledby="add-connection">
      <h2 id="add-connection">{first ? 'Connect an account' : 'Connect another account'}</h2>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          add.mutate({ id: typed(form, 'id'), domain: typed(form, 'domain'), apiKey: typed(form, 'apiKey') });
        }}
      >
        {FIELDS.map(({ name, label, about }) => {
          const wrong = errors.find(({ path }) => path === name)?.message;
          return (
            <label key={name} className="label">
              {label}
              <input
                name={name}
                required
                type={name === 'apiKey' ? 'password' : 'text'}
                autoComplete="off"
                defaultValue={name === 'id' && first ? 'default' : ''}
                aria-invalid={wrong !== undefined || undefined}
                aria-describedby={`connect-${name}`}
              />
              <span id={`connect-${name}`} className={wrong === undefined ? 'faint small' : 'bad'}>
                {wrong ?? about}
              </span>
            </label>
          );
        })}
        {add.error !== null && <Trouble error={add.error} />}
        <div>
          <button className="main" disabled={add.isPending}>
            Check and connect
          </button>
        </div>
      </form>
      {add.data !== undefined && <SecretOnce secret={add.data.webhookSecret} />}
    </section>
  );
}
