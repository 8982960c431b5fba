import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { openDesk, RETURNS_QUESTION, UNKNOWN_QUESTION, type Desk } from '../../testbed/desk.ts';
import { runFolder } from '../../testbed/run-folder.ts';
import { startServiceProcess, type ServiceProcess } from '../../testbed/service-process.ts';

jest.setTimeout(180_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';
const PORTAL = 2;
/** Of the API's EventType. */
const WORKFLOW_TASK_FAILED = 9;
const root = fileURLToPath(new URL('../..', import.meta.url));

let desk: Desk;
let lastRelease: string;
const running: ServiceProcess[] = [];
beforeAll(async () => {
  lastRelease = unpacked();
  desk = await openDesk({ settings: { channels: { email: { burstSeconds: 3 }, web: { mode: 'assist' } } } });
  await desk.stop();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.kill()));
});
afterAll(() => desk.close());

/** The code of the last release, as `tools/dev/pack-release.ts` has kept it, ready to serve; returns what starts it. */
function unpacked(): string {
  const folder = runFolder('last-release');
  execFileSync('tar', ['-xzf', path.join(root, 'test/releases/last.tar.gz'), '-C', folder]);
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const testbed = path.join(folder, 'testbed');
  mkdirSync(testbed);
  for (const file of ['quiet.ts', 'run-folder.ts', 'serve-for-crash.ts', 'workflow-bundle.ts'])
    copyFileSync(path.join(root, 'testbed', file), path.join(testbed, file));
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
  const prisma = path.join(folder, 'node_modules/prisma/build/index.js');
  execFileSync(process.execPath, [prisma, 'generate', '--no-hints'], { cwd: folder, env, stdio: 'pipe' });
  return path.join(testbed, 'serve-for-crash.ts');
}

async function start(script?: string): Promise<ServiceProcess> {
  const started = await startServiceProcess(desk, null, script);
  running.push(started);
  return started;
}

test('L7 the last release and this code on one database and one Temporal: tickets in every state go on, nothing fails, nothing is answered twice', async () => {
  const replies = new Map<number, number>();
  const answered = async (...tickets: number[]): Promise<void> => {
    for (const id of tickets) {
      const wanted = (replies.get(id) ?? 0) + 1;
      replies.set(id, wanted);
      await desk.until(`ticket ${id} has its reply`, () => desk.aiReplies(id).length >= wanted, 60_000);
    }
    for (const id of replies.keys()) await idle(id);
    for (const [id, count] of replies) expect(desk.aiReplies(id)).toHaveLength(count);
  };
  const asksMore = (ticketId: number) => desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
  const idle = (ticketId: number) => desk.until(`${ticketId} is idle`, () => isIdle(ticketId), 60_000);

  const old = await start(lastRelease);
  const [quiet, waits] = [desk.customerAsks(), desk.customerAsks()];
  const drafted = desk.customerAsks(RETURNS_QUESTION, { source: PORTAL });
  const handedOff = desk.customerAsks(UNKNOWN_QUESTION);
  await answered(quiet, waits);
  await desk.until('one is drafted', () => desk.aiNotes(drafted).length === 1);
  await desk.until('one is handed off', () => desk.aiNotes(handedOff).length === 1);
  await Promise.all([drafted, handedOff].map(idle));
  asksMore(waits); // its burst has not ended when the other version comes

  await start();
  const fresh = Array.from({ length: 6 }, () => desk.customerAsks());
  await answered(waits, ...fresh);

  await old.stop();
  for (const id of [quiet, waits, drafted]) asksMore(id);
  desk.account.assign(handedOff, desk.account.aiAgent.id);
  asksMore(handedOff);
  await answered(quiet, waits, handedOff);
  await desk.until('one is drafted again', () => desk.aiNotes(drafted).length === 2);

  for (const id of [drafted, ...replies.keys()]) {
    const { events } = await desk.handle(id).fetchHistory();
    expect((events ?? []).filter(({ eventType }) => Number(eventType) === WORKFLOW_TASK_FAILED)).toEqual([]);
    expect((await desk.handle(id).describe()).status.name).toBe('RUNNING');
    const posts = desk.simulator.requests.find({ method: 'POST', path: `/tickets/${id}/reply` });
    expect(posts).toHaveLength(replies.get(id) ?? 0);
  }
});

/** Its webhooks are delivered, and nothing is under way. */
async function isIdle(ticketId: number): Promise<boolean> {
  await desk.simulator.webhooksIdle();
  const { raw } = await desk.handle(ticketId).describe();
  return (raw.pendingActivities ?? []).length === 0 && raw.pendingWorkflowTask == null;
}
