import '../../testbed/quiet.ts';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { TICKET_WORKFLOW, ticketWorkflowId } from '../../src/domain/temporal-names.ts';
import { createFailingWorkflows } from '../../src/temporal/failing-workflows.ts';
import { openNamespace, type TestNamespace } from '../../testbed/temporal.ts';
import { until } from '../../testbed/until.ts';

jest.setTimeout(120_000);
/** No worker of ours listens here: the tests play it, and fail as they like. */
const QUEUE = 'played-by-the-test';
/** A value of the API's CommandType. */
const FAIL_WORKFLOW = 5;

let temporal: TestNamespace;
let client: Client;
beforeAll(async () => {
  temporal = await openNamespace();
  client = temporal.client;
});
afterAll(() => temporal.close());

const start = (ticketId: number, workflowId = ticketWorkflowId('default', ticketId), type = TICKET_WORKFLOW) =>
  client.workflow.start(type, { workflowId, taskQueue: QUEUE, args: [{ connectionId: 'default', ticketId }] });

async function nextTask(): Promise<Uint8Array> {
  const request = { namespace: temporal.namespace, taskQueue: { name: QUEUE }, identity: 'test' };
  const poll = () => client.workflowService.pollWorkflowTaskQueue(request);
  return (await client.withDeadline(Date.now() + 20_000, poll)).taskToken;
}

/** The workflow task that waits ends the run in a failure. */
async function failRun(): Promise<void> {
  await client.workflowService.respondWorkflowTaskCompleted({
    namespace: temporal.namespace,
    taskToken: await nextTask(),
    commands: [
      {
        commandType: FAIL_WORKFLOW,
        failWorkflowExecutionCommandAttributes: {
          failure: { message: 'broken', applicationFailureInfo: { type: 'Broken', nonRetryable: true } },
        },
      },
    ],
  });
}

/** The workflow task that waits fails, as code does that cannot go on. */
async function failTask(): Promise<void> {
  await client.workflowService.respondWorkflowTaskFailed({
    namespace: temporal.namespace,
    taskToken: await nextTask(),
    cause: 24, // WORKFLOW_WORKER_UNHANDLED_FAILURE
    failure: { message: 'broken' },
  });
}

const failing = createFailingWorkflows;
const listed = async () => (await failing(client)(50)).map(({ ticketId, state }) => `${ticketId} ${state}`).toSorted();

test('a ticket whose workflow failed needs a person until it is worked again', async () => {
  await start(1);
  await failRun();
  await start(2);
  await failRun();
  await start(0, 'something-else', 'otherWorkflow');
  await failRun();
  await until('the failures are listed', async () => (await listed()).join() === '1 failed,2 failed');
  const [item] = await failing(client)(50);
  expect(item).toMatchObject({ connection: 'default', state: 'failed' });
  expect(Date.now() - (item?.since.getTime() ?? 0)).toBeLessThan(60_000);
  expect(await failing(client)(1)).toHaveLength(1);

  const again = await start(1);
  await until('the new run counts', async () => (await listed()).join() === '2 failed');
  await again.terminate();
});

test('a ticket whose workflow fails over and over needs a person', async () => {
  const handle = await start(3);
  const stop = new AbortController();
  const failures = (async () => {
    while (!stop.signal.aborted) await failTask().catch(() => undefined);
  })();
  await until('it is listed', async () => (await listed()).includes('3 stuck'), 60_000);
  stop.abort();
  await handle.terminate();
  await failures;
});
