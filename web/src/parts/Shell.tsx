import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { call } from '../api/call.ts';
import { soon, useAnswer } from '../api/queries.ts';
import { Signed } from '../api/signed.ts';
import { KeyList } from './KeyList.tsx';
import { useKeys } from './keys.ts';
import { Loaded } from './Loaded.tsx';
import { AccountState } from './AccountState.tsx';
import { SignedIn } from './SignedIn.tsx';
import { typed } from '../words/form.ts';
import styles from './Shell.module.css';

/** What is around every page, for whoever is signed in. */
export function Shell() {
  const me = useQuery({
    queryKey: ['getMe'],
    queryFn: ({ signal }) => call('getMe', {}, { signal }),
    refetchInterval: ({ state }) => (state.status === 'error' ? soon(30_000) : 30_000),
  });
  return (
    <Loaded query={me} rows={1}>
      {(who) => (
        <Signed.Provider value={who}>
          <Frame />
        </Signed.Provider>
      )}
    </Loaded>
  );
}

function Frame() {
  const [keysShown, showKeys] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  useKeys({ '?': () => showKeys(true), '/': () => search.current?.focus() });
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        Skip to the content
      </a>
      <header className={styles.top}>
        <Search field={search} />
        <AccountState />
        <SignedIn showKeys={() => showKeys(true)} />
      </header>
      <Rail />
      <main className={styles.main} id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <KeyList open={keysShown} close={() => showKeys(false)} />
    </div>
  );
}

function Rail() {
  const attention = useAnswer('listAttention', {}, { poll: 15_000 });
  const { connection }: { connection?: string } = useSearch({ strict: false });
  const kept = connection === undefined ? {} : { connection };
  const waiting = attention.data?.items.length ?? 0;
  return (
    <nav className={styles.rail} aria-label="Pages">
      <Link to="/" activeOptions={{ exact: true, includeSearch: false }} search={kept}>
        Overview
      </Link>
      <Link to="/inbox" search={kept}>
        Inbox
      </Link>
      <Link to="/review" search={kept}>
        Review
      </Link>
      <Link to="/attention" search={kept}>
        Attention
        {waiting > 0 && (
          <span className={styles.badge}>
            {waiting}
            <span className="hidden"> to look at</span>
          </span>
        )}
      </Link>
      <Link to="/reports" search={kept}>
        Reports
      </Link>
      <Link to="/knowledge" search={kept}>
        Knowledge
      </Link>
      <Link to="/settings" search={kept}>
        Settings
      </Link>
      <Link to="/system">System</Link>
    </nav>
  );
}

function Search({ field }: { field: React.RefObject<HTMLInputElement | null> }) {
  const navigate = useNavigate();
  return (
    <search className={styles.search}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const q = typed(event.currentTarget, 'q');
          void navigate({ to: '/inbox', search: q === '' ? {} : { q } });
        }}
      >
        <input
          ref={field}
          type="search"
          name="q"
          maxLength={500}
          aria-label="Search tickets"
          placeholder="Search: words, ticket number, e-mail"
        />
      </form>
    </search>
  );
}
