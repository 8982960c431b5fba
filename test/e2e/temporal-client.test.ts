import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { TICKETS_QUEUE, ticketWorkflowId } from '../../src/domain/temporal-names.ts';
import { createEndConnection } from '../../src/temporal/end-connection.ts';
import { connectTemporal } from '../../src/temporal/connect.ts';
import { createFailingWorkflows } from '../../src/temporal/failing-workflows.ts';
import { createSignalTicket } from '../../src/temporal/signal-ticket.ts';
import { createGate } from '../../testbed/gate.ts';
import { openNamespace, type TestNamespace } from '../../testbed/temporal.ts';
import { until } from '../../testbed/until.ts';

let temporal: TestNamespace;
let client: Client;
beforeAll(async () => {
  temporal = await openNamespace();
  client = temporal.client;
});
afterAll(() => temporal.close());

const statusOf = async (workflowId: string) => (await client.workflow.getHandle(workflowId).describe()).status.name;

test('C5 removing a connection ends its tickets’ workflows, its backfill and its schedule, and no one else’s', async () => {
  const signal = createSignalTicket(client);
  for (let ticketId = 1; ticketId <= 45; ticketId += 1) await signal('shop', ticketId, { kind: 'webhook' });
  await signal('outlet', 1, { kind: 'webhook' });
  const start = { taskQueue: TICKETS_QUEUE, args: [] };
  await client.workflow.start('backfillWorkflow', { ...start, workflowId: 'backfill:shop' });
  await client.schedule.create({
    scheduleId: 'reconcile:shop',
    spec: { intervals: [{ every: '1h' }] },
    action: { type: 'startWorkflow', workflowType: 'reconcileWorkflow', ...start },
  });
  const running = 'Connection = "shop" AND ExecutionStatus = "Running"';
  await until('Temporal lists them', async () => (await client.workflow.count(running)).count === 45);

  const end = createEndConnection(client);
  await end('shop');
  for (let ticketId = 1; ticketId <= 45; ticketId += 1)
    expect(await statusOf(ticketWorkflowId('shop', ticketId))).toBe('TERMINATED');
  expect(await statusOf('backfill:shop')).toBe('TERMINATED');
  await expect(client.schedule.getHandle('reconcile:shop').describe()).rejects.toThrow();
  expect(await statusOf(ticketWorkflowId('outlet', 1))).toBe('RUNNING');
  await end('shop'); // a second time there is nothing, and no error
});

test('W4, L8 a Temporal that takes what is sent and says nothing keeps nobody waiting beyond the deadline', async () => {
  const [host = '', port] = temporal.address.split(':');
  const gate = await createGate({ host, port: Number(port) });
  await gate.open();
  const connection = await connectTemporal(`127.0.0.1:${gate.port}`, 0, () => undefined);
  const silent = new Client({ connection, namespace: temporal.namespace });
  const signal = createSignalTicket(silent, 300);
  await signal('shop', 99, { kind: 'webhook' });
  gate.freeze();
  await expect(signal('shop', 99, { kind: 'webhook' })).rejects.toThrow();
  await expect(createFailingWorkflows(silent, 300)(10)).rejects.toThrow();
  gate.thaw();
  await createSignalTicket(silent)('shop', 99, { kind: 'webhook' });
  await connection.close();
  await gate.shut();
});
