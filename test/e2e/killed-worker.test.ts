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

/** Where each ticket's reply is when the worker dies: Freshdesk has not got it, has applied it and not answered, has answered. */
const MOMENTS = [
  'before Freshdesk has it',
  'before its answer',
  'when the answer is out and nothing recorded',
] as const;

test('A5 a worker killed in the middle of three replies, each at another moment, and started again, leaves exactly one of each', async () => {
  await startProcess();
  const { faults, requests } = desk.simulator;
  const first = desk.account.state.lastTicketId + 1;
  const [unsent, unanswered, unrecorded] = [first, first + 1, first + 2];
  const postOf = (ticketId: number) => ({ method: 'POST' as const, path: `/tickets/${ticketId}/reply` });
  const dead = new Promise<void>((resolve) => {
    requests.onRequest(({ method, path }) => {
      if (method === 'POST' && path.endsWith(postOf(unrecorded).path)) resolve(kill());
    });
  });
  let held = 0;
  const hold = async (): Promise<void> => {
    held += 1;
    await dead;
  };
  faults.onRequest({ match: postOf(unsent), at: 'before_apply' }, hold);
  faults.add({ kind: 'lose_request', match: postOf(unsent) });
  faults.onRequest({ match: postOf(unanswered), at: 'after_apply' }, hold);
  faults.add({ kind: 'lose_response', match: postOf(unanswered) });
  for (const ticketId of [unsent, unanswered]) expect(desk.customerAsks()).toBe(ticketId);
  await desk.until('two replies are on their way', () => held === 2);
  expect(desk.customerAsks()).toBe(unrecorded);
  await dead;
  const ids = [unsent, unanswered, unrecorded];
  expect(ids.map((id) => desk.aiReplies(id).length)).toEqual([0, 1, 1]);
  for (const id of [unsent, unanswered]) expect(await repliesOnRecord(id)).toEqual([{ state: 'sending', tries: 1 }]);
  // What is killed here may have had the time to write it down.
  expect(await repliesOnRecord(unrecorded)).toEqual([{ state: expect.stringMatching(/^sen(?:t|ding)$/), tries: 1 }]);

  await startProcess();
  for (const [nth, id] of ids.entries()) {
    await desk.until(
      `the reply that was cut off ${MOMENTS[nth] ?? ''} is over`,
      () => desk.ticket(id).responderId === desk.account.aiAgent.id,
      60_000,
    );
    await desk.quiet(id);
    expect(desk.aiReplies(id)).toHaveLength(1);
    expect(desk.ticket(id).tags).toEqual(['opencx', 'opencx_autopilot']);
    expect(await repliesOnRecord(id)).toEqual([{ state: 'sent', tries: nth === 0 ? 2 : 1 }]);
  }
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
