import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startSimulator, type Simulator } from '../../../simulator/simulator.ts';
import type { CliDeps } from '../../../src/cli/deps.ts';
import { createTerminal } from '../../../src/cli/terminal.ts';
import type { Connector } from '../../../src/accounts/connector.ts';
import { createDb, type Db } from '../../../src/db/client.ts';
import { createConnections, type Connections } from '../../../src/db/connections/connections.ts';
import { createKeyring } from '../../../src/db/connections/secrets.ts';
import { automationSetup } from '../../../src/freshdesk/automation-rules.ts';
import { ConnectError } from '../../../src/freshdesk/errors.ts';
import { createFreshdesk } from '../../../src/freshdesk/client.ts';
import { setUpRules } from '../../../src/freshdesk/set-up-rules.ts';
import { connectorFor } from '../../../testbed/api.ts';
import { cli, opening } from '../../../testbed/cli.ts';
import { terminal } from '../../../testbed/terminal.ts';
import { createTestDatabase, type TestDatabase } from '../../../testbed/database.ts';
import { openLimit } from '../../../testbed/scripted-server.ts';

let database: TestDatabase;
let db: Db;
let simulator: Simulator;
let connections: Connections;
let connector: Connector;
const begun: unknown[] = [];
const ended: string[] = [];
let temporalDown = false;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, { poolSize: 2 });
  simulator = await startSimulator();
  connections = createConnections(db, createKeyring([randomBytes(32)]));
  connector = connectorFor(connections, {
    clientOf: (one) => createFreshdesk({ ...one, limit: openLimit(), deadlineMs: 2_000 }),
    freshdeskUrl: simulator.url,
    onConnected: async (id) => {
      if (temporalDown) throw new Error('Temporal does not answer');
      begun.push([id, { backfill: (await connections.get(id))?.backfillWanted === true }]);
    },
    onRemoved: async (id) => void ended.push(id),
  });
});
afterEach(async () => {
  begun.length = 0;
  ended.length = 0;
  temporalDown = false;
  simulator.account.setAutomationApi('allowed');
  simulator.account.rules.splice(0);
  await db.connection.deleteMany();
});
afterAll(async () => {
  await simulator.close();
  await db.$disconnect();
  await database.drop();
});

const run = (args: readonly string[], deps: Partial<CliDeps> = {}) =>
  cli(args, {
    open: opening({ connections, connector: async () => connector, webhookUrl: connector.webhookUrl }),
    ...deps,
  });
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;
const connect = (...args: string[]) => run(['connect', '--domain', 'acme', '--api-key', simulator.apiKey, ...args]);

test('C1, C2 connect asks again after a typo in either prompt, and looks at the domain before it asks for the key', async () => {
  const person = terminal('', 'amce', 'acme', 'with a space', 'wrong-key', simulator.apiKey);
  const careful: Connector = {
    ...connector,
    async verify(account) {
      if (account.domain === 'amce') throw new ConnectError('wrong_domain', 'There is no amce.', 'Look at it again.');
      return connector.verify(account);
    },
  };
  const open = opening({ connections, connector: async () => careful, webhookUrl: connector.webhookUrl });
  const { status, out, err } = await run(['connect'], { ...person, open });
  expect({ status, err }).toEqual({ status: 0, err: expect.stringContaining('There is no amce. Look at it again.\n') });
  expect(err).toContain('plain ASCII without spaces');
  expect(err).toContain('does not accept this API key');
  expect(person.asked.map((question) => question.split(' ')[0])).toEqual([
    'Freshdesk',
    'Freshdesk',
    'Freshdesk',
    'API',
    'API',
    'API',
  ]);
  expect(out).toContain('Connected "default": acme.freshdesk.com');
});

test('C2 where FRESHDESK_URL says where everything goes, connect asks for the key alone', async () => {
  const person = terminal(simulator.apiKey);
  const { status } = await run(['connect'], { ...person, env: { FRESHDESK_URL: simulator.url } });
  expect([status, person.asked.length]).toEqual([0, 1]);
});

test('C1 whoever is wrong five times is sent to look it up', async () => {
  const person = terminal('acme', ...Array.from({ length: 5 }, () => 'wrong-key'));
  expect(await run(['connect'], person)).toMatchObject({ status: 1, out: '' });
  expect(person.asked).toHaveLength(6);
  expect(await connections.list()).toEqual([]);
});

test('C1, C4, C5 on a terminal connect asks, makes the rules, and shows agent, address and secret, never the key', async () => {
  simulator.account.rules.splice(0);
  const person = terminal('https://acme.freshdesk.com/a/tickets', simulator.apiKey);
  const { status, out, err } = await run(['connect'], person);
  expect([status, err]).toEqual([0, '']);
  expect(person.asked).toHaveLength(2);
  expect(out).toContain('What to do next:\n  1. Give it something to answer from: "knowledge sync"');
  const { name, email, id } = simulator.account.aiAgent;
  expect(out).toContain(`Connected "default": acme.freshdesk.com, as ${name} <${email}>, id ${id}.`);
  expect(out).toContain('https://ai.acme.example/webhooks/freshdesk/default');
  expect(out).not.toContain(simulator.apiKey);
  const secret = /Webhook secret +(\w{64})/.exec(out)?.[1] ?? '';
  expect(await connections.checkWebhookSecret('default', secret)).toBe(true);
  expect(out).toContain('made by its API: 3 new, 0 put right, 0 as they were');
  expect(out).not.toContain('Paste');
  expect(simulator.account.rules.map(({ webhook }) => webhook?.headers)).toEqual(
    Array.from({ length: 3 }, () => ({ 'X-Webhook-Secret': secret })),
  );
  expect(begun).toEqual([['default', { backfill: true }]]);
});

test.each([
  ['asked not to', ['--no-create-rules'], 'allowed' as const, ''],
  ['the account refuses', [], 'refused' as const, 'were not made by the API. The account does not let'],
  ['the account keeps less than it was sent', [], 'loses_headers' as const, 'did not keep the rule'],
])('C4 the rules are printed to be pasted when %s, and the text says which it was', async (_why, args, api, said) => {
  simulator.account.setAutomationApi(api);
  const { status, out } = await connect(...args);
  expect(status).toBe(0);
  expect(out).toContain(said);
  const secret = /Webhook secret +(\w{64})/.exec(out)?.[1] ?? 'none';
  for (const piece of [
    'Paste the automation rules by hand',
    `X-Webhook-Secret: ${secret}`,
    'https://ai.acme.example/webhooks/freshdesk/default',
    '{"ticket_id":"{{ticket.id}}","installation":"a1b2c3d4"}',
    'opencx: ticket updated by a rule',
  ])
    expect(out).toContain(piece);
});

/** Somebody else's product on the same account, with rules of its own. */
async function production() {
  const theirs = { webhookUrl: 'https://prod.example/webhooks/freshdesk/default', secret: 'theirs', mark: 'ffff0000' };
  const freshdesk = createFreshdesk({
    baseUrl: simulator.url,
    apiKey: simulator.apiKey,
    limit: openLimit(),
    deadlineMs: 2_000,
  });
  await setUpRules(freshdesk, automationSetup(theirs), { takeOver: false });
  return structuredClone(simulator.account.rules);
}
const receivers = () => simulator.account.rules.map(({ webhook }) => new URL(webhook?.url ?? '').host);

test('C4 connect stops before anything is stored where another installation’s rules are, and shows them', async () => {
  const theirs = await production();
  const stopped = await connect();
  expect(stopped).toMatchObject({ status: 1, out: '' });
  for (const piece of [
    '"opencx: ticket created" sends to https://prod.example/webhooks/freshdesk/default (installation ffff0000)',
    'Nothing was changed',
    '--take-over-rules',
    '--no-create-rules',
  ])
    expect(stopped.err).toContain(piece);
  const unsure = terminal('no');
  expect(await run(['connect', '--domain', 'acme', '--api-key', simulator.apiKey], unsure)).toMatchObject({
    status: 1,
  });
  expect(unsure.asked).toEqual([expect.stringContaining('hears of no ticket any more')]);
  expect([await connections.list(), begun, simulator.account.rules]).toEqual([[], [], theirs]);

  const beside = await connect('--no-create-rules');
  expect(beside).toMatchObject({ status: 0, out: expect.stringContaining('They stay as they are. Two installations') });
  expect(simulator.account.rules).toEqual(theirs);
});

test.each([
  ['said so', ['--take-over-rules'], {}],
  ['whoever is asked says so', [], terminal('yes')],
])('C4 another installation’s rules are taken over when %s', async (_how, args, person) => {
  await production();
  const connecting = ['connect', '--domain', 'acme', '--api-key', simulator.apiKey, ...args];
  expect(await run(connecting, person)).toMatchObject({
    status: 0,
    out: expect.stringContaining('0 new, 3 put right'),
  });
  expect(receivers()).toEqual(['ai.acme.example', 'ai.acme.example', 'ai.acme.example']);
});

test('C4 rotate-secret leaves another installation’s rules, and the secret with them, unless that is meant', async () => {
  await connect('--no-create-rules');
  await production();
  const { webhookSecretHash: before } = await db.connection.findFirstOrThrow();
  expect(await run(['connections', 'rotate-secret', 'default'])).toMatchObject({ status: 1, out: '' });
  expect(await db.connection.findFirst()).toMatchObject({ webhookSecretHash: before });
  expect(new Set(receivers())).toEqual(new Set(['prod.example']));
  expect(await run(['connections', 'rotate-secret', 'default', '--take-over-rules'])).toMatchObject({ status: 0 });
  expect(new Set(receivers())).toEqual(new Set(['ai.acme.example']));
});

test('C5 without a terminal flags do, the backfill can be left out, and --json is for programs', async () => {
  const readInput = async () => `${simulator.apiKey}\n`;
  const args = ['connect', '--id', 'shop', '--domain', 'shop', '--api-key', '-', '--no-backfill', '--json'];
  const { status, out } = await run(args, { readInput });
  expect(status).toBe(0);
  expect(json(out)).toMatchObject({
    id: 'shop',
    domain: 'shop.freshdesk.com',
    webhookUrl: 'https://ai.acme.example/webhooks/freshdesk/shop',
    webhookSecret: expect.stringMatching(/^\w{64}$/),
    rules: 'created',
    started: true,
  });
  expect(begun).toEqual([['shop', { backfill: false }]]);
});

test.each([
  ['no domain', ['--api-key', 'x']],
  ['no key', ['--domain', 'acme']],
  ['an id that would not do', ['--id', 'A B', '--domain', 'acme', '--api-key', 'x']],
  ['a key with a space', ['--domain', 'acme', '--api-key', 'a b']],
])('connect called the wrong way exits 2 and opens nothing: %s', async (_what, args) => {
  expect(await cli(['connect', ...args])).toMatchObject({ status: 2, out: '' });
});

test('C1 a key that is refused leaves nothing behind, and says what to do', async () => {
  const { status, err } = await run(['connect', '--domain', 'acme', '--api-key', simulator.plainApiKey, '--json']);
  expect(status).toBe(1);
  expect(json(err)).toMatchObject({ error: { reason: 'not_admin' } });
  expect(await connections.list()).toEqual([]);
  expect(simulator.account.rules).toEqual([]);
});

test('connected while Temporal is down, the text says what is still to be started', async () => {
  temporalDown = true;
  const { status, out } = await connect();
  expect(status).toBe(0);
  expect(out).toContain('Temporal did not answer');
});

test('connections list shows them without secrets, and what is left of removed ones', async () => {
  expect((await run(['connections', 'list'])).out).toContain('run connect');
  await connect('--no-create-rules');
  await run(['connect', '--id', 'shop', '--domain', 'shop', '--api-key', simulator.apiKey, '--no-create-rules']);
  await run(['connections', 'remove', 'shop', '--yes']);
  const { out } = await run(['connections', 'list']);
  expect(out).toMatch(
    /^default {2}acme\.freshdesk\.com {2}active .*\/webhooks\/freshdesk\/default\nshop {5}\S+ +removed; its mirror is kept\n$/,
  );
  const data = json((await run(['connections', 'list', '--json'])).out);
  expect(data).toMatchObject({ items: [{ id: 'default', state: 'active' }], removed: [{ id: 'shop' }] });
  expect(JSON.stringify(data)).not.toContain(simulator.apiKey);
});

test('C8 connections rotate-key verifies the new key, heals, and says when it is another agent’s', async () => {
  await connect('--no-create-rules');
  await connections.setState('default', 'broken', 'invalid_credentials');
  const refused = await run(['connections', 'rotate-key', 'default', '--api-key', 'wrong']);
  expect(refused).toMatchObject({ status: 1, err: expect.stringContaining('does not accept this API key') });
  expect(await connections.get('default')).toMatchObject({ state: 'broken' });
  const same = await run(['connections', 'rotate-key', 'default'], terminal(simulator.apiKey));
  expect(same.out).not.toContain('another agent');
  expect(await connections.get('default')).toMatchObject({ state: 'active' });

  simulator.account.addAgent({ name: 'Nova', email: 'nova@acme.example', role: 'Administrator', apiKey: 'nova-key' });
  const other = await run(['connections', 'rotate-key', 'default', '--api-key', 'nova-key']);
  expect(other.out).toContain('This is another agent than before');
  expect(other.out).not.toContain('nova-key');
  expect(await connections.apiKey('default')).toBe('nova-key');
});

test('connections rotate-secret changes the secret here and in the rules', async () => {
  await connect();
  const { status, out } = await run(['connections', 'rotate-secret', 'default']);
  expect(status).toBe(0);
  const secret = /Webhook secret +(\w{64})/.exec(out)?.[1] ?? '';
  expect(await connections.checkWebhookSecret('default', secret)).toBe(true);
  expect(out).toContain('0 new, 3 put right');
  for (const { webhook } of simulator.account.rules) expect(webhook?.headers).toEqual({ 'X-Webhook-Secret': secret });
});

test('connections remove keeps the mirror unless it is to be erased, and asks for either', async () => {
  await connect('--no-create-rules');
  const person = terminal('defualt');
  const wrong = await run(['connections', 'remove', 'default', '--erase'], person);
  expect(wrong).toMatchObject({ status: 1, err: expect.stringMatching(/^Not done: .*run the command again/) });
  expect(person.asked).toEqual([expect.stringMatching(/"default" \(acme\.freshdesk\.com\) ends: .*erased, for good/)]);
  expect(await run(['connections', 'remove', 'default'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('no customer of this account is answered any more'),
  });
  expect(await run(['connections', 'remove', 'nobody', '--yes'])).toMatchObject({ status: 1 });
  expect([ended, await connections.list()]).toMatchObject([[], [{ id: 'default' }]]);
  expect((await run(['connections', 'remove', 'default', '--yes'])).out).toContain('its mirror stays readable');
  expect(await db.connection.count()).toBe(1);
  expect((await run(['connections', 'remove', 'default', '--erase'], terminal('default'))).out).toContain('erased');
  expect(await db.connection.count()).toBe(0);
  expect(await run(['connections', 'remove', 'default', '--erase', '--yes'])).toMatchObject({ status: 1 });
});

test('a terminal shows what is asked and typed, but not a key', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const shown = () => String(output.read() ?? '');
  const { ask, askSecret } = createTerminal(input, output);
  const domain = ask('Domain: ');
  input.write('acme\r');
  expect(await domain).toBe('acme');
  expect(shown()).toMatch(/Domain: .*acme/s);
  const key = askSecret('Key: ');
  input.write('secret-key\r');
  expect(await key).toBe('secret-key');
  const seen = shown();
  expect(seen).toContain('Key: ');
  expect(seen).not.toContain('secret');
  const broken = ask('Domain: ');
  input.write('\u0003');
  await expect(broken).rejects.toThrow('Broken off');
});
