import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { connectDefault } from '../../../src/accounts/default-connection.ts';
import { createDb, type Db } from '../../../src/db/client.ts';
import { createConnections } from '../../../src/db/connections/connections.ts';
import { createKeyring } from '../../../src/db/connections/secrets.ts';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { createTestDatabase, type TestDatabase } from '../../../testbed/database.ts';
import { createFreshdesk } from '../../../src/freshdesk/client.ts';
import { openLimit } from '../../../testbed/scripted-server.ts';

const OURS = ['support@acme.freshdesk.com', 'billing@acme.example'];

let database: TestDatabase;
let db: Db;
let simulator: Simulator;
const logLines: string[] = [];
const checked: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { poolSize: 2 });
  simulator = await startSimulator();
});
afterEach(async () => {
  simulator.faults.clear();
  logLines.length = 0;
  await db.connection.deleteMany();
});
afterAll(async () => {
  await simulator.close();
  await db.$disconnect();
  await database.drop();
});

async function connect() {
  const connections = createConnections(db, createKeyring([randomBytes(32)]));
  const account = { domain: 'acme.freshdesk.com', baseUrl: simulator.url, apiKey: simulator.apiKey };
  await connectDefault(
    { ...account, webhookSecret: 'secret-of-the-tests' },
    {
      connections,
      clientOf: (one) => createFreshdesk({ ...one, limit: openLimit(), deadlineMs: 2_000 }),
      onConnected: async () => undefined,
      backfill: true,
      checkRules: async (id) => void checked.push(id),
      log: pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) }),
      say: () => undefined,
    },
  );
  return connections.get('default');
}

test('E8 connecting reads the account’s own addresses', async () => {
  expect(await connect()).toMatchObject({ state: 'active', supportEmails: OURS });
  expect(logLines).toEqual([]);
});

test.each([
  ['refuses', 403],
  ['fails', 500],
  ['answers with something else', 200],
])(
  'E8 an account that %s to tell its addresses is connected all the same, and the log says so',
  async (_how, status) => {
    const fault = {
      kind: 'status',
      status,
      match: { path: '/email_configs' },
      times: null,
      body: { message: 'no' },
    } as const;
    simulator.faults.add(fault);
    expect(await connect()).toMatchObject({ state: 'active', supportEmails: [] });
    expect(logLines).toHaveLength(1);
    expect(logLines[0]).toContain('support addresses could not be read');

    simulator.faults.clear();
    expect(await connect()).toMatchObject({ supportEmails: OURS });
    simulator.faults.add(fault);
    expect(await connect()).toMatchObject({ supportEmails: OURS });
  },
);

test.each([
  ['is refused its key', 401, { code: 'invalid_credentials', message: 'no' }, 'broken'],
  ['does not find the account', 404, {}, 'active'],
  ['gets no usable answer', 500, {}, 'active'],
])('C8 a start that %s breaks the connection only where the key is at fault', async (_how, status, body, state) => {
  await connect();
  simulator.faults.add({ kind: 'status', status, body, match: { path: '/agents/me' }, times: null });
  expect(await connect()).toMatchObject({ state });
  expect(logLines.join('')).toContain('could not be verified');
  simulator.faults.clear();
  expect(await connect()).toMatchObject({ state: 'active' });
});
