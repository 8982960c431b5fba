import '../../testbed/quiet.ts';
import { parseArgs } from 'node:util';
import { openDesk, type Desk } from '../../testbed/desk.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { INVARIANTS } from './invariants.ts';
import { CHAOS_ACCOUNT, CHAOS_SETTINGS, historyOf, runChaos, seconds, type ChaosReport } from './run-chaos.ts';

const USAGE = `The whole product on a simulated account in a storm, checked afterwards ticket by ticket.

  npm run chaos -- [--seed N] [--tickets M] [--prompt]

  --seed N      which storm; chosen and printed unless given
  --tickets M   how many tickets, 200 unless given
  --prompt      no late answers: then the AI must never talk over a person, not even by a moment
`;
/** A ticket every so often: what two cores keep up with. */
const MS_PER_TICKET = 300;
const LEAST_SPREAD_MS = 3_000;
const QUIET_LIMIT_MS = 120_000;
const MOST_HISTORIES = 5;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    tickets: { type: 'string' },
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
if (!Number.isInteger(seed) || !Number.isInteger(tickets) || tickets < 1) {
  process.stderr.write(USAGE);
  process.exit(2);
}
process.exitCode = await main();

async function main(): Promise<number> {
  print(`seed ${seed}, ${tickets} tickets`);
  const server = await startTestServer(process.env['DATABASE_URL']);
  await workflowBundle();
  let desk: Desk | null = null;
  try {
    desk = await openDesk({ simulator: CHAOS_ACCOUNT, settings: CHAOS_SETTINGS });
    const report = await runChaos(desk, {
      seed,
      tickets,
      prompt: values.prompt === true,
      spreadMs: Math.max(LEAST_SPREAD_MS, tickets * MS_PER_TICKET),
      quietLimitMs: QUIET_LIMIT_MS,
      say: print,
    });
    return await judge(desk, report);
  } catch (error) {
    print(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await desk?.close();
    await server.stop();
  }
}

async function judge(desk: Desk, { broken, talkedOver, tally, restless, ...report }: ChaosReport): Promise<number> {
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

function list(numbers: Record<string, number>): string {
  return Object.entries(numbers)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
