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
  const watched = async <T>(call: Promise<T>): Promise<T> => {
    try {
      const answer = await call;
      await watch.accepted();
      return answer;
    } catch (error) {
      if (error instanceof Unauthorized) await watch.refused(error.reason);
      throw error;
    }
  };
  return {
    ...freshdesk,
    ticket: (id, options) => watched(freshdesk.ticket(id, options)),
    conversations: (id, page) => watched(freshdesk.conversations(id, page)),
    reply: (id, body) => watched(freshdesk.reply(id, body)),
    note: (id, body) => watched(freshdesk.note(id, body)),
    update: (id, change) => watched(freshdesk.update(id, change)),
  };
}
