import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call } from '../api/call.ts';
import { useMe } from '../api/signed.ts';
import { ROLE } from '../words/labels.ts';

/** Who is signed in, with the way out. */
export function SignedIn({ showKeys }: { showKeys: () => void }) {
  const { role } = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = async () => {
    await call('signOut', {});
    queries.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <div className="row small">
      <span className="faint">{ROLE[role]}</span>
      <button type="button" className="quiet" onClick={showKeys}>
        Keys
      </button>
      <button type="button" className="quiet" onClick={() => void signOut()}>
        Sign out
      </button>
    </div>
  );
}
