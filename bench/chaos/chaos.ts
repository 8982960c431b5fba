import '../../testbed/quiet.ts';
import { parseArgs } from 'node:util';
import { openDesk, type Desk } from '../../testbed/desk.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { quantile } from '../load/measure.ts';
import { type KilledWorkers, startKilledWorkers } from './killed-workers.ts';
import { INVARIANTS } from './invariants.ts';
import { CHAOS_ACCOUNT, CHAOS_SETTINGS, historyOf, runChaos, seconds, type ChaosReport } from './run-chaos.ts';

const USAGE = `The whole product on a simulated account in a storm, checked afterwards ticket by ticket.

  npm run chaos -- [--seed N] [--tickets M] [--workers W] [--kills K] [--prompt]

  --seed N      which storm; chosen and printed unless given
  --tickets M   how many tickets, 200 unless given
  --workers W   so many workers, each a process of its own; 2 when there are kills
  --kills K     so many SIGKILLs, each of one of these workers, which is started again; every fifth is a SIGSTOP for ten
                seconds instead
  --prompt      no late answers: then the AI must never talk over a person, not even by a moment
`;
/** A ticket every so often: what two cores keep up with. */
const MS_PER_TICKET = 300;
const LEAST_SPREAD_MS = 3_000;
/** A worker is back before the next one is killed. */
const MS_PER_KILL = 8_000;
/** What the storm has left undone is worked off before that, also on a slow machine. */
const quietLimitMs = (count: number) => Math.max(120_000, count * 1_500);
const MOST_HISTORIES = 5;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    tickets: { type: 'string' },
    workers: { type: 'string' },
    kills: { type: 'string' },
    prompt: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help === true) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const tickets = Number(values.tickets ?? 200);
const kills = Number(values.kills ?? 0);
/** None: API and worker are one process, this one. */
const workers = Number(values.workers ?? (kills > 0 ? 2 : 0));
if (
  ![seed, tickets, kills, workers].every(Number.isInteger) ||
  tickets < 1 ||
  kills < 0 ||
  workers < (kills > 0 ? 1 : 0)
) {
  process.stderr.write(USAGE);
  process.exit(2);
}
process.exitCode = await main();

async function main(): Promise<number> {
  print(`seed ${seed}, ${tickets} tickets${workers > 0 ? `, ${workers} workers, ${kills} kills` : ''}`);
  const server = await startTestServer(process.env['DATABASE_URL']);
  await workflowBundle();
  let desk: Desk | null = null;
  let killed: KilledWorkers | null = null;
  try {
    desk = await openDesk({ simulator: CHAOS_ACCOUNT, settings: CHAOS_SETTINGS, only: workers > 0 ? 'api' : null });
    killed = workers > 0 ? await startKilledWorkers(desk, workers, seed) : null;
    const spreadMs = Math.max(LEAST_SPREAD_MS, tickets * MS_PER_TICKET, kills * MS_PER_KILL);
    const report = await runChaos(desk, {
      seed,
      tickets,
      prompt: values.prompt === true,
      spreadMs,
      meanwhile: async () => killed?.kill(kills, spreadMs),
      quietLimitMs: quietLimitMs(tickets),
      say: print,
    });
    return await judge(desk, report);
  } catch (error) {
    print(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await killed?.close();
    await desk?.close();
    await server.stop();
  }
}

async function judge(
  desk: Desk,
  { broken, talkedOver, tally, restless, windowMs, ...report }: ChaosReport,
): Promise<number> {
  const late = talkedOver.filter(({ withinWindow }) => withinWindow).length;
  const beyond = talkedOver.filter(({ withinWindow }) => !withinWindow);
  const strict = values.prompt === true ? talkedOver : beyond;
  const rows: [string, number][] = [
    ...INVARIANTS.map((name): [string, number] => [name, broken.filter(({ invariant }) => invariant === name).length]),
    ['no person is talked over', strict.length],
    ['every ticket comes to rest', restless.length],
  ];
  print('');
  for (const [name, count] of rows) print(`${name.padEnd(44)}${count === 0 ? 'holds' : `BROKEN on ${count}`}`);
  print(`\nreplies between a person's act and our next look  ${late}`);
  print(`from look to reply: p50 ${ms(windowMs, 0.5)}, p99 ${ms(windowMs, 0.99)}, longest ${ms(windowMs, 1)}`);
  print(list(tally));
  print(`faults: ${list(report.faults)}`);
  print(`${report.requests} requests; storm ${seconds(report.stormMs)}, quiet after ${seconds(report.settleMs)} more`);
  const bad = [...new Set([...broken, ...strict, ...restless].map(({ ticketId }) => ticketId))];
  if (bad.length === 0) return 0;
  for (const { ticketId, invariant, how } of broken) print(`#${ticketId} ${invariant}: ${how}`);
  for (const { ticketId, what } of restless) print(`#${ticketId} comes to no rest: ${what}`);
  for (const { ticketId, why } of strict) print(`#${ticketId} talked over: ${why}`);
  for (const ticketId of bad.slice(0, MOST_HISTORIES)) {
    print('');
    for (const line of await historyOf(desk, ticketId, report)) print(line);
  }
  print(`\nseed ${seed}: ${bad.length} of ${tickets} tickets are wrong`);
  return 1;
}

function ms(sorted: readonly number[], share: number): string {
  return `${quantile(sorted, share).toFixed(0)} ms`;
}

function list(numbers: Record<string, number>): string {
  return Object.entries(numbers)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
