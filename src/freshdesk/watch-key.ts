import { around } from './around.ts';
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
  return around(freshdesk, async (call) => {
    try {
      const answer = await call();
      await watch.accepted();
      return answer;
    } catch (error) {
      if (error instanceof Unauthorized) await watch.refused(error.reason);
      throw error;
    }
  });
}
