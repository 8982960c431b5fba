import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { codeOf } from '../domain/errors.ts';
import { forRunningTickets } from './running-tickets.ts';

/** What an activity fails of while its connection is broken, and is tried again after a minute (C8). */
const BEHIND_KEY: readonly unknown[] = ['Unauthorized', 'CannotDecrypt'];
const DEADLINE_MS = 60_000;
/** Of the API's PendingActivityState: what is under way is left alone. */
const SCHEDULED = 1;
/** Codes of gRPC. */
const [NOT_FOUND, UNIMPLEMENTED] = [5, 12];

/** How many activities wait no longer for their next attempt, but are tried at once. Rejects when Temporal does not answer. */
export type RetryNow = (connectionId: string) => Promise<number>;

/** C8: what a connection's tickets wait with because its key was refused is tried again now: the key works again. */
export function createRetryNow(client: Client): RetryNow {
  return async (connectionId) => {
    let retried = 0;
    await client.withDeadline(Date.now() + DEADLINE_MS, () =>
      forRunningTickets(client, connectionId, async (workflowId) => {
        for (const id of await behindKey(client, workflowId)) {
          const { namespace } = client.options;
          await client.workflowService
            .resetActivity({ namespace, execution: { workflowId }, id })
            .then(() => (retried += 1), unlessGone);
        }
      }),
    );
    return retried;
  };
}

/** The ids of the activities that wait for their next attempt. */
async function behindKey(client: Client, workflowId: string): Promise<string[]> {
  const described = await client.workflow.getHandle(workflowId).describe().catch(noneIfGone);
  return (described?.raw.pendingActivities ?? []).flatMap(({ activityId, state, lastFailure }) =>
    Number(state) === SCHEDULED && BEHIND_KEY.includes(lastFailure?.applicationFailureInfo?.type)
      ? [activityId ?? '']
      : [],
  );
}

function noneIfGone(error: unknown): null {
  if (error instanceof WorkflowNotFoundError) return null;
  throw error;
}

/** It has begun, or ended, by itself. A server that is too old to be asked has it tried again within the minute. */
function unlessGone(error: unknown): void {
  const code = codeOf(error);
  if (code !== NOT_FOUND && code !== UNIMPLEMENTED) throw error;
}
