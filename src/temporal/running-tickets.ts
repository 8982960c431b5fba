import type { Client } from '@temporalio/client';
import { TICKET_WORKFLOW } from '../domain/temporal-names.ts';

/** At once; Temporal takes far more, and a connection has thousands of tickets at most. */
const AT_ONCE = 20;

/** Does something with each ticket of a connection whose workflow runs, as far as Temporal lists it by now; the last started first. */
export async function forRunningTickets(
  client: Client,
  connectionId: string,
  act: (workflowId: string) => Promise<void>,
): Promise<void> {
  const query = `WorkflowType = "${TICKET_WORKFLOW}" AND Connection = "${connectionId}" AND ExecutionStatus = "Running"`;
  let ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) {
    ids.push(workflowId);
    if (ids.length < AT_ONCE) continue;
    await Promise.all(ids.map(act));
    ids = [];
  }
  await Promise.all(ids.map(act));
}
