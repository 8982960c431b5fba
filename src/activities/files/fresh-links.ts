import type { MessageFile, PendingFile } from '../../db/conversations/attachments.ts';
import type { Session } from '../../db/conversations/session-row.ts';
import type { Account } from '../../accounts/accounts.ts';
import { messageFiles } from '../look/messages.ts';

/** Links are good for 300 s from the reading on. */
const USABLE_MS = 240_000;

type Read = { files: Map<string, string | null>; atMs: number };

/** Fresh links to the files of one ticket, read when they are asked for: the description's, or a page of the thread. */
export type FreshLinks = {
  /** null: the file is no longer there. Throws what the Freshdesk client throws. */
  find(file: Pick<PendingFile, 'seq' | 'remoteId'>): Promise<string | null>;
};

/** Reads the thread from the end, where the newest files are, and no page twice while its links live. */
export function createFreshLinks({ connection, freshdesk }: Account, session: Session, now: () => Date): FreshLinks {
  const reads = new Map<number, Read>();

  async function read(page: number): Promise<Read> {
    const known = reads.get(page);
    if (known !== undefined && now().getTime() - known.atMs < USABLE_MS) return known;
    const files = new Map<string, string | null>();
    const note = (seq: number, found: readonly MessageFile[]): void => {
      for (const { id, link } of found) files.set(`${seq} ${id}`, link);
    };
    const atMs = now().getTime();
    if (page === 0) {
      const { attachments, descriptionHtml } = (await freshdesk.ticket(session.ticketId)).value;
      note(0, messageFiles(attachments, descriptionHtml, connection.baseUrl));
    } else {
      const { entries } = (await freshdesk.conversations(session.ticketId, page)).value;
      for (const entry of entries) note(entry.id, messageFiles(entry.attachments, entry.html, connection.baseUrl));
    }
    const fresh = { files, atMs };
    reads.set(page, fresh);
    return fresh;
  }

  return {
    async find({ seq, remoteId }) {
      const place = `${seq} ${remoteId}`;
      if (seq === 0) return (await read(0)).files.get(place) ?? null;
      for (let page = session.cursorPage; page >= 1; page -= 1) {
        const link = (await read(page)).files.get(place);
        if (link !== undefined) return link;
      }
      return null;
    },
  };
}
