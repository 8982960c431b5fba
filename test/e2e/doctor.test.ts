import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { NativeConnection } from '@temporalio/worker';
import pg from 'pg';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import { clientOf } from '../../src/accounts/accounts.ts';
import type { CliDeps } from '../../src/cli/deps.ts';
import { type Config, loadConfig } from '../../src/app/config.ts';
import type { Env } from '../../src/app/environment.ts';
import type { Connector } from '../../src/accounts/connector.ts';
import { createDb, type Db } from '../../src/db/client.ts';
import { createConnections, type Connections } from '../../src/db/connections/connections.ts';
import { createKeyring } from '../../src/db/connections/secrets.ts';
import { examine, type Probes } from '../../src/doctor/doctor.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { startLocalTemporal } from '../../src/local/temporal.ts';
import { createProbes } from '../../src/app/probes.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { connectorFor } from '../../testbed/api.ts';
import { cli } from '../../testbed/cli.ts';
import { runFolder } from '../../testbed/run-folder.ts';
import { MODEL, startFakeModel } from '../../testbed/fake-model.ts';
import { answering, startScriptedServer } from '../../testbed/scripted-server.ts';
import { createTestDatabase, type TestDatabase } from '../../testbed/database.ts';

const HOUR_MS = 3_600_000;
const OURS = 'https://ai.acme.example/webhooks/freshdesk/default';
const encryptionKey = randomBytes(32);

let database: TestDatabase;
let db: Db;
let connections: Connections;
let connector: Connector;
let simulator: Simulator;
let temporal: Awaited<ReturnType<typeof startLocalTemporal>>;
let native: NativeConnection;
let secret: string;
const folder = runFolder('doctor');
const now = { ms: Date.now() };

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { poolSize: 4 });
  connections = createConnections(db, createKeyring([encryptionKey]));
  temporal = await startLocalTemporal({
    dataDir: null,
    cliPath: process.env['TEMPORAL_CLI_PATH'] ?? 'temporal',
    namespace: 'default',
    searchAttributes: {},
    log: () => undefined,
    port: 0,
    uiPort: 0,
  });
  native = await NativeConnection.connect({ address: temporal.address });
});
afterAll(async () => {
  await native.close();
  await temporal.stop();
  await db.$disconnect();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** An account where everything is as it should be, connected as `default`. */
beforeEach(async () => {
  now.ms = Date.now();
  simulator = await startSimulator();
  connector = connectorFor(connections, { clientOf, freshdeskUrl: simulator.url });
  const connected = await connector.connect({
    id: 'default',
    domain: 'acme',
    apiKey: simulator.apiKey,
    settings: { handoff: { routing: { kind: 'group', groupId: simulator.account.group('Returns').id } } },
    backfill: false,
  });
  secret = connected.webhookSecret;
  simulator.setWebhook({ url: OURS, headers: { 'X-Webhook-Secret': secret } });
  await connections.sawWebhook('default', new Date(now.ms));
});
afterEach(async () => {
  await simulator.close();
  await db.connection.deleteMany();
});

async function findings(
  changes: Partial<Probes> = {},
  {
    keys = [encryptionKey],
    env = {},
    testAlert = false,
    aheadMs = 0,
  }: { keys?: Uint8Array[]; env?: Env; testAlert?: boolean; aheadMs?: number } = {},
): Promise<Finding[]> {
  const config = loadConfig({
    ADMIN_TOKEN: 'token',
    ENCRYPTION_KEY: keys.map((key) => Buffer.from(key).toString('base64')).join(','),
    PUBLIC_URL: 'https://ai.acme.example',
    DATA_DIR: folder,
    EMBEDDING_BASE_URL: process.env['TEST_EMBEDDING_URL'],
    EMBEDDING_MODEL: 'multilingual-e5-small-q4',
    ALERT_WEBHOOK_URL: 'http://127.0.0.1:1/not-asked',
    ...env,
  });
  const probes = createProbes(config, {
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    temporal: async () => native,
    embeddings: embeddingsOf(config),
    connectionId: null,
    testAlert,
    now: () => new Date(now.ms),
    clockMs: () => Date.now() + aheadMs,
  });
  // Nobody works here, and there is nothing to answer from: a test that is about that says so.
  const asIfRunning: Partial<Probes> = {
    temporal: { ...probes.temporal, idleQueues: async () => [] },
    disks: async () => [],
    accounts: async () => (await probes.accounts()).map((account) => ({ ...account, knowledge: async () => 3 })),
  };
  try {
    return await examine({ ...probes, ...asIfRunning, ...changes });
  } finally {
    await probes.close();
  }
}

const embeddingsOf = ({ embeddings }: Config) => (embeddings.kind === 'server' ? embeddings : null);

/** What is not as it should be. */
const troubles = (all: readonly Finding[]) => all.filter(({ status }) => status !== 'ok');

describe('the machine', () => {
  test('C6 a search attribute that Temporal does not know is named, with what makes it', async () => {
    const missing = troubles(await findings());
    expect(missing).toMatchObject([
      {
        check: 'search attributes',
        status: 'failed',
        reason: expect.stringContaining('TicketId, Connection, Channel'),
        fix: expect.stringContaining('Start the service'),
      },
    ]);
    await registerSearchAttributes(native, 'default');
    expect(troubles(await findings())).toEqual([]);
  });

  test('C6 Temporal that is down, or lacks the namespace', async () => {
    const none = async () => [];
    const probe = { address: '127.0.0.1:1', namespace: 'desk', missingSearchAttributes: none, idleQueues: none };
    const hasNamespace = async () => NativeConnection.connect({ address: '127.0.0.1:1' }).then(() => true);
    expect(troubles(await findings({ temporal: { ...probe, hasNamespace } }))).toMatchObject([
      {
        check: 'temporal',
        status: 'failed',
        reason: expect.stringContaining('does not answer at 127.0.0.1:1'),
        fix: expect.stringContaining('TEMPORAL_ADDRESS'),
      },
    ]);
    const { hasNamespace: asked } = await import('../../src/temporal/search-attributes.ts');
    const without = { ...probe, hasNamespace: () => asked(native, 'desk') };
    expect(troubles(await findings({ temporal: without }))).toMatchObject([
      { check: 'temporal', status: 'failed', fix: expect.stringContaining('namespace create desk') },
    ]);
  });

  test('C6 a database that is not migrated, or does not answer, is said first, and the rest is still looked at', async () => {
    const empty = await createTestDatabase();
    try {
      const client = new pg.Client({ connectionString: empty.url });
      await client.connect();
      await client.query(`DELETE FROM "_prisma_migrations" WHERE migration_name LIKE '%_connect'`);
      await client.end();
      const { pendingMigrations } = await import('../../src/db/migrate.ts');
      const all = await findings({ pendingMigrations: () => pendingMigrations(empty.url) });
      expect(all.map(({ check }) => check)).toEqual([
        'database',
        'temporal',
        'search attributes',
        'workers',
        'disk',
        'storage',
        'model',
        'embeddings',
        'alerts',
      ]);
      expect(troubles(all)).toMatchObject([
        { check: 'database', status: 'failed', reason: expect.stringContaining('20261125000300_connect') },
      ]);
      const down = await findings({ pendingMigrations: () => pendingMigrations('postgresql://x:y@127.0.0.1:1/z') });
      expect(troubles(down)).toMatchObject([
        {
          check: 'database',
          reason: expect.stringContaining('ECONNREFUSED'),
          fix: expect.stringContaining('DATABASE_URL'),
        },
      ]);
    } finally {
      await empty.drop();
    }
  });

  test('C6 a storage that is read-only, and a model that is unreachable', async () => {
    const file = path.join(folder, 'a-file');
    writeFileSync(file, 'where a folder should be');
    const readOnly = { STORAGE_URL: `file:${file}/files` };
    const ai = { AI_PROVIDER: 'openai-compatible', AI_MODEL: 'llama', AI_BASE_URL: 'http://127.0.0.1:1/v1' };
    const broken = await findings({}, { env: { ...readOnly, ...ai } });
    expect(troubles(broken)).toMatchObject([
      {
        check: 'storage',
        status: 'failed',
        reason: expect.stringContaining('cannot be stored in'),
        fix: expect.stringContaining('STORAGE_URL'),
      },
      {
        check: 'model',
        status: 'failed',
        reason: expect.stringContaining('openai-compatible llama does not answer'),
        fix: expect.stringContaining('AI_BASE_URL'),
      },
    ]);
  });

  test('C6 an embedding server that is down, and none at all, with what to do', async () => {
    const down = await findings({}, { env: { EMBEDDING_BASE_URL: 'http://127.0.0.1:1/v1' } });
    expect(troubles(down)).toMatchObject([
      {
        check: 'embeddings',
        reason: expect.stringContaining('do not answer'),
        fix: expect.stringContaining('EMBEDDING_BASE_URL'),
      },
    ]);
    expect(troubles(await findings({}, { env: { EMBEDDINGS: 'off' } }))).toMatchObject([
      { check: 'embeddings', reason: expect.stringContaining('EMBEDDINGS is off') },
    ]);
  });

  test('C6 our own PostgreSQL that does not run is said, and not started', async () => {
    const empty = path.join(folder, 'nothing-runs-here');
    const { runningPostgres } = await import('../../src/local/postgres.ts');
    expect(await runningPostgres(empty)).toBeNull();
    const probes = createProbes(
      loadConfig({ ADMIN_TOKEN: 'token', ENCRYPTION_KEY: encryptionKey.toString('base64'), DATA_DIR: empty }),
      {
        databaseUrl: null,
        temporalAddress: temporal.address,
        temporal: async () => native,
        embeddings: null,
        connectionId: null,
      },
    );
    try {
      expect((await examine(probes))[0]).toMatchObject({
        check: 'database',
        status: 'failed',
        reason: expect.stringContaining('does not run'),
        fix: expect.stringContaining('npm start'),
      });
      const env = { ADMIN_TOKEN: 'token', ENCRYPTION_KEY: encryptionKey.toString('base64'), DATA_DIR: empty };
      const { openForCli } = await import('../../src/app/commands.ts');
      await expect(openForCli(env, () => undefined, { reads: true })).rejects.toThrow(/does not run here.*npm start/);
      expect(existsSync(path.join(empty, 'postgres'))).toBe(false);
    } finally {
      await probes.close();
    }
  });

  test('C6 a service that does not run: Temporal answers, and no worker asks for work', async () => {
    const { queuesWithoutWorker } = await import('../../src/temporal/pollers.ts');
    const idle = await queuesWithoutWorker(native, 'default');
    expect(idle).toEqual(['tickets', 'inference', 'files', 'background']);
    const probe = { address: temporal.address, namespace: 'default', hasNamespace: async () => true };
    const found = await findings({
      temporal: { ...probe, missingSearchAttributes: async () => [], idleQueues: async () => idle },
    });
    expect(troubles(found)).toMatchObject([
      {
        check: 'workers',
        status: 'failed',
        reason: expect.stringContaining('tickets, inference'),
        fix: expect.stringContaining('npm start'),
      },
    ]);
  });

  test('C6 a disk that is nearly full, and a clock that is not Freshdesk’s', async () => {
    const disks = async () => [{ folder: '/srv/data', space: { free: 100 * 1024 ** 2, total: 1024 ** 4 } }];
    expect(troubles(await findings({ disks }))).toMatchObject([
      { check: 'disk', status: 'failed', reason: expect.stringContaining('100 MiB of 1024.0 GiB') },
    ]);
    for (const [aheadMs, words] of [
      [600_000, '10 minutes ahead'],
      [-600_000, '10 minutes behind'],
    ] as const)
      expect(troubles(await findings({}, { aheadMs }))).toMatchObject([
        { check: 'clock', status: 'failed', reason: expect.stringContaining(words) },
      ]);
  });

  test('A5 E12 C6 what needs a person, a pause, and missing knowledge are no “all is well”; who is answered is said', async () => {
    const key = 'reply:default:7:0';
    await db.outbound.create({
      data: { key, connectionId: 'default', ticketId: 7n, kind: 'reply', state: 'unknown', bodyHash: 'x', tries: 2 },
    });
    await connections.patchSettings('default', {
      paused: true,
      rollout: { percent: 10 },
      intake: { autoHandleAll: true },
    });
    const config = loadConfig({
      ADMIN_TOKEN: 'token',
      ENCRYPTION_KEY: encryptionKey.toString('base64'),
      PUBLIC_URL: 'https://ai.acme.example',
      DATA_DIR: folder,
    });
    const probes = createProbes(config, {
      databaseUrl: database.url,
      temporalAddress: temporal.address,
      temporal: async () => native,
      embeddings: null,
      connectionId: null,
    });
    try {
      const all = await findings({ accounts: probes.accounts });
      expect(troubles(all).map(({ check, status, reason }) => [check, status, reason])).toEqual([
        ['attention', 'warning', expect.stringContaining('1 × unknown_outbound (tickets 7)')],
        ['knowledge', 'warning', expect.stringContaining('nothing to answer from')],
        ['pause', 'warning', expect.stringContaining('nothing is written')],
      ]);
      expect(all.find(({ check }) => check === 'who is answered')?.reason).toBe(
        'drafts for people on email, web, phone; mirrored only on other. Tickets taken: those that are assigned to the AI agent, and 10 % of all others.',
      );
    } finally {
      await probes.close();
      await db.outbound.deleteMany();
    }
  });

  test('C6 a test message goes to ALERT_WEBHOOK_URL when it is asked for, and says whether it arrived', async () => {
    const receiver = await startScriptedServer();
    const env = { ALERT_WEBHOOK_URL: `${receiver.url}/hooks/a-secret` };
    const alerts = (all: readonly Finding[]) => all.filter(({ check }) => check === 'alerts');
    try {
      receiver.answer(answering(200, 'ok'));
      expect(alerts(await findings({}, { env }))).toMatchObject([{ status: 'ok' }]);
      expect(receiver.seen).toEqual([]);
      expect(alerts(await findings({}, { env, testAlert: true }))).toMatchObject([{ status: 'ok' }]);
      expect(receiver.seen.map(({ body }): unknown => JSON.parse(body))).toMatchObject([
        { event: 'test', text: expect.stringContaining('this is a test') },
      ]);
      receiver.answer(answering(404, 'no_service'));
      const [refused] = alerts(await findings({}, { env, testAlert: true }));
      expect(refused).toMatchObject({ status: 'failed', reason: expect.stringContaining('it answered 404') });
      expect(JSON.stringify(refused)).not.toContain('a-secret');
      const unset = { ALERT_WEBHOOK_URL: '' };
      const fix = expect.stringContaining('Set ALERT_WEBHOOK_URL');
      expect(alerts(await findings({}, { env: unset }))).toMatchObject([{ status: 'warning', fix }]);
      expect(alerts(await findings({}, { env: unset, testAlert: true }))).toMatchObject([{ status: 'failed', fix }]);
    } finally {
      await receiver.stop();
    }
    const asked: unknown[] = [];
    const doctor: CliDeps['doctor'] = async (what) => {
      asked.push(what);
      return [];
    };
    await cli(['doctor', '--test-alert', '--connection', 'shop'], { doctor });
    await cli(['doctor'], { doctor });
    expect(asked).toEqual([
      { connectionId: 'shop', testAlert: true },
      { connectionId: null, testAlert: false },
    ]);
  });

  test('C6 a model is asked one question, in the form that tickets are asked in', async () => {
    const model = await startFakeModel();
    const env = (key: string) => ({
      AI_PROVIDER: 'openai-compatible',
      AI_MODEL: MODEL,
      AI_BASE_URL: model.url,
      AI_API_KEY: key,
    });
    try {
      const reached = () => ({ content: '{"reached":true}' });
      model.says({ draft: reached, check: reached });
      expect(troubles(await findings({}, { env: env(model.key) }))).toEqual([]);
      expect(model.asked).toHaveLength(1);
      expect(troubles(await findings({}, { env: env('wrong') }))).toMatchObject([
        { check: 'model', reason: expect.stringContaining('401'), fix: expect.stringContaining('AI_API_KEY') },
      ]);
      const garbage = () => ({ content: 'Sure! I can be reached.' });
      model.says({ draft: garbage, check: garbage });
      expect(troubles(await findings({}, { env: env(model.key) }))).toMatchObject([
        { check: 'model', status: 'failed', reason: expect.stringContaining('not in the form') },
      ]);
    } finally {
      await model.stop();
    }
  });

  test('C6 no connection at all is a failure', async () => {
    await db.connection.deleteMany();
    expect(troubles(await findings())).toMatchObject([
      { check: 'connections', fix: expect.stringContaining('connect') },
    ]);
  });
});

type Case = {
  what: string;
  arrange: () => unknown;
  check: string;
  status?: 'failed' | 'warning';
  reason: string | RegExp;
  fix: string | RegExp;
};

const account = () => simulator.account;
const fault = (at: string, status: number, body: unknown) =>
  simulator.faults.add({ kind: 'status', match: { path: at }, status, body, times: null });

const cases: Case[] = [
  {
    what: 'wrong domain',
    arrange: () => fault('/agents/me', 404, undefined),
    check: 'key',
    reason: /is not a Freshdesk account\. \(wrong_domain\)$/,
    fix: 'Give the address agents sign in at',
  },
  {
    what: 'bad key',
    arrange: () => account().setAgent(account().aiAgent.id, { apiKey: 'reset' }),
    check: 'key',
    reason: /does not accept this API key\. \(invalid_credentials\)/,
    fix: /Copy it again .*connections rotate-key default/,
  },
  {
    what: 'key of a plain agent',
    arrange: () => account().setAgent(account().aiAgent.id, { role: 'Agent' }),
    check: 'key',
    reason: 'has no admin rights',
    fix: 'role Administrator',
  },
  {
    what: 'deactivated agent whose key is refused',
    arrange: () => account().setAgent(account().aiAgent.id, { active: false }),
    check: 'key',
    reason: 'does not accept this API key',
    fix: 'a deactivated agent has none that works',
  },
  {
    what: 'deactivated agent, where Freshdesk says so',
    arrange: () => fault('/agents/me', 200, { id: account().aiAgent.id, deactivated: true }),
    check: 'key',
    reason: 'is deactivated',
    fix: 'Reactivate that agent',
  },
  {
    what: 'suspended account',
    arrange: () => account().setSuspended(true),
    check: 'key',
    reason: 'is suspended',
    fix: 'settle the plan',
  },
  {
    what: 'connection that is still marked as broken',
    arrange: () => connections.setState('default', 'broken', 'not_admin'),
    check: 'key',
    status: 'warning',
    reason: 'still marked as broken (not_admin)',
    fix: 'connections rotate-key default',
  },
  {
    what: 'no creation rule',
    arrange: () => account().removeRule('created'),
    check: 'creation rule',
    reason:
      'No rule on the tab "Ticket Creation" sends to https://ai.acme.example/webhooks/freshdesk/default: new tickets go unnoticed.',
    fix: 'connections rotate-secret default',
  },
  {
    what: 'no update rule',
    arrange: () => account().removeRule('updated'),
    check: 'update rule',
    reason: 'No rule on the tab "Ticket Updates" for what is done by agent or requester',
    fix: 'connections rotate-secret default',
  },
  {
    what: 'update rule without replies',
    arrange: () => account().setRule('updated', { events: ['status', 'responder_id', 'group_id', 'note_private'] }),
    check: 'update rule',
    reason: '"updated" does not listen to replies',
    fix: 'Add the event "Reply is sent"',
  },
  {
    what: 'update rule without assignments',
    arrange: () => account().setRule('updated', { events: ['reply_sent', 'note_private', 'status'] }),
    check: 'update rule',
    status: 'warning',
    reason: 'does not listen to responder_id, group_id',
    fix: 'Add these events',
  },
  {
    what: 'update rule for customers only',
    arrange: () => account().setRule('updated', { performer: 'requester' }),
    check: 'update rule',
    reason: '"updated" does not listen to what is done by agent.',
    fix: 'Set "Performed by" to Agent or Requester',
  },
  {
    what: 'rule switched off',
    arrange: () => account().setRule('updated', { active: false }),
    check: 'update rule',
    reason: 'The rule "updated" is switched off.',
    fix: 'Switch it on',
  },
  {
    what: 'rule pointing elsewhere',
    arrange: () =>
      account().setRule('created', { webhook: { url: 'https://old.example/webhooks/freshdesk/default', headers: {} } }),
    check: 'creation rule',
    reason: 'sends to https://old.example/webhooks/freshdesk/default instead of https://ai.acme.example',
    fix: /If another installation is there.*correct PUBLIC_URL, or run "connections rotate-secret default --take-over-rules"/,
  },
  {
    what: 'no System rule',
    arrange: () => account().removeRule('updated by system'),
    check: 'system rule',
    reason: 'what other rules do, such as assigning a ticket, goes unnoticed',
    fix: 'connections rotate-secret default',
  },
  {
    what: 'rule without the secret',
    arrange: () => account().setRule('created', { webhook: { url: OURS, headers: {} } }),
    check: 'creation rule',
    reason: 'sends no secret',
    fix: 'connections rotate-secret default',
  },
  {
    what: 'rule with an old secret',
    arrange: () => account().setRule('created', { webhook: { url: OURS, headers: { 'x-webhook-secret': 'old' } } }),
    check: 'creation rule',
    reason: 'sends another secret',
    fix: 'connections rotate-secret default',
  },
  {
    what: 'rule of another installation at our address',
    arrange: () =>
      account().setRule('created', { template: '{"ticket_id":"{{ticket.id}}","installation":"ffff0000"}' }),
    check: 'creation rule',
    reason: 'belongs to another installation (ffff0000)',
    fix: 'two must not share PUBLIC_URL',
  },
  {
    what: 'rule without the ticket’s id',
    arrange: () => account().setRule('created', { template: '{"subject":"{{ticket.subject}}"}' }),
    check: 'creation rule',
    reason: "does not hold the ticket's id",
    fix: '{"ticket_id":"{{ticket.id}}"}',
  },
  {
    what: 'rule below one that may stop it',
    arrange: () => {
      account().setCascadingRules(false);
      account().addRule({ name: 'theirs', type: 'creation' });
      simulator.account.rules.unshift(...simulator.account.rules.splice(-1));
      account().setRule('theirs', { webhook: { url: 'https://crm.example', headers: {} } });
    },
    check: 'rule order',
    status: 'warning',
    reason: 'Only the first rule that matches runs, and "theirs" stands above "created".',
    fix: 'Move "created" to the top',
  },
  {
    what: 'AI agent in a round-robin group',
    arrange: () => {
      account().setRoundRobin(account().group('Returns').id, { afterMs: 1 });
      account().joinGroup(account().group('Returns').id, account().aiAgent.id);
    },
    check: 'auto-assignment',
    reason: 'is in Returns, where Freshdesk assigns tickets by itself',
    fix: 'Take the agent out of that group',
  },
  {
    what: 'marker missing',
    arrange: () => account().removeTicketField('cf_opencx_handed_off'),
    check: 'marker field',
    status: 'warning',
    reason: 'There is no ticket field cf_opencx_handed_off',
    fix: 'Add a checkbox with that API name',
  },
  {
    what: 'marker missing that the routing needs',
    arrange: async () => {
      account().removeTicketField('cf_opencx_handed_off');
      await connections.patchSettings('default', { handoff: { routing: { kind: 'unassign_with_marker' } } });
    },
    check: 'marker field',
    reason: 'marked with a tag instead',
    fix: 'Add a checkbox with that API name',
  },
  {
    what: 'marker of the wrong type',
    arrange: () => account().addTicketField({ name: 'cf_opencx_handed_off', type: 'custom_text' }),
    check: 'marker field',
    status: 'warning',
    reason: 'cf_opencx_handed_off is no checkbox',
    fix: 'Delete it, and add a checkbox',
  },
  {
    what: 'handoff group gone',
    arrange: () => account().removeGroup(account().group('Returns').id),
    check: 'routing',
    reason: /handed off to group \d+, which does not exist/,
    fix: 'Choose another group',
  },
  {
    what: 'handoff agent deactivated',
    arrange: async () => {
      const [person] = account().humans;
      account().setAgent(person?.id ?? 0, { active: false });
      await connections.patchSettings('default', { handoff: { routing: { kind: 'agent', agentId: person?.id } } });
    },
    check: 'routing',
    reason: 'who is deactivated',
    fix: 'Choose another agent',
  },
  {
    what: 'handoff to the AI itself',
    arrange: () =>
      connections.patchSettings('default', { handoff: { routing: { kind: 'agent', agentId: account().aiAgent.id } } }),
    check: 'routing',
    reason: 'which is the AI itself',
    fix: 'Choose another agent',
  },
  {
    what: 'status after a reply gone',
    arrange: () => connections.patchSettings('default', { reply: { statusAfterReply: 99 } }),
    check: 'routing',
    reason: 'The account has no status 99',
    fix: 'reply.statusAfterReply',
  },
  {
    what: 'default group gone',
    arrange: () => connections.patchSettings('default', { intake: { defaultGroupId: 999 } }),
    check: 'routing',
    reason: 'The default group 999 does not exist',
    fix: 'intake.defaultGroupId',
  },
  {
    what: 'field required on resolve',
    arrange: () =>
      account().addTicketField({ name: 'cf_cause', label: 'Cause', type: 'custom_text', requiredForClosure: true }),
    check: 'resolve fields',
    status: 'warning',
    reason: '"Cause" (cf_cause) must be filled in',
    fix: 'settings set autoResolve false',
  },
  {
    what: 'no webhook for a day',
    arrange: () => void (now.ms += 25 * HOUR_MS),
    check: 'webhooks',
    status: 'warning',
    reason: 'No webhook has come for a day',
    fix: 'PUBLIC_URL',
  },
  {
    what: 'rules that may not be read',
    arrange: () => fault('/automations/4/rules', 403, { code: 'require_feature', message: 'no' }),
    check: 'update rule',
    status: 'warning',
    reason: 'Freshdesk refused GET /automations/4/rules with 403',
    fix: 'docs/freshdesk-setup.md',
  },
];

describe('the account', () => {
  beforeAll(() => registerSearchAttributes(native, 'default'));

  test.each(cases)(
    'C6 doctor names cause and fix: $what',
    async ({ arrange, check, status = 'failed', reason, fix }) => {
      await arrange();
      const found = troubles(await findings());
      const [one] = found.filter((finding) => finding.check === check);
      expect(one).toMatchObject({ connection: 'default', status });
      expect(one?.reason).toMatch(reason);
      expect(one?.fix).toMatch(fix);
      // Rules that cannot be read concern all three checks; nothing else is found fault with.
      const alike = found.filter((finding) => finding.check !== check && finding.reason !== one?.reason);
      expect(alike).toEqual([]);
    },
  );

  test('C6 a key that no ENCRYPTION_KEY opens', async () => {
    expect(troubles(await findings({}, { keys: [randomBytes(32)] }))).toMatchObject([
      {
        check: 'key',
        status: 'failed',
        reason: expect.stringContaining('cannot be decrypted'),
        fix: expect.stringContaining('rotate-key'),
      },
    ]);
  });

  test('C6 rules that an admin has split between agents and customers are as good', async () => {
    account().setRule('updated', { performer: 'requester' });
    account().addRule({ ...account().rules[1], name: 'updated by agents', type: 'update', performer: 'agent' });
    expect(troubles(await findings())).toEqual([]);
  });

  test('C6 the command prints a line each, ends with 1 when something failed, and speaks JSON', async () => {
    const doctor = () => findings();
    const good = await cli(['doctor'], { doctor });
    expect(good).toMatchObject({ status: 0, err: '' });
    expect(
      good.out
        .trimEnd()
        .split('\n')
        .every((line) => /^ok |^$|^\d+ checks: \d+ ok\.$/.test(line)),
    ).toBe(true);

    account().removeRule('created');
    const bad = await cli(['doctor'], { doctor });
    expect(bad).toMatchObject({ status: 1, err: '' });
    expect(bad.out).toMatch(/\n\n\d+ checks: 1 failed, \d+ ok\.\n$/);
    expect(bad.out.match(/^failed .*$/gm)).toEqual([
      expect.stringMatching(/^failed +default: creation rule: No rule .* → Run /),
    ]);
    const json = await cli(['doctor', '--json'], { doctor });
    expect(json).toMatchObject({ status: 1, err: '' });
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([
        {
          check: 'creation rule',
          connection: 'default',
          status: 'failed',
          reason: expect.any(String),
          fix: expect.any(String),
        },
      ]),
    });

    account().removeTicketField('cf_opencx_handed_off');
    account().addRule({ name: 'created', type: 'creation' });
    expect((await cli(['doctor'], { doctor })).status).toBe(0);
  });
});
