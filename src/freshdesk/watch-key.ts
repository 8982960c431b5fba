import type { Freshdesk } from './client.ts';
import { Unauthorized, type UnauthorizedReason } from './errors.ts';

export type KeyWatch = {
  /** Freshdesk does not accept the key any more. */
  refused(reason: UnauthorizedReason): Promise<void>;
  /** A request was answered: the key works. */
  accepted(): Promise<void>;
};

/** The same client, whose key is watched: every call tells whether Freshdesk still accepts it (C8). */
export function watchKey(freshdesk: Freshdesk, watch: KeyWatch): Freshdesk {
  const watched =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      try {
        const answer = await call(...args);
        await watch.accepted();
        return answer;
      } catch (error) {
        if (error instanceof Unauthorized) await watch.refused(error.reason);
        throw error;
      }
    };
  const calls: Record<string, (...args: never[]) => Promise<unknown>> = freshdesk;
  return {
    ...Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, watched(call)])),
    download: freshdesk.download, // uses no key
    verify: freshdesk.verify, // says itself what is wrong, in words for whoever connects
  } as Freshdesk;
}
