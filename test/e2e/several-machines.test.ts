import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createDb } from '../../src/db/client.ts';
import { freePort } from '../../src/local/processes.ts';
import { type Service, startService } from '../../src/app/serve.ts';
import { installRuntimeWithMetrics } from '../../src/temporal/runtime.ts';
import { createTestDatabase } from '../../testbed/database.ts';
import { type Desk, openDesk, RETURNS_QUESTION } from '../../testbed/desk.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { answering, startScriptedServer } from '../../testbed/scripted-server.ts';

const silent = pino({ level: 'silent' });
// As `serve` does it; once per process, before anything uses it.
const temporalMetrics = installRuntimeWithMetrics(silent, await freePort());

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const start = async (only: 'api' | 'worker', changes: Partial<Desk['config']> = {}): Promise<Service> =>
  startService(
    { ...desk.config, ...changes },
    { only, log: silent, temporalMetrics, workflowBundle: await workflowBundle() },
  );
const get = async (url: string) => {
  const response = await fetch(url);
  const body: unknown = await response.json();
  return { status: response.status, body };
};

test('a stop lets the reply that is being posted end: it is recorded as sent, and not looked for later', async () => {
  const ticketId = desk.account.state.lastTicketId + 1;
  const { promise: posting, resolve: isPosting } = Promise.withResolvers<void>();
  const { promise: stopped, resolve: mayAnswer } = Promise.withResolvers<void>();
  desk.simulator.faults.onRequest(
    { match: { method: 'POST', path: `/tickets/${ticketId}/reply` }, at: 'after_apply' },
    async () => {
      isPosting();
      await stopped;
    },
  );
  desk.customerAsks(RETURNS_QUESTION);
  await posting;
  const stop = desk.stop();
  await desk.until('no more webhooks are taken', () =>
    fetch(`${desk.service.url}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  mayAnswer();
  await stop;
  const db = createDb(desk.databaseUrl, { poolSize: 1 });
  const sent = await db.outbound.findMany({ where: { ticketId: BigInt(ticketId), kind: 'reply' } });
  await db.$disconnect();
  expect(sent).toMatchObject([{ state: 'sent', tries: 1 }]);

  await desk.start();
  await desk.quiet(ticketId);
  expect(desk.aiReplies(ticketId)).toHaveLength(1);
  expect(await desk.session(ticketId)).toMatchObject({ turns: [{ outcome: 'replied' }] });
});

describe('API and worker on two machines', () => {
  let api: Service;
  let worker: Service;
  beforeAll(async () => {
    await desk.stop();
    [api, worker] = await Promise.all([start('api'), start('worker')]);
    desk.simulator.setWebhook({
      url: `${api.url}/webhooks/freshdesk/default`,
      headers: { 'X-Webhook-Secret': 'secret-of-the-tests' },
    });
  });
  afterAll(async () => {
    await Promise.all([api.close(), worker.close()]);
    await desk.start();
  });

  test('a webhook taken by the one is worked by the other', async () => {
    const ticketId = desk.customerAsks(RETURNS_QUESTION);
    await desk.until('the reply is there', () => desk.aiReplies(ticketId).length > 0);
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
  });

  test('/readyz says of each what runs there', async () => {
    const ready = { status: 'ready', database: 'ok', temporal: 'ok', connections: { active: 1, broken: 0 } };
    expect(await get(`${api.url}/readyz`)).toEqual({ status: 200, body: { ...ready, worker: 'elsewhere' } });
    expect(await get(`${worker.url}/readyz`)).toEqual({ status: 200, body: { ...ready, worker: 'ok' } });
  });

  test('/metrics has the figures of each, those of all, and those of the Temporal SDK', async () => {
    const page = async ({ url }: Service) => (await fetch(`${url}/metrics`)).text();
    // The record of a turn comes after its reply, and figures of all processes are shown again for two seconds.
    const both = /^opencx_turns_total\{connection="default",outcome="replied"\} 2$/m;
    for (const service of [api, worker])
      await desk.until('it shows both turns', async () => both.test(await page(service)));
    const [ofApi, ofWorker] = [await page(api), await page(worker)];
    expect(ofApi).toMatch(/^opencx_webhooks_total\{result="accepted"\} [1-9]/m);
    expect(ofWorker).toMatch(
      /^opencx_freshdesk_calls_total\{connection="default",method="POST",endpoint="\/tickets\/:id\/reply",status="201"\} 1$/m,
    );
    for (const one of [ofApi, ofWorker]) {
      expect(one).toMatch(/^temporal_request\{.*operation="SignalWithStartWorkflowExecution".*\} [1-9]/m);
      expect(one).toMatch(/^temporal_activity_execution_latency_count\{.*activity_type="deliverReply".*\} [1-9]/m);
    }
  });

  test('the worker has no API and takes no webhooks', async () => {
    expect(await get(`${worker.url}/healthz`)).toMatchObject({ status: 200 });
    for (const path of ['/api/sessions', '/webhooks/freshdesk/default'])
      expect(await get(worker.url + path)).toMatchObject({ status: 404 });
  });
});

test('both may start at the same time on an empty database, and tell of a problem once', async () => {
  const database = await createTestDatabase();
  const receiver = await startScriptedServer();
  receiver.answer(answering(200));
  const db = createDb(database.url, { poolSize: 1 });
  await db.outbound.create({
    data: { key: '1', connectionId: 'default', ticketId: 7n, kind: 'reply', bodyHash: 'x', state: 'unknown' },
  });
  const changes = { databaseUrl: database.url, alertWebhookUrl: receiver.url };
  const services = await Promise.all([start('api', changes), start('worker', changes)]);
  expect(await services[0].connections.list()).toMatchObject([{ id: 'default', state: 'active' }]);
  await desk.until('the problem is told', () => receiver.seen.length > 0);
  await Promise.all(services.map((service) => service.close()));
  const told = receiver.seen.map(({ body }) => JSON.parse(body) as { kind: string });
  expect(told.filter(({ kind }) => kind === 'unknown_outbound')).toMatchObject([{ event: 'opened', tickets: [7] }]);
  await receiver.stop();
  await db.$disconnect();
  await database.drop();
});
