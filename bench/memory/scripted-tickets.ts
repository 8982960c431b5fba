import { instructionOf } from '../../src/domain/instruction.ts';
import { NOON_MS, snapshot } from '../../testbed/domain.ts';
import type { TicketActivities } from '../../src/workflows/activities.ts';

const WAITS = snapshot({ waiting: { oldestAtMs: NOON_MS - 120_000, newestAtMs: NOON_MS - 60_000 } });
const QUIET = snapshot({ waiting: null, session: { responder: 'ai', owner: 'ai', aiWrote: true } });

/** Activities of tickets that ask once, are answered, and are quiet after that, until they ask anew. */
export function createScriptedTickets() {
  const looked = new Set<number>();
  const replied = new Set<number>();
  const freshdesk: Pick<TicketActivities, 'syncTicket' | 'deliverReply'> = {
    async syncTicket({ ticketId }) {
      looked.add(ticketId);
      const look = replied.has(ticketId) ? QUIET : WAITS;
      return { ...look, instruction: instructionOf(look) };
    },
    async deliverReply({ ticketId }) {
      replied.add(ticketId);
      return { outcome: 'sent', owner: 'ai' };
    },
  };
  const inference: Pick<TicketActivities, 'planTurn'> = {
    planTurn: async () => ({ verdict: 'answer', reasons: [] }),
  };
  return { freshdesk, inference, looked, replied, askAnew: (ticketId: number) => void replied.delete(ticketId) };
}
