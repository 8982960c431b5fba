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
import { NativeConnection, Worker } from '@temporalio/worker';
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
const STATES: State[] = [
  { name: 'in the middle of a turn', cached: 4 * tickets, plans: false },
  { name: 'quiet, in the cache', cached: 4 * tickets, plans: true },
  { name: 'quiet, out of the cache', cached: 10, plans: true },
];

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const runDir = mkdtempSync(path.join(tmpdir(), 'bench-memory-'));
process.env['TEST_RUN_DIR'] = runDir;
const temporal = await startTemporal(null);
const connection = await Connection.connect({ address: temporal.address });
const native = await NativeConnection.connect({ address: temporal.address });
const signalTicket = createSignalTicket(new Client({ connection }), 20_000);
const bundle = await workflowBundle();
try {
  const memory = [];
  for (const [nth, state] of STATES.entries()) memory.push({ state: state.name, ...(await measure(state, nth)) });
  printTable(
    ['a run', 'KiB of heap each', 'KiB resident each'],
    memory.map(({ state, heapKib, residentKib }) => [state, heapKib, residentKib]),
  );
  const lives = [];
  for (const [day, life] of await liveFor(bundle, [1, days]))
    lives.push({ day, ...life, missMs: await replayMs(bundle, life.history) });
  process.stdout.write('\nout of the cache: its history is read and replayed\n');
  printTable(
    ['age in days', 'runs', 'events', 'KiB of history', 'ms to replay'],
    lives.map(({ day, runs, events, kib, missMs }) => [String(day), runs, events, kib, missMs]),
  );
  await writeFigures('memory', { tickets, memory, lives: lives.map(({ history: _history, ...life }) => life) });
} finally {
  await native.close();
  await connection.close();
  await temporal.stop();
  rmSync(runDir, { recursive: true });
}

/** What as many tickets again take, when so many are there. */
async function measure({ cached, plans }: State, nth: number): Promise<{ heapKib: number; residentKib: number }> {
  const scripted = createScriptedTickets();
  const common = { connection: native, namespace: 'default' };
  // In this thread, so that its heap can be measured.
  const worker = await Worker.create({
    ...common,
    taskQueue: TICKETS_QUEUE,
    workflowBundle: bundle,
    activities: scripted.freshdesk,
    maxCachedWorkflows: cached,
    debugMode: true,
  });
  // Where nobody plans, the turn stays under way.
  const planner = plans
    ? await Worker.create({ ...common, taskQueue: INFERENCE_QUEUE, activities: scripted.inference })
    : null;
  const running = Promise.all([worker.run(), planner?.run()]);
  const connectionId = `state-${nth}`;
  let asked = 0;
  const ask = async (): Promise<ReturnType<typeof now>> => {
    const limit = pLimit(AT_ONCE);
    const some = Array.from({ length: tickets }, () => (asked += 1));
    await Promise.all(some.map((id) => limit(() => signalTicket(connectionId, id, { kind: 'webhook' }))));
    const { looked, replied } = scripted;
    await until('all are there', () => (plans ? replied.size : looked.size) === asked, 600_000);
    await until('nothing is under way', () => worker.getStatus().numInFlightWorkflowActivations === 0, 60_000);
    await sleep(2_000);
    return now();
  };
  const before = await ask();
  const after = await ask();
  worker.shutdown();
  planner?.shutdown();
  await running;
  return {
    heapKib: (after.heap - before.heap) / 1_024 / tickets,
    residentKib: (after.resident - before.resident) / 1_024 / tickets,
  };
}

function now(): { heap: number; resident: number } {
  collectGarbage();
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
