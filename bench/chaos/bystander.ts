import type { FaultedRequest } from '../../simulator/faults.ts';
import type { Simulator } from '../../simulator/simulator.ts';

/** A public reply of the AI's on a ticket that a person had, or to a question that a person had answered. */
export type TalkedOver = {
  ticketId: number;
  why: 'assigned to a person' | 'answered by a person';
  /** It happened after the last look before the post: nobody can know. */
  withinWindow: boolean;
};

const REPLY = { method: 'POST', path: '/tickets/:id/reply' };
const TICKET = { method: 'GET', path: '/tickets/:id' };

/**
 * Watches Freshdesk itself, knowing nothing of the product's state: at the very moment a reply of the AI's lands, was the
 * ticket a person's? What counts as a person's follows the published rules: before the AI's first words on a ticket an
 * assignment alone is none (E5).
 */
export function watchForTalkingOver(simulator: Simulator): { found: TalkedOver[]; stop(): void } {
  const { account, faults } = simulator;
  const found: TalkedOver[] = [];
  const looks = new Map<number, Seen>();
  const before = new WeakMap<FaultedRequest, Seen | undefined>();

  const onLook = faults.onRequest({ match: TICKET, at: 'after_apply', times: null }, ({ ticketId, status }) => {
    if (ticketId !== null && status === 200) looks.set(ticketId, seenOf(ticketId));
  });
  const onSend = faults.onRequest({ match: REPLY, at: 'before_apply', times: null }, (request) => {
    if (request.ticketId !== null) before.set(request, looks.get(request.ticketId));
  });
  const onReply = faults.onRequest({ match: REPLY, at: 'after_apply', times: null }, (request) => {
    const { ticketId, status } = request;
    if (ticketId === null || status !== 201) return;
    const now = seenOf(ticketId, { beforeLastReply: true });
    const looked = before.get(request);
    if (now.withPerson && now.begun)
      found.push({
        ticketId,
        why: 'assigned to a person',
        withinWindow: !(looked?.withPerson === true && looked.begun),
      });
    if (now.answered) found.push({ ticketId, why: 'answered by a person', withinWindow: looked?.answered !== true });
  });

  function seenOf(ticketId: number, { beforeLastReply = false } = {}): Seen {
    const ticket = account.ticket(ticketId);
    const all = account.thread(ticketId);
    const last = beforeLastReply ? all.findLastIndex((entry) => entry.userId === account.aiAgent.id) : all.length;
    const thread = all.slice(0, last);
    const isPerson = (userId: number): boolean => account.humans.some((human) => human.id === userId);
    const byPerson = thread.findLastIndex((entry) => !entry.private && isPerson(entry.userId));
    const byCustomer = thread.findLastIndex((entry) => entry.incoming);
    return {
      withPerson: ticket.responderId !== null && ticket.responderId !== account.aiAgent.id,
      begun: thread.some((entry) => !entry.private && !entry.incoming),
      answered: byPerson > byCustomer,
    };
  }

  return {
    found,
    stop: () => {
      for (const handle of [onLook, onSend, onReply]) handle.remove();
    },
  };
}

type Seen = {
  withPerson: boolean;
  /** The AI or a person has written to the customer: from here on an assignment counts. */
  begun: boolean;
  /** A person's public reply is newer than the customer's last message. */
  answered: boolean;
};
