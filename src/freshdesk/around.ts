import type { Freshdesk } from './client.ts';

/** The same client, with something done around every call that goes to the account by its key. */
export function around(freshdesk: Freshdesk, wrap: <T>(call: () => Promise<T>) => Promise<T>): Freshdesk {
  const calls: Record<string, (...args: never[]) => Promise<unknown>> = freshdesk;
  const wrapped = Object.entries(calls).map(([name, call]) => [name, (...args: never[]) => wrap(() => call(...args))]);
  return {
    ...Object.fromEntries(wrapped),
    download: freshdesk.download, // uses no key
    verify: freshdesk.verify, // says itself what is wrong, in words for whoever connects
  } as Freshdesk;
}
