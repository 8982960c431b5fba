import type { Conversation, Freshdesk } from '../../freshdesk/client.ts';

/** Where the last read of a thread stopped (I6). */
export type Cursor = { page: number; seq: number };

export type ThreadRead = {
  entries: Conversation[];
  /** Everything from this sequence number on was read; below it the mirror stands. */
  readFrom: number;
  cursor: Cursor;
  /** The whole thread was read. */
  whole: boolean;
  /** So many entries made no sense and are left out. */
  unusable: number;
};

/**
 * I6: reads the thread from where the last read stopped. Freshdesk pages by number, so entries deleted on earlier pages pull
 * later ones forward: a read that does not show the entry where the last one stopped steps back a page.
 */
export async function readThread(freshdesk: Freshdesk, ticketId: number, cursor: Cursor | null): Promise<ThreadRead> {
  let firstPage = cursor?.page ?? 1;
  let read = await freshdesk.conversations(ticketId, firstPage);
  while (firstPage > 1 && !read.value.entries.some((entry) => entry.id === cursor?.seq)) {
    firstPage -= 1;
    read = await freshdesk.conversations(ticketId, firstPage);
  }
  const entries = [...read.value.entries];
  let { unusable } = read.value;
  let page = firstPage;
  while (read.value.next) {
    page += 1;
    read = await freshdesk.conversations(ticketId, page);
    entries.push(...read.value.entries);
    unusable += read.value.unusable;
  }
  const ids = entries.map((entry) => entry.id);
  return {
    entries,
    readFrom: firstPage === 1 ? 1 : Math.min(...ids),
    cursor: { page, seq: Math.max(0, ...ids) },
    whole: firstPage === 1,
    unusable,
  };
}
