import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import { createAccounts } from '../../../src/accounts/accounts.ts';
import { checkAccount } from '../../../src/accounts/check-account.ts';
import { openStoredKeys } from '../../../src/accounts/unreadable-key.ts';
import { checkAccounts, type CheckAccountsDeps } from '../../../src/loops/check-accounts.ts';
import { createDb, type Db } from '../../../src/db/client.ts';
import { createConnections, type Connections } from '../../../src/db/connections/connections.ts';
import { CannotDecrypt, createKeyring } from '../../../src/db/connections/secrets.ts';
import { createRateLimit } from '../../../src/db/connections/rate-limit.ts';
import { createConditions } from '../../../src/db/background/conditions.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import { automationSetup, webhookUrlOf } from '../../../src/freshdesk/automation-rules.ts';
import { setUpRules } from '../../../src/freshdesk/set-up-rules.ts';
import { INSTALLATION, newConnection, WEBHOOK_SECRET } from '../../../testbed/api.ts';
import { createTestDatabase, type TestDatabase } from '../../../testbed/database.ts';
import { until } from '../../../testbed/until.ts';

const MINUTE_MS = 60_000;

let database: TestDatabase;
let db: Db;
let simulator: Simulator;
let connections: Connections;
let deps: CheckAccountsDeps;
let nowMs = Date.now();
const logLines: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { poolSize: 4 });
  simulator = await startSimulator();
  connections = createConnections(db, createKeyring([randomBytes(32)]), { now: () => new Date(nowMs) });
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  deps = {
    connections,
    account: createAccounts({ connections, limitOf: (id) => createRateLimit(db, id), requestDeadlineMs: 2_000, log }),
    conditions: createConditions(db),
    rulesExpected: async (connectionId) => ({
      connectionId,
      webhookUrl: webhookUrlOf('https://ai.acme.example', connectionId),
      mark: INSTALLATION,
      secretFits: async (secret) => secret === WEBHOOK_SECRET,
    }),
    log,
    lookMs: 5,
  };
});
beforeEach(async () => {
  const { aiAgent: agent } = simulator.account;
  const account = {
    baseUrl: simulator.url,
    apiKey: simulator.apiKey,
    agent: { id: agent.id, name: 'Ada', email: 'a@b' },
  };
  await connections.save(newConnection(account));
});
afterEach(async () => {
  simulator.faults.clear();
  simulator.account.setSuspended(false);
  simulator.account.setAgent(simulator.account.aiAgent.id, { role: 'Account Administrator', active: true });
  await db.connection.deleteMany();
  await db.rateBucket.deleteMany(); // what one test has used up is not the next one's
  logLines.length = 0;
});
afterAll(async () => {
  await simulator.close();
  await db.$disconnect();
  await database.drop();
});

const connection = () => connections.get('default');
const check = () => checkAccount(deps, 'default');

test.each([
  ['has lost its admin rights', 'not_admin', () => admin({ role: 'Agent' }), () => admin({ role: 'Administrator' })],
  ['was deactivated', 'invalid_credentials', () => admin({ active: false }), () => admin({ active: true })],
  ['is on a suspended account', 'account_suspended', () => suspend(true), () => suspend(false)],
])('C8 an agent who %s breaks the connection, and heals it when that is undone', async (_how, reason, undo, redo) => {
  undo();
  await check();
  expect(await connection()).toMatchObject({ state: 'broken', stateReason: reason });
  await check();
  expect(logLines).toHaveLength(1);

  redo();
  await check();
  expect(await connection()).toMatchObject({ state: 'active', stateReason: null });
});
const admin = (change: Parameters<Simulator['account']['setAgent']>[1]) =>
  simulator.account.setAgent(simulator.account.aiAgent.id, change);
const suspend = (suspended: boolean) => simulator.account.setSuspended(suspended);

test('C8 an ordinary read with a key whose owner is no admin does not heal', async () => {
  admin({ role: 'Agent' });
  await check();
  await (await deps.account('default')).freshdesk.me();
  expect(await connection()).toMatchObject({ state: 'broken', stateReason: 'not_admin' });
});

test.each([
  ['answers with errors', { kind: 'status', status: 500, times: null }],
  ['has no rate left', { kind: 'status', status: 429, times: null, headers: { 'Retry-After': '1' } }],
] as const)('C8 a server that %s says nothing about the key', async (_how, fault) => {
  simulator.faults.add({ ...fault, match: { path: '/agents/me' } });
  await check();
  expect(await connection()).toMatchObject({ state: 'active' });
});

test('S1 A8 E8 a check reads what else has changed in the account', async () => {
  expect(await connection()).toMatchObject({ mailboxes: [], supportEmails: [], statuses: [{ id: 2 }] });
  await check();
  const now = await connection();
  expect(now?.statuses.length).toBeGreaterThan(1);
  expect(now?.mailboxes).toHaveLength(2);
  expect(now?.supportEmails).toContain('billing@acme.example');
});

test('C8 each account is checked every 15 minutes, a broken one every 5, by one process', async () => {
  const asked = () => simulator.requests.find({ path: /\/roles$/ }).length;
  const before = asked();
  const checkers = [checkAccounts(deps), checkAccounts(deps)];
  try {
    nowMs += 14 * MINUTE_MS;
    await connections.save(newConnection({ id: 'removed', baseUrl: simulator.url }));
    await connections.remove('removed'); // not looked at
    expect(asked()).toBe(before); // connecting has just read it
    admin({ role: 'Agent' });
    nowMs += 2 * MINUTE_MS;
    await until('it is broken', async () => (await connection())?.state === 'broken');
    admin({ role: 'Administrator' });
    nowMs += 6 * MINUTE_MS;
    await until('it is healed', async () => (await connection())?.state === 'active');
    expect(asked()).toBe(before + 2);
  } finally {
    for (const checker of checkers) await checker.stop();
  }
});

test('a connection whose key cannot be read keeps no other from being checked', async () => {
  const other = createConnections(db, createKeyring([randomBytes(32)]), { now: () => new Date(nowMs) });
  await other.save(newConnection({ id: 'a-sealed', baseUrl: simulator.url, apiKey: simulator.apiKey }));
  admin({ role: 'Agent' });
  nowMs += 16 * MINUTE_MS;
  const checker = checkAccounts(deps);
  try {
    await until('it is broken', async () => (await connection())?.state === 'broken');
    expect(logLines.join('')).toContain('"connection":"a-sealed","reason":"CannotDecrypt"');
  } finally {
    await checker.stop();
  }
});

test('C4 rules that are gone or send elsewhere need a person, until they are right again', async () => {
  const { freshdesk } = await deps.account('default');
  const rules = (publicUrl: string, mark: string) =>
    automationSetup({ webhookUrl: webhookUrlOf(publicUrl, 'default'), secret: WEBHOOK_SECRET, mark });
  const attention = async () => {
    await check();
    return (await createAttention(db).list(10)).filter(({ kind }) => kind === 'webhook_rules');
  };
  expect(await attention()).toMatchObject([
    { connection: 'default', ticketId: null, what: expect.stringContaining('No rule on the tab "Ticket Creation"') },
  ]);
  await setUpRules(freshdesk, rules('https://ai.acme.example', INSTALLATION), { takeOver: false });
  expect(await attention()).toEqual([]);

  await setUpRules(freshdesk, rules('https://laptop.example', 'ffff0000'), { takeOver: true });
  const [taken] = await attention();
  expect(taken).toMatchObject({
    what: expect.stringContaining('sends to https://laptop.example/webhooks/freshdesk/default instead of'),
    whatToDo: expect.stringContaining('--take-over-rules'),
  });
  simulator.faults.add({ kind: 'status', status: 403, match: { path: '/automations/1/rules' }, times: null });
  expect(await attention()).toEqual([taken]); // what cannot be read says nothing
  simulator.faults.clear();

  await setUpRules(freshdesk, rules('https://ai.acme.example', 'ffff0000'), { takeOver: true });
  expect(await attention()).toMatchObject([
    { what: expect.stringContaining('belongs to another installation (ffff0000)') },
  ]);
  await connections.erase('default');
  expect(await db.condition.count()).toBe(0);
});

test('C8 a key that no ENCRYPTION_KEY opens breaks the connection, and the old ENCRYPTION_KEY heals it', async () => {
  const item = async () => (await createAttention(db).list(10)).filter(({ kind }) => kind === 'broken_connection');
  const other = createConnections(db, createKeyring([randomBytes(32)]));
  const account = (using: Connections) =>
    createAccounts({
      connections: using,
      limitOf: (id) => createRateLimit(db, id),
      requestDeadlineMs: 2_000,
      log: deps.log,
    });
  await expect(account(other)('default')).rejects.toThrow(CannotDecrypt);
  expect(await connections.get('default')).toMatchObject({ state: 'broken', stateReason: 'key_unreadable' });
  expect(await item()).toMatchObject([
    {
      what: expect.stringContaining('No key in ENCRYPTION_KEY opens'),
      whatToDo: expect.stringContaining('ENCRYPTION_KEY'),
    },
  ]);
  expect((await account(connections)('default')).connection.state).toBe('active');
  expect(await item()).toEqual([]);

  await openStoredKeys(other, deps.log); // as a start does, before any ticket is worked
  expect(await connections.get('default')).toMatchObject({ state: 'broken', stateReason: 'key_unreadable' });
  await openStoredKeys(connections, deps.log);
  expect(await connections.get('default')).toMatchObject({ state: 'active', stateReason: null });
});
