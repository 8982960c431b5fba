// npm run bench:scale [-- --from N --to N --workers 1,4 --rate N --tickets N]: what the hot statements cost over a small and over a large
// mirror, which of them read a whole table; and how long a turn takes, with so many new tickets a second, and for each line of
// the table (0: no turns). Ends with status 1 when a statement reads a whole table, or when a question has no answer.
import '../../testbed/quiet.ts';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createDb, type Db } from '../../src/db/client.ts';
import { createKeyring } from '../../src/db/connections/secrets.ts';
import { openRepositories, type Repositories } from '../../src/db/index.ts';
import { createTestDatabase } from '../../testbed/database.ts';
import { startTestServer } from '../../testbed/test-server.ts';
import { median, printTable, writeFigures } from '../load/measure.ts';
import { fill } from './fill.ts';
import { scansOf, STATEMENTS } from './statements.ts';
import { measureTurns, type Turns } from './turns.ts';

const CONNECTION = 'default';
const ROUNDS = 9;
/** A smaller table is read as a whole because that is quicker. */
const LARGE_ROWS = 10_000;

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1000' },
    to: { type: 'string', default: '100000' },
    workers: { type: 'string', default: '1,4' },
    rate: { type: 'string', default: '2' },
    tickets: { type: 'string', default: '150' },
  },
});
const sizes = [Number(values.from), Number(values.to)];

const server = await startTestServer(process.env['DATABASE_URL']);
try {
  const statements = await measureStatements();
  const [workers, perSecond, tickets] = [
    values.workers.split(',').map(Number),
    Number(values.rate),
    Number(values.tickets),
  ];
  const turns = tickets === 0 ? [] : await measureTurns({ sizes, workers, perSecond, tickets });
  if (tickets > 0) printTurns(turns);
  await writeFigures('scale', { sizes, statements: statements.measured, turns });
  process.exitCode = statements.fine && turns.every(({ unanswered }) => unanswered === 0) ? 0 : 1;
} finally {
  await server.stop();
}

async function measureStatements() {
  const database = await createTestDatabase();
  const db = createDb(database.url, { poolSize: 10 });
  /** One connection, so that what it counts can be read from it. */
  const counted = createDb(database.url, { poolSize: 1 });
  try {
    return await statementsOn(db, counted);
  } finally {
    await Promise.all([db.$disconnect(), counted.$disconnect()]);
    await database.drop();
  }
}

async function statementsOn(db: Db, counted: Db) {
  await connect(db);
  const times: number[][] = [];
  let filled = 0;
  for (const size of sizes) {
    await fill(db, CONNECTION, filled + 1, size);
    filled = size;
    times.push(await measure(repositoriesOf(db)));
  }
  const scans = await scansOf(counted, repositoriesOf(counted), LARGE_ROWS);
  printTable(
    ['p50 ms', ...sizes.map((size) => `${size} sessions`), 'whole tables read'],
    STATEMENTS.map(({ name }, nth) => [
      name,
      ...times.map((of) => of[nth] ?? Number.NaN),
      scans[nth]?.join(', ') || 'none',
    ]),
  );
  const measured = STATEMENTS.map(({ name }, nth) => ({ name, times: times.map((of) => of[nth]), scans: scans[nth] }));
  const bad = STATEMENTS.filter(({ readsAll }, nth) => readsAll !== true && (scans[nth]?.length ?? 0) > 0);
  for (const { name } of bad) process.stdout.write(`${name} reads a whole table\n`);
  return { measured, fine: bad.length === 0 };
}

function printTurns(turns: readonly Turns[]): void {
  process.stdout.write('\na turn, from the message to the reply in the account\n');
  printTable(
    [
      'sessions',
      'workers',
      'tickets',
      'unanswered',
      'p50 ms',
      'p95 ms',
      'each round',
      'p95 / small',
      'each round',
      'median',
    ],
    turns.map(({ sessions, workers, tickets, unanswered, p50, p95, each }) => {
      const small = turns.find((one) => one.workers === workers) ?? { p95, each };
      const ratios = each.map((one, nth) => one / (small.each[nth] ?? Number.NaN));
      return [
        String(sessions),
        workers,
        tickets,
        unanswered,
        p50,
        p95,
        each.map((one) => one.toFixed(0)).join(' '),
        (p95 / small.p95).toFixed(2),
        ratios.map((one) => one.toFixed(2)).join(' '),
        median(ratios).toFixed(2),
      ];
    }),
  );
}

function repositoriesOf(on: Db): Repositories {
  return openRepositories(on, createKeyring([randomBytes(32)]));
}

async function connect(on: Db): Promise<void> {
  await repositoriesOf(on).connections.save(
    {
      id: CONNECTION,
      domain: 'acme.freshdesk.com',
      baseUrl: 'https://acme.freshdesk.com',
      connectedAt: new Date(),
      apiKey: 'key',
      webhookSecret: 'secret',
      agent: { id: 1, name: 'AI', email: 'ai@acme.example' },
      statuses: [],
      supportEmails: [],
      mailboxes: [],
    },
    { settings: { intake: { autoHandleAll: true }, channels: { email: { mode: 'autopilot' } } } },
  );
}

async function measure(repositories: Repositories): Promise<number[]> {
  const all: number[] = [];
  for (const { run } of STATEMENTS) {
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const startedAt = performance.now();
      await run(repositories);
      took.push(performance.now() - startedAt);
    }
    all.push(median(took));
  }
  return all;
}
