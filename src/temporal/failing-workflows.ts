import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { codeOf } from '../domain/errors.ts';
import type { FailingWorkflow } from '../domain/attention.ts';
import { TICKET_WORKFLOW, ticketOfWorkflowId } from '../domain/temporal-names.ts';

export type FailingWorkflows = (limit: number) => Promise<FailingWorkflow[]>;

const FAILED = `WorkflowType = "${TICKET_WORKFLOW}" AND ExecutionStatus = "Failed"`;
const STUCK = `WorkflowType = "${TICKET_WORKFLOW}" AND ExecutionStatus = "Running" AND TemporalReportedProblems IS NOT NULL`;
const INVALID_ARGUMENT = 3;

/**
 * The tickets whose workflow has failed and was not started again since, or whose code fails over and over. At most `limit`
 * of each; rejects when Temporal does not answer within `deadlineMs`.
 */
export function createFailingWorkflows(client: Client, deadlineMs = 3_000): FailingWorkflows {
  return (limit) =>
    client.withDeadline(Date.now() + deadlineMs, async () => {
      const [failed, stuck] = await Promise.all([
        firstOf(client, FAILED, limit),
        firstOf(client, STUCK, limit).catch(noneWhereUnknown),
      ]);
      const latest = new Map(failed.toReversed().map((run) => [run.workflowId, run]));
      const ended = await Promise.all(
        [...latest.values()].map(async (run) => ((await isLast(client, run)) ? [run] : [])),
      );
      return [...ended.flat().flatMap((run) => itemOf(run, 'failed')), ...stuck.flatMap((run) => itemOf(run, 'stuck'))];
    });
}

/** Temporal lists the last started ones first. */
async function firstOf(client: Client, query: string, limit: number): Promise<WorkflowExecutionInfo[]> {
  const runs: WorkflowExecutionInfo[] = [];
  for await (const run of client.workflow.list({ query, pageSize: limit })) {
    runs.push(run);
    if (runs.length >= limit) break;
  }
  return runs;
}

/** A ticket's next hint starts a new run; only where none has, a failure needs a person. */
async function isLast(client: Client, { workflowId, runId }: WorkflowExecutionInfo): Promise<boolean> {
  return (await client.workflow.getHandle(workflowId).describe()).runId === runId;
}

/** Older servers do not report what is wrong with workflow tasks, and do not know the attribute. */
function noneWhereUnknown(error: unknown): WorkflowExecutionInfo[] {
  if (error instanceof Error && codeOf(error.cause) === INVALID_ARGUMENT) return [];
  throw error;
}

function itemOf(run: WorkflowExecutionInfo, state: FailingWorkflow['state']): FailingWorkflow[] {
  const ticket = ticketOfWorkflowId(run.workflowId);
  return ticket === null ? [] : [{ ...ticket, since: run.closeTime ?? run.startTime, state }];
}
