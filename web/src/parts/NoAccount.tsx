import { Link, useSearch } from '@tanstack/react-router';

/** Where a page is about an account and there is none: none at all, or not the one that the address names. */
export function NoAccount() {
  const { connection }: { connection?: string } = useSearch({ strict: false });
  if (connection === undefined)
    return (
      <p className="empty">
        No account is connected. <Link to="/system">Connect one</Link>
      </p>
    );
  return (
    <p className="empty">
      The account “{connection}” is not connected, or not any more. <Link to="/system">The accounts there are</Link>
    </p>
  );
}
