import { type Client, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { backfillWorkflowId } from '../domain/backfill.ts';
import { reconcileScheduleId } from '../domain/reconcile.ts';
import { TICKET_WORKFLOW } from '../domain/temporal-names.ts';

/** At once; Temporal takes far more, and a connection has thousands of tickets at most. */
const AT_ONCE = 20;
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
      const query = `WorkflowType = "${TICKET_WORKFLOW}" AND Connection = "${connectionId}" AND ExecutionStatus = "Running"`;
      let ids: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query })) {
        ids.push(workflowId);
        if (ids.length < AT_ONCE) continue;
        await Promise.all(ids.map((id) => end(client, id)));
        ids = [];
      }
      await Promise.all(ids.map((id) => end(client, id)));
    });
}

async function end(client: Client, workflowId: string): Promise<void> {
  await client.workflow.getHandle(workflowId).terminate(REASON).catch(unlessGone);
}

function unlessGone(error: unknown): void {
  if (error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError) return;
  throw error;
}
