import type { NativeConnection } from '@temporalio/worker';
import { BACKGROUND_QUEUE, FILES_QUEUE, INFERENCE_QUEUE, TICKETS_QUEUE } from '../domain/temporal-names.ts';

/** Values of the API's TaskQueueType. */
const [WORKFLOWS, ACTIVITIES] = [1, 2];
/** A worker asks for work once a minute at least; Temporal remembers it for five. */
const LATELY_MS = 120_000;
const DEADLINE_MS = 5_000;

const ASKED = [
  { queue: TICKETS_QUEUE, type: WORKFLOWS },
  ...[TICKETS_QUEUE, INFERENCE_QUEUE, FILES_QUEUE, BACKGROUND_QUEUE].map((queue) => ({ queue, type: ACTIVITIES })),
];

/** The task queues that no worker has asked for work lately; rejects when the server does not answer. */
export async function queuesWithoutWorker(connection: NativeConnection, namespace: string): Promise<string[]> {
  const idle = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
    Promise.all(
      ASKED.map(async ({ queue, type }) => {
        const { pollers } = await connection.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: queue },
          taskQueueType: type,
        });
        const latest = Math.max(
          0,
          ...(pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0)),
        );
        return Date.now() - latest * 1_000 > LATELY_MS ? [queue] : [];
      }),
    ),
  );
  return [...new Set(idle.flat())];
}
