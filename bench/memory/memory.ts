// npm run bench:memory [-- --tickets N --days N]: how much memory a ticket's run takes in a worker, in the middle of a turn, quiet,
// and out of the cache; and what finding it out of the cache costs, on its first day and after a month.
import '../../testbed/quiet.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pLimit from 'p-limit';
import { NativeConnection, Worker, type WorkflowBundlePath } from '@temporalio/worker';
import { Client, Connection } from '@temporalio/client';
import { INFERENCE_QUEUE, TICKETS_QUEUE } from '../../src/domain/temporal-names.ts';
import { createSignalTicket } from '../../src/temporal/signal-ticket.ts';
import { startTemporal } from '../../testbed/temporal.ts';
import { until } from '../../testbed/until.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { printTable, writeFigures } from '../load/measure.ts';
import { liveFor, replayMs } from './life.ts';
import { createScriptedTickets } from './scripted-tickets.ts';

const { values } = parseArgs({
  options: { tickets: { type: 'string', default: '1000' }, days: { type: 'string', default: '30' } },
});
const [tickets, days] = [Number(values.tickets), Number(values.days)];
/** Signalled at a time. */
const AT_ONCE = 50;

type State = { name: string; cached: number; plans: boolean };
type Each = { heapKib: number; residentKib: number };
const STATES: State[] = [
  { name: 'quiet, in the cache', cached: 4 * tickets, plans: true },
  { name: 'quiet, out of the cache', cached: 10, plans: true },
  // Last: a planner would go on with these.
  { name: 'in the middle of a turn', cached: 4 * tickets, plans: false },
];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const runDir = mkdtempSync(path.join(tmpdir(), 'bench-memory-'));
process.env['TEST_RUN_DIR'] = runDir;
const temporal = await startTemporal(null);
const connection = await Connection.connect({ address: temporal.address });
const native = await NativeConnection.connect({ address: temporal.address });
const client = new Client({ connection });
const common = { connection: native, namespace: 'default' };
const signalTicket = createSignalTicket(client, 20_000);
const bundle = await workflowBundle();
try {
  const memory = [];
  for (const [nth, state] of STATES.entries()) memory.push({ state: state.name, ...(await measure(state, nth)) });
  printTable(
    ['a run', 'KiB of heap each', 'KiB resident each'],
    memory.map(({ state, heapKib, residentKib }) => [state, heapKib, residentKib]),
  );
  const bare = await measureBare();
  printTable(['beside it', '', ''], [['a run that does nothing', bare.heapKib, bare.residentKib]]);
  const lives = [];
  for (const [day, life] of await liveFor(bundle, [1, days]))
    lives.push({ day, ...life, missMs: await replayMs(bundle, life.history) });
  process.stdout.write('\nout of the cache: its history is read and replayed\n');
  printTable(
    ['age in days', 'runs', 'events', 'KiB of history', 'ms to replay'],
    lives.map(({ day, runs, events, kib, missMs }) => [String(day), runs, events, kib, missMs]),
  );
  await writeFigures('memory', { tickets, memory, bare, lives: lives.map(({ history: _history, ...life }) => life) });
} finally {
  await native.close();
  await connection.close();
  await temporal.stop();
  rmSync(runDir, { recursive: true });
}

async function measure({ cached, plans }: State, nth: number): Promise<Each> {
  const scripted = createScriptedTickets();
  const worker = await createWorker(TICKETS_QUEUE, bundle, scripted.freshdesk, cached);
  // Where nobody plans, the turn stays under way.
  const planner = plans
    ? await Worker.create({ ...common, taskQueue: INFERENCE_QUEUE, activities: scripted.inference })
    : null;
  const { looked, replied } = scripted;
  return eachOf(
    [worker, ...(planner === null ? [] : [planner])],
    (id) => signalTicket(`state-${nth}`, id, { kind: 'webhook' }),
    (count) => (plans ? replied.size : looked.size) === count,
  );
}

/** As it is for a workflow of one signal and one condition. */
async function measureBare(): Promise<Each> {
  const file = new URL('../load/bare-workflow.ts', import.meta.url).pathname;
  const worker = await createWorker('bare', await workflowBundle(file), {}, 4 * tickets);
  const nothing = { activities: 0, upserts: 0 };
  const options = { taskQueue: 'bare', signal: 'hint', signalArgs: [] };
  const args = (id: number) => [id, { before: nothing, after: nothing }];
  return eachOf(
    [worker],
    (id) => client.workflow.signalWithStart('bareTicket', { ...options, workflowId: `bare:${id}`, args: args(id) }),
    (count) => worker.getStatus().numCachedWorkflows === count,
  );
}

/** In this thread, so that its heap can be measured. */
function createWorker(taskQueue: string, code: WorkflowBundlePath, activities: object, cached: number) {
  const options = { taskQueue, workflowBundle: code, activities, maxCachedWorkflows: cached, debugMode: true };
  return Worker.create({ ...common, ...options });
}

/** What as many runs again take, when so many are there. */
async function eachOf(
  workers: [Worker, ...Worker[]],
  signal: (id: number) => Promise<unknown>,
  areThere: (count: number) => boolean,
): Promise<Each> {
  const running = Promise.all(workers.map((worker) => worker.run()));
  let asked = 0;
  const ask = async (): Promise<ReturnType<typeof now>> => {
    const limit = pLimit(AT_ONCE);
    const some = Array.from({ length: tickets }, () => (asked += 1));
    await Promise.all(some.map((id) => limit(() => signal(id))));
    await until('all are there', () => areThere(asked), 600_000);
    await until('nothing is under way', () => workers[0].getStatus().numInFlightWorkflowActivations === 0, 60_000);
    await sleep(2_000);
    return now();
  };
  try {
    const before = await ask();
    const after = await ask();
    return {
      heapKib: (after.heap - before.heap) / 1_024 / tickets,
      residentKib: (after.resident - before.resident) / 1_024 / tickets,
    };
  } finally {
    for (const worker of workers) worker.shutdown();
    await running;
  }
}

function now(): { heap: number; resident: number } {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
