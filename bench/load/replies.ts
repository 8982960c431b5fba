import type { Simulator } from '../../simulator/simulator.ts';

/** A ticket that has no reply by then is not answered at all. */
const REPLY_MS = 120_000;

export type Replies = ReturnType<typeof watchReplies>;

/** When the tickets of an account, and of whoever tells of others, were last heard of, and who waits for their replies. */
export function watchReplies({ requests }: Pick<Simulator, 'requests'>) {
  const lastAt = new Map<string, number>();
  const waiting = new Map<string, () => void>();
  function heard(ticket: string, replied: boolean): void {
    lastAt.set(ticket, performance.now());
    if (!replied) return;
    waiting.get(ticket)?.();
    waiting.delete(ticket);
  }
  requests.onRequest(({ ticketId, path: asked, method, status }) => {
    if (ticketId !== null)
      heard(accountTicket(ticketId), method === 'POST' && asked.endsWith('/reply') && status === 201);
  });
  return {
    heard,
    /** By `performance.now()`; 0 when nothing was. */
    lastAt: (ticket: string) => lastAt.get(ticket) ?? 0,
    /** Rejects when there is none for two minutes. */
    replied: (ticket: string) =>
      new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${ticket} has no reply`)), REPLY_MS);
        waiting.set(ticket, () => {
          clearTimeout(late);
          resolve();
        });
      }),
  };
}

/** The name of the account's ticket among those of all sides. */
export function accountTicket(id: number): string {
  return `account:${id}`;
}
