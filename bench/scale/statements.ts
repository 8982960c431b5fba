import type { Db } from '../../src/db/client.ts';
import type { Repositories } from '../../src/db/index.ts';

const CONNECTION = 'default';

export type Statement = { name: string; run: (repositories: Repositories) => Promise<unknown>; readsAll?: true };

const page = { cursor: null, limit: 50 };
const list = (name: string, filter: Parameters<Repositories['sessionReads']['list']>[0]): Statement => ({
  name: `GET /api/sessions, ${name}`,
  run: ({ sessionReads }) => sessionReads.list(filter, page),
});

/** What goes on by itself, or is asked for often. */
export const STATEMENTS: Statement[] = [
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

/** Of each statement, the tables of so many rows that it reads from one end to the other; `db` has one connection, so that they can be counted. */
export async function scansOf(db: Db, repositories: Repositories, largeRows: number): Promise<string[][]> {
  const all: string[][] = [];
  for (const { run } of STATEMENTS) {
    const before = await scanned(db, largeRows);
    await run(repositories);
    const after = await scanned(db, largeRows);
    all.push([...after].flatMap(([table, times]) => (times > (before.get(table) ?? 0) ? [table] : [])));
  }
  return all;
}

async function scanned(db: Db, largeRows: number): Promise<Map<string, number>> {
  await db.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
  await db.$queryRaw`SELECT pg_stat_clear_snapshot()::text`;
  const rows = await db.$queryRaw<{ relname: string; scans: bigint }[]>`
    SELECT relname, seq_scan AS scans FROM pg_stat_user_tables WHERE n_live_tup >= ${largeRows}`;
  return new Map(rows.map(({ relname, scans }) => [relname, Number(scans)]));
}

function someTickets(): number[] {
  return Array.from({ length: 100 }, (_, nth) => nth * 7 + 1);
}
