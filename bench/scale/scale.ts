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
import { scansOf, STATEMENTS } from './statements.ts';

const CONNECTION = 'default';
const ROUNDS = 9;
/** A smaller table is read as a whole because that is quicker. */
const LARGE_ROWS = 10_000;

const { values } = parseArgs({
  options: { from: { type: 'string', default: '1000' }, to: { type: 'string', default: '100000' } },
});
const sizes = [Number(values.from), Number(values.to)];

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
  const scans = await scansOf(counted, repositoriesOf(counted), LARGE_ROWS);
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
