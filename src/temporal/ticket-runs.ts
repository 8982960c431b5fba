import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { TicketRuns } from '../activities/deps.ts';
import { ticketWorkflowId } from '../domain/temporal-names.ts';
import type { SignalTicket } from './signal-ticket.ts';

const DEADLINE_MS = 3_000;
/** So many attempts at the same thing are no passing trouble any more. */
const FAILING_AFTER = 4;
/** What an activity waits for, rather than fails of. */
const WAITING: readonly unknown[] = ['RateLimited', 'Later', 'NotSettled', 'StaleLook', 'Unauthorized'];

export function createTicketRuns(client: Client, signalTicket: SignalTicket): TicketRuns {
  return {
    hint: signalTicket,

    async state(connectionId, ticketId) {
      const handle = client.workflow.getHandle(ticketWorkflowId(connectionId, ticketId));
      try {
        const { status, raw } = await client.withDeadline(Date.now() + DEADLINE_MS, () => handle.describe());
        if (status.name === 'COMPLETED') return 'ended';
        if (status.name !== 'RUNNING') return 'failing';
        const stuck = (raw.pendingActivities ?? []).some(
          ({ attempt, lastFailure }) =>
            (attempt ?? 1) >= FAILING_AFTER && !WAITING.includes(lastFailure?.applicationFailureInfo?.type),
        );
        if (stuck) return 'failing';
        const busy = (raw.pendingActivities ?? []).length > 0 || raw.pendingWorkflowTask != null;
        return busy ? 'working' : 'idle';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'ended';
        throw error;
      }
    },
  };
}
