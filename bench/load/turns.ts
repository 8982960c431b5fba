// npm run bench:turns [-- --rounds N --tickets N]: a new ticket from the customer's message to the reply in the account, and
// until nothing more is asked, beside a workflow with as many activities and actions that do nothing. Both on one server, in
// turns. TEMPORAL_ADDRESS names another server than the dev server (and TEMPORAL_PROCESS a part of its command line, for its
// CPU seconds). Linux only.
import '../../testbed/quiet.ts';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { ticketWorkflowId } from '../../src/domain/temporal-names.ts';
import type { Actions, Shape } from './bare-workflow.ts';
import { closedLoop, median, printTable, writeFigures } from './measure.ts';
import { openRig, type Cpu, type Round } from './rig.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, tickets: { type: 'string', default: '40' } },
});
const [rounds, tickets] = [Number(values.rounds), Number(values.tickets)];
const IN_FLIGHT = [1, 20];
const QUEUE = 'bare';
const BARE_WORKER = 'bare-worker.ts';

type Side = 'product' | 'bare';
type Both = Record<Side, Round>;
type Measured = { inFlight: number; rounds: Both[] };

const rig = await openRig();
const connection = await Connection.connect({ address: rig.temporal.address });
const client = new Client({ connection });
try {
  await main();
} finally {
  await connection.close();
  await rig.close();
}

async function main(): Promise<void> {
  const product = await rig.startProduct();
  const askProduct = () => rig.askAccount();
  const first = await askProduct();
  await rig.quiet([first]);
  const shape = await shapeOf(Number(first.split(':')[1]));
  process.stdout.write(
    `until the reply ${inWords(shape.before)}, until quiet ${inWords(shape.after)} more, on both sides\n`,
  );
  await startBare();
  const sides: Record<Side, { process: string; ask: () => Promise<string> }> = {
    product: { process: product.process, ask: askProduct },
    bare: { process: BARE_WORKER, ask: createBareAsker(shape) },
  };
  for (const { ask } of Object.values(sides)) await closedLoop(4, 3_000, ask);

  const measured: Measured[] = [];
  for (const inFlight of IN_FLIGHT) {
    const all: Both[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const both: Partial<Both> = {};
      for (const side of round % 2 === 0 ? (['product', 'bare'] as const) : (['bare', 'product'] as const))
        both[side] = await rig.measure(sides[side].process, inFlight, tickets, sides[side].ask);
      all.push(both as Both);
    }
    measured.push({ inFlight, rounds: all });
  }
  print(measured);
  await writeFigures(rig.givenTemporal ? 'turns-given-server' : 'turns', { shape, measured });
}

function createBareAsker(shape: Shape): () => Promise<string> {
  let nth = 0;
  const signal = (number: number) =>
    client.workflow.signalWithStart('bareTicket', {
      workflowId: `bare:${number}`,
      taskQueue: QUEUE,
      args: [number, shape],
      signal: 'hint',
      signalArgs: [],
    });
  return async () => {
    nth += 1;
    const number = nth;
    const replied = rig.replied(bareTicketName(number));
    await signal(number);
    await replied;
    void signal(number); // as our own writes come back
    return bareTicketName(number);
  };
}

function bareTicketName(number: number): string {
  return `bare:${number}`;
}

/** What a ticket's run did, as its history tells. */
async function shapeOf(ticketId: number): Promise<Shape> {
  const { events } = await client.workflow.getHandle(ticketWorkflowId('default', ticketId)).fetchHistory();
  const all = events ?? [];
  const delivered = all.findIndex((event) =>
    /deliverReply/.test(event.activityTaskScheduledEventAttributes?.activityType?.name ?? ''),
  );
  const count = (part: typeof all): Actions => ({
    activities: part.filter((event) => event.activityTaskScheduledEventAttributes != null).length,
    upserts: part.filter((event) => event.upsertWorkflowSearchAttributesEventAttributes != null).length,
  });
  return { before: count(all.slice(0, delivered + 1)), after: count(all.slice(delivered + 1)) };
}

function inWords({ activities, upserts }: Actions): string {
  return `${activities} activities and ${upserts} changes of attributes`;
}

function print(measured: Measured[]): void {
  const of = (all: Both[], side: Side, key: 'reply' | 'quiet' | 'perSecond') =>
    median(all.map((round) => round[side][key]));
  const ratios = (all: Both[], key: 'reply' | 'quiet') => all.map(({ product, bare }) => product[key] / bare[key]);
  const each = (all: number[]) => all.map((one) => one.toFixed(2)).join(' ');
  printTable(
    [
      'in flight',
      'to reply ms',
      'bare',
      'ratio',
      'each round',
      'to quiet ms',
      'bare',
      'ratio',
      'each round',
      'replies/s',
      'bare',
    ],
    measured.map(({ inFlight, rounds: all }) => [
      String(inFlight),
      of(all, 'product', 'reply'),
      of(all, 'bare', 'reply'),
      median(ratios(all, 'reply')),
      each(ratios(all, 'reply')),
      of(all, 'product', 'quiet'),
      of(all, 'bare', 'quiet'),
      median(ratios(all, 'quiet')),
      each(ratios(all, 'quiet')),
      of(all, 'product', 'perSecond'),
      of(all, 'bare', 'perSecond'),
    ]),
  );
  process.stdout.write('\nCPU milliseconds a reply\n');
  printTable(
    ['in flight', 'product', 'Temporal', 'PostgreSQL', 'bare worker', 'its Temporal'],
    measured.map(({ inFlight, rounds: all }) => {
      const cpu = (side: Side, part: keyof Cpu) => 1_000 * median(all.map((round) => round[side].cpu[part]));
      return [
        String(inFlight),
        cpu('product', 'worker'),
        cpu('product', 'temporal'),
        cpu('product', 'postgres'),
        cpu('bare', 'worker'),
        cpu('bare', 'temporal'),
      ];
    }),
  );
}

async function startBare(): Promise<void> {
  const child = rig.keep(
    fork(path.join(import.meta.dirname, BARE_WORKER), [rig.temporal.address, QUEUE], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    }),
  );
  const ready = once(child, 'message');
  child.on('message', (message: 'ready' | { ticket: number; replied: boolean }) => {
    if (message !== 'ready') rig.heard(bareTicketName(message.ticket), message.replied);
  });
  await ready;
}
