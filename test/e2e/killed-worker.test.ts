import '../support/quiet.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { createDb } from '../../src/db/client.ts';
import { openDesk, type Desk } from '../support/desk.ts';

jest.setTimeout(120_000);
const SCRIPT = fileURLToPath(new URL('../support/serve-for-crash.ts', import.meta.url));

let desk: Desk;
let running: ChildProcess | null = null;

/** API and worker in a real process, on the desk's database, Temporal and Freshdesk account. */
async function startProcess(): Promise<void> {
  const config = {
    ...desk.config,
    encryptionKeys: desk.config.encryptionKeys.map((key) => Buffer.from(key).toString('hex')),
  };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', SCRIPT, JSON.stringify(config)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = child;
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  desk.simulator.setWebhook({
    url: `${url}/webhooks/freshdesk/default`,
    headers: { 'X-Webhook-Secret': 'secret-of-the-tests' },
  });
}

/** SIGKILL: no handler runs, nothing is flushed, nothing is answered. */
async function kill(): Promise<void> {
  const child = running;
  running = null;
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
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
