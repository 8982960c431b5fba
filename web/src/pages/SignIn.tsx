import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { type Asked, BASE, call } from '../api/call.ts';
import { Trouble } from '../parts/Loaded.tsx';
import { typed } from '../words/form.ts';
import styles from './SignIn.module.css';

/** A token, or the code that came with the address, for a cookie; then to the page that was asked for. */
export function SignIn() {
  const { back } = useSearch({ from: '/sign-in' });
  const { history } = useRouter();
  const queries = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: (body: Asked<'signIn'>['body']) => call('signIn', { body }),
    onSuccess: () => {
      queries.clear();
      history.replace(`${BASE}${(back ?? '/').slice(1)}`);
    },
  });
  const tried = useRef(false);
  useEffect(() => {
    document.title = 'Sign in – OpenCX';
    const code = /^#code=([\w-]+)$/.exec(location.hash)?.[1];
    if (code === undefined || tried.current) return;
    tried.current = true;
    window.history.replaceState(window.history.state, '', location.pathname);
    mutate({ code });
  }, [mutate]);
  return (
    <main className={styles.page}>
      <form
        className="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          mutate({ token: typed(event.currentTarget, 'token') });
        }}
      >
        <h1>Sign in</h1>
        <label className="label">
          Token
          <input
            type="password"
            name="token"
            required
            autoComplete="current-password"
            maxLength={4_096}
            aria-describedby="token-is"
          />
        </label>
        <p id="token-is" className="small faint">
          The ADMIN_TOKEN of the environment that the service runs with, or its VIEWER_TOKEN to look and change nothing.
        </p>
        {error !== null && <Trouble error={error} />}
        <div>
          <button className="main" disabled={isPending}>
            Sign in
          </button>
        </div>
      </form>
    </main>
  );
}
