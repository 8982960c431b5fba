import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { backfillWorkflowId } from '../domain/backfill.ts';
import { reconcileScheduleId } from '../domain/reconcile.ts';
import { forRunningTickets } from './running-tickets.ts';

const DEADLINE_MS = 60_000;
const REASON = 'the connection was removed';

/**
 * Ends everything that runs for a connection: the reconcile schedule, the backfill and the tickets' workflows. What is not
 * there is no error. Temporal's list is some moments behind: a workflow that it did not show yet finds no connection at its
 * next look, and ends by itself. Rejects when Temporal does not answer.
 */
export function createEndConnection(client: Client): (connectionId: string) => Promise<void> {
  return (connectionId) =>
    client.withDeadline(Date.now() + DEADLINE_MS, async () => {
      await client.schedule.getHandle(reconcileScheduleId(connectionId)).delete().catch(unlessGone);
      await end(client, backfillWorkflowId(connectionId));
      await forRunningTickets(client, connectionId, (workflowId) => end(client, workflowId));
    });
}

async function end(client: Client, workflowId: string): Promise<void> {
  await client.workflow.getHandle(workflowId).terminate(REASON).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError) return;
  throw error;
}
