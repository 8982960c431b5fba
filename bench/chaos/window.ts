import type { Simulator } from '../../simulator/simulator.ts';

/**
 * How long before each public reply reached Freshdesk the ticket was last looked at, ms in ascending order: for so long a person
 * could have taken it unseen.
 */
export function watchTheWindow({ faults }: Simulator): { sorted(): number[]; stop(): void } {
  const lookedAt = new Map<number, number>();
  const took: number[] = [];
  const onLook = faults.onRequest(
    { match: { method: 'GET', path: '/tickets/:id' }, at: 'after_apply', times: null },
    ({ ticketId, status }) => {
      if (ticketId !== null && status === 200) lookedAt.set(ticketId, performance.now());
    },
  );
  const onSend = faults.onRequest(
    { match: { method: 'POST', path: '/tickets/:id/reply' }, at: 'before_apply', times: null },
    ({ ticketId }) => {
      const looked = ticketId === null ? undefined : lookedAt.get(ticketId);
      if (looked !== undefined) took.push(performance.now() - looked);
    },
  );
  return {
    sorted: () => took.toSorted((a, b) => a - b),
    stop: () => {
      for (const handle of [onLook, onSend]) handle.remove();
    },
  };
}
