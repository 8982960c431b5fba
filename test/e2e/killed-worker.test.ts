import '../../testbed/quiet.ts';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { createDb } from '../../src/db/client.ts';
import { openDesk, type Desk } from '../../testbed/desk.ts';
import { startServiceProcess, type ServiceProcess } from '../../testbed/service-process.ts';

jest.setTimeout(120_000);

let desk: Desk;
let running: ServiceProcess | null = null;

async function startProcess(): Promise<void> {
  running = await startServiceProcess(desk);
}

async function kill(): Promise<void> {
  await running?.kill();
  running = null;
}

beforeAll(async () => {
  desk = await openDesk();
  await desk.stop();
});
afterEach(async () => {
  desk.simulator.faults.clear();
  await kill();
});
afterAll(() => desk.close());

test.each([
  ['before Freshdesk has the reply', 'before_apply', 'lose_request'],
  ['after Freshdesk has applied the reply and before its answer', 'after_apply', 'lose_response'],
] as const)('A5 a worker killed %s, and started again, leaves exactly one reply', async (_when, at, fault) => {
  await startProcess();
  let killed = false;
  desk.simulator.faults.onRequest({ match: { method: 'POST', path: '/tickets/:id/reply' }, at }, async () => {
    await kill();
    killed = true;
  });
  desk.simulator.faults.add({ kind: fault, match: { method: 'POST', path: '/tickets/:id/reply' } });
  const ticketId = desk.customerAsks();
  await desk.until('the worker is killed', () => killed);
  expect(desk.aiReplies(ticketId)).toHaveLength(at === 'after_apply' ? 1 : 0);

  await startProcess();
  await desk.until(
    'the ticket is taken over',
    () => desk.ticket(ticketId).responderId === desk.account.aiAgent.id,
    60_000,
  );
  await desk.quiet(ticketId);
  expect(desk.aiReplies(ticketId)).toHaveLength(1);
  expect(desk.ticket(ticketId).tags).toEqual(['opencx', 'opencx_autopilot']);
});

test('A5 a worker killed when the answer is out and nothing recorded, and started again, leaves exactly one reply', async () => {
  await startProcess();
  const answered = new Promise<void>((resolve) => {
    desk.simulator.requests.onRequest(({ method, path }) => {
      if (method === 'POST' && path.endsWith('/reply')) resolve(kill());
    });
  });
  const ticketId = desk.customerAsks();
  await answered;
  expect(desk.aiReplies(ticketId)).toHaveLength(1);
  expect(await repliesOnRecord(ticketId)).toEqual([{ state: 'sending', tries: 1 }]);

  await startProcess();
  await desk.until(
    'the ticket is taken over',
    () => desk.ticket(ticketId).responderId === desk.account.aiAgent.id,
    60_000,
  );
  await desk.quiet(ticketId);
  expect(desk.aiReplies(ticketId)).toHaveLength(1);
  expect(await repliesOnRecord(ticketId)).toEqual([{ state: 'sent', tries: 1 }]);
});

async function repliesOnRecord(ticketId: number) {
  const db = createDb(desk.databaseUrl, { poolSize: 1 });
  const rows = await db.outbound.findMany({
    where: { kind: 'reply', ticketId: BigInt(ticketId) },
    select: { state: true, tries: true },
  });
  await db.$disconnect();
  return rows;
}
