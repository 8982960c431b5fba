import '../../testbed/quiet.ts';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { NativeConnection, Worker } from '@temporalio/worker';
import { TICKETS_QUEUE } from '../../src/domain/temporal-names.ts';
import type { SyncInput } from '../../src/activities/sync.ts';
import { createSignalTicket } from '../../src/temporal/signal-ticket.ts';
import { openNamespace, type TestNamespace } from '../../testbed/temporal.ts';
import { until } from '../../testbed/until.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { refused } from './script.ts';

jest.setTimeout(120_000);
const BACKLOG = 40;

let temporal: TestNamespace;
let connection: NativeConnection;
beforeAll(async () => {
  temporal = await openNamespace();
  connection = await NativeConnection.connect({ address: temporal.address });
});
afterAll(async () => {
  await connection.close();
  await temporal.close();
});

test('L4 an account with a long backlog is not before everybody else: the first ticket of another one comes soon', async () => {
  const { client, namespace } = temporal;
  const looked: string[] = [];
  const common = { connection, namespace, taskQueue: TICKETS_QUEUE };
  const runs = await Worker.create({ ...common, workflowBundle: await workflowBundle() });
  const running = runs.run();
  const signal = createSignalTicket(client, 20_000);
  const waiting = async (): Promise<number> => {
    const { stats } = await client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: TICKETS_QUEUE },
      taskQueueType: 2, // activities
      reportStats: true,
    });
    return Number(stats?.approximateBacklogCount ?? 0);
  };
  for (let ticketId = 1; ticketId <= BACKLOG; ticketId += 1) await signal('busy', ticketId, { kind: 'webhook' });
  await until('the tickets of the one wait for a look', async () => (await waiting()) === BACKLOG, 60_000);
  await signal('other', 1, { kind: 'webhook' });
  await until('and one of the other', async () => (await waiting()) === BACKLOG + 1);

  const activities = {
    syncTicket: async ({ connectionId }: SyncInput) => {
      looked.push(connectionId);
      return refused();
    },
  };
  const looks = await Worker.create({ ...common, activities, maxConcurrentActivityTaskExecutions: 1 });
  const looking = looks.run();
  await until('all have been looked at', () => looked.length === BACKLOG + 1, 60_000);
  for (const worker of [runs, looks]) worker.shutdown();
  await Promise.all([running, looking]);

  expect(looked.indexOf('other')).toBeLessThan(BACKLOG / 4);
});
