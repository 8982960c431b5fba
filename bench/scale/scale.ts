// npm run bench:scale [-- --from N --to N]: what the hot statements cost over a small and over a large mirror, and which of
// them read a whole table. Ends with status 1 when one does.
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

const CONNECTION = 'default';
const ROUNDS = 9;
/** A smaller table is read as a whole because that is quicker. */
const LARGE_ROWS = 10_000;

const { values } = parseArgs({
  options: { from: { type: 'string', default: '1000' }, to: { type: 'string', default: '100000' } },
});
const sizes = [Number(values.from), Number(values.to)];

type Statement = { name: string; run: (repositories: Repositories) => Promise<unknown>; readsAll?: true };

const page = { cursor: null, limit: 50 };
const list = (name: string, filter: Parameters<Repositories['sessionReads']['list']>[0]): Statement => ({
  name: `GET /api/sessions, ${name}`,
  run: ({ sessionReads }) => sessionReads.list(filter, page),
});

const STATEMENTS: Statement[] = [
  list('newest', { sort: 'changed' }),
  list('open', { sort: 'changed', status: 'open' }),
  list('waiting', { sort: 'waiting' }),
  list('held', { sort: 'changed', held: true }),
  list('a tag', { sort: 'changed', tag: 'tag-7' }),
  list('words', { sort: 'changed', q: 'order 4711' }),
  // A count of everything is a look at everything.
  { name: 'GET /api/sessions/counts', run: ({ sessionReads }) => sessionReads.counts({}), readsAll: true },
  { name: 'GET /api/attention', run: ({ attention }) => attention.list(200) },
  { name: 'alerts: a look', run: ({ attention }) => attention.everyKind(1_000) },
  { name: 'GET /metrics', run: ({ figures }) => figures() },
  {
    name: 'reconcile: what waits',
    run: ({ looks }) => looks.waiting(CONNECTION, { longerThanMs: 60_000, limit: 100 }),
  },
  { name: 'reconcile: a page of tickets', run: ({ looks }) => looks.of(CONNECTION, someTickets()) },
  { name: 'wake: held tickets', run: ({ sessions }) => sessions.claimHeld(50) },
  { name: 'look: a session', run: ({ sessions }) => sessions.find(CONNECTION, 42, 1) },
  { name: 'retention: what is due', run: ({ removal }) => removal.removeClosed(CONNECTION, new Date(0)) },
  {
    name: 'erasure: a person',
    run: ({ removal }) => removal.eraseContact(CONNECTION, 'person-7@customer.example', { dryRun: true }),
  },
];

const server = await startTestServer(process.env['DATABASE_URL']);
const database = await createTestDatabase();
const db = createDb(database.url, { poolSize: 10 });
/** One connection, so that what it counts can be read from it. */
const counted = createDb(database.url, { poolSize: 1 });
try {
  process.exitCode = await main();
} finally {
  await Promise.all([db.$disconnect(), counted.$disconnect()]);
  await database.drop();
  await server.stop();
}

async function main(): Promise<number> {
  await connect(db);
  const times: number[][] = [];
  let filled = 0;
  for (const size of sizes) {
    await fill(db, CONNECTION, filled + 1, size);
    filled = size;
    times.push(await measure());
  }
  const scans = await scansOf();
  printTable(
    ['p50 ms', ...sizes.map((size) => `${size} sessions`), 'whole tables read'],
    STATEMENTS.map(({ name }, nth) => [
      name,
      ...times.map((of) => of[nth] ?? Number.NaN),
      scans[nth]?.join(', ') || 'none',
    ]),
  );
  await writeFigures('scale', {
    sizes,
    statements: STATEMENTS.map(({ name }, nth) => ({ name, times: times.map((of) => of[nth]), scans: scans[nth] })),
  });
  const bad = STATEMENTS.filter(({ readsAll }, nth) => readsAll !== true && (scans[nth]?.length ?? 0) > 0);
  for (const { name } of bad) process.stdout.write(`${name} reads a whole table\n`);
  return bad.length === 0 ? 0 : 1;
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

async function measure(): Promise<number[]> {
  const repositories = repositoriesOf(db);
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

/** Of each statement, the large tables that it reads from one end to the other. */
async function scansOf(): Promise<string[][]> {
  const repositories = repositoriesOf(counted);
  const all: string[][] = [];
  for (const { run } of STATEMENTS) {
    const before = await scanned();
    await run(repositories);
    const after = await scanned();
    all.push([...after].flatMap(([table, times]) => (times > (before.get(table) ?? 0) ? [table] : [])));
  }
  return all;
}

async function scanned(): Promise<Map<string, number>> {
  await counted.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
  await counted.$queryRaw`SELECT pg_stat_clear_snapshot()::text`;
  const rows = await counted.$queryRaw<{ relname: string; scans: bigint }[]>`
    SELECT relname, seq_scan AS scans FROM pg_stat_user_tables WHERE n_live_tup >= ${LARGE_ROWS}`;
  return new Map(rows.map(({ relname, scans }) => [relname, Number(scans)]));
}

function someTickets(): number[] {
  return Array.from({ length: 100 }, (_, nth) => nth * 7 + 1);
}
