import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { fill } from '../../../bench/scale/fill.ts';
import { scansOf, STATEMENTS } from '../../../bench/scale/statements.ts';
import { createAccounts } from '../../../src/accounts/accounts.ts';
import { createDb, type Db } from '../../../src/db/client.ts';
import { createRateLimit } from '../../../src/db/connections/rate-limit.ts';
import { createKeyring } from '../../../src/db/connections/secrets.ts';
import { openRepositories } from '../../../src/db/index.ts';
import { wakeTickets } from '../../../src/loops/wake.ts';
import { openMirror, type Mirror } from '../../../testbed/activities.ts';
import { newConnection } from '../../../testbed/api.ts';
import { createTestDatabase } from '../../../testbed/database.ts';
import { until } from '../../../testbed/until.ts';

const log = pino({ level: 'silent' });

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
afterAll(() => mirror.close());

/** The same database; `asked` counts what is asked of it. */
function counting() {
  const asked = { queries: 0 };
  const db = mirror.db.$extends({
    query: {
      $allOperations({ args, query }) {
        asked.queries += 1;
        return query(args);
      },
    },
  });
  return { asked, db: db as unknown as Db };
}

test('L6 of what goes on by itself, or is asked for often, nothing reads a whole table', async () => {
  const SESSIONS = 4_000;
  const database = await createTestDatabase();
  const db = createDb(database.url, { poolSize: 1 });
  const repositories = openRepositories(db, createKeyring([randomBytes(32)]));
  await repositories.connections.save(newConnection({ id: 'default' }), {
    settings: { intake: { autoHandleAll: true }, channels: { email: { mode: 'autopilot' } } },
  });
  await fill(db, 'default', 1, SESSIONS);
  await db.$executeRaw`SET seq_page_cost = 25`; // as if there were as many more pages of everything
  const scans = await scansOf(db, repositories, SESSIONS);
  const reading = STATEMENTS.flatMap(({ name, readsAll }, nth) =>
    readsAll === true || (scans[nth] ?? []).length === 0 ? [] : [`${name}: ${scans[nth]?.join(', ')}`],
  );
  expect(reading).toEqual([]);
  await db.$disconnect();
  await database.drop();
});

test('L6 an account, with its settings, its state and its key, is one query', async () => {
  const { asked, db } = counting();
  const keys = createKeyring([randomBytes(32)]);
  const { connections } = openRepositories(db, keys);
  await connections.save(newConnection({ id: 'one' }));
  const limitOf = (id: string) => createRateLimit(db, id);
  const account = createAccounts({ connections, limitOf, requestDeadlineMs: 1_000, log });
  asked.queries = 0;
  expect(await account('one')).toMatchObject({ connection: { id: 'one' }, settings: { paused: false } });
  expect(asked.queries).toBe(1);
});

describe('L6 while nothing happens', () => {
  test.each([1, 12])('L6 a look for tickets to wake costs as much with %i more connections', async (more) => {
    const { asked, db } = counting();
    const { connections, sessions, looks } = openRepositories(db, createKeyring([randomBytes(32)]));
    for (let nth = 0; nth < more; nth += 1)
      await connections.save(newConnection({ id: `more-${nth}`, domain: `more-${nth}.freshdesk.com` }));
    await db.connection.updateMany({ data: { reachChangedAt: null } });
    asked.queries = 0;
    let lists = 0;
    const list = () => ((lists += 1), connections.list());
    const loop = wakeTickets({
      connections: { ...connections, list },
      sessions,
      looks,
      signalTicket: () => Promise.reject(new Error('nobody is to be woken')),
      retryNow: () => Promise.reject(new Error('nothing is to be tried again')),
      log,
      everyMs: 60_000,
    });
    await until('it has looked', () => lists === 1);
    await loop.stop();
    expect(asked.queries).toBe(2);
  });
});

test('L6 a look that finds nothing new writes no message again', async () => {
  const { id } = mirror.account.customerCreatesTicket({ email: 'mia@customer.example', text: 'Where is it?' });
  mirror.account.customerReplies(id, { text: 'It is the red one' });
  await mirror.sync(id);
  const versions = () => mirror.db.$queryRaw`SELECT "id", xmin::text, ctid::text FROM "Message" ORDER BY "id"`;
  const before = await versions();
  mirror.later(60_000);
  for (const hint of ['webhook', 'operator'] as const) await mirror.sync(id, [hint]);
  expect(await versions()).toEqual(before);
});
