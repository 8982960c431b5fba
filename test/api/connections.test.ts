import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startSimulator, type Simulator } from '../../simulator/simulator.ts';
import type { ConnectorDeps } from '../../src/accounts/connector.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { createFreshdesk } from '../../src/freshdesk/client.ts';
import { connectorFor, startTestApi, WEBHOOK_SECRET } from '../../testbed/api.ts';
import { until } from '../../testbed/until.ts';
import { openLimit } from '../../testbed/scripted-server.ts';

type Answer = { status: number; type: string | null; body: Record<string, unknown> };

let simulator: Simulator;
let api: Awaited<ReturnType<typeof startTestApi>>;
const begun: unknown[] = [];
const ended: string[] = [];
let temporalDown = false;

beforeAll(async () => {
  simulator = await startSimulator();
  const connecting: Partial<ConnectorDeps> = {
    clientOf: (one) => createFreshdesk({ ...one, limit: openLimit(), deadlineMs: 2_000 }),
    freshdeskUrl: simulator.url,
    onConnected: async (id) => {
      if (temporalDown) throw new Error('Temporal does not answer');
      begun.push([id, { backfill: (await api.connections.get(id))?.backfillWanted === true }]);
    },
    onRemoved: async (id) => {
      if (temporalDown) throw new Error('Temporal does not answer');
      ended.push(id);
    },
  };
  api = await startTestApi({ connecting });
});
beforeEach(() => {
  begun.length = 0;
  ended.length = 0;
});
afterEach(async () => {
  temporalDown = false;
  simulator.faults.clear();
  await api.db.connection.deleteMany({ where: { NOT: { id: 'default' } } });
});
afterAll(async () => {
  await api.close();
  await simulator.close();
});

const request = (method: string, path: string, body?: unknown) =>
  api.api(path, { method, ...(body === undefined ? {} : { body }) }) as Promise<Answer>;
const shop = () => ({ id: 'shop', domain: 'shop', apiKey: simulator.apiKey });
const connectShop = (changes = {}) => request('POST', '/connections', { ...shop(), ...changes });
const count = () => api.db.connection.count();
const agentOf = ({ id, name, email }: Simulator['account']['aiAgent']) => ({ id, name, email });
const webhook = (id: string, secret: unknown) =>
  fetch(`${api.url}/webhooks/freshdesk/${id}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-webhook-secret': String(secret) },
    body: '{"ticket_id":"7"}',
  });

test('C1 verify names the agent and stores nothing', async () => {
  const before = await count();
  const { domain, apiKey } = shop();
  expect(await request('POST', '/connections/verify', { domain, apiKey })).toMatchObject({
    status: 200,
    body: { agent: agentOf(simulator.account.aiAgent), admin: true },
  });
  expect(await count()).toBe(before);
});

const refusals: [string, number, () => object][] = [
  ['invalid_credentials', 422, () => ({ apiKey: 'wrong' })],
  ['not_admin', 422, () => ({ apiKey: simulator.plainApiKey })],
  ['account_suspended', 422, () => ({})],
  ['unreachable', 502, () => ({})],
  ['wrong_domain', 422, () => ({})],
];
test.each(refusals)('C1 on %s nothing is stored, and the problem says what to do', async (reason, status, change) => {
  const before = await count();
  const { domain, apiKey } = shop();
  const fault = { match: { path: '/agents/me' }, times: null } as const;
  if (reason === 'account_suspended') {
    const body = { code: 'account_suspended', message: 'suspended' };
    simulator.faults.add({ ...fault, kind: 'status', status: 403, body });
  }
  if (reason === 'unreachable') simulator.faults.add({ ...fault, kind: 'status', status: 503 });
  if (reason === 'wrong_domain') simulator.faults.add({ ...fault, kind: 'status', status: 404 });
  for (const answer of [
    await request('POST', '/connections/verify', { domain, apiKey, ...change() }),
    await connectShop(change()),
  ]) {
    expect(answer).toMatchObject({ status, body: { status, reason } });
    expect(answer.type).toMatch(/^application\/problem\+json/);
    expect(String(answer.body['detail']).length).toBeGreaterThan(40);
    expect(JSON.stringify(answer.body)).not.toContain(simulator.apiKey);
  }
  expect(await count()).toBe(before);
  expect(begun).toEqual([]);
});

test('C3, C5, C7 connecting shows the secret once and never the key, starts the backfill, and drafts only', async () => {
  const { status, body } = await connectShop();
  expect(status).toBe(201);
  const { webhookSecret, started, ...shown } = body;
  expect(shown).toEqual({
    id: 'shop',
    domain: 'shop.freshdesk.com',
    agent: agentOf(simulator.account.aiAgent),
    state: 'active',
    webhookUrl: 'https://ai.acme.example/webhooks/freshdesk/shop',
    connectedAt: expect.stringMatching(/^20\d\d-.*\.000Z$/),
  });
  expect(webhookSecret).toMatch(/^[0-9a-f]{64}$/);
  expect(started).toBe(true);
  expect(begun).toEqual([['shop', { backfill: true }]]);
  expect((await request('GET', '/connections/shop')).body).toEqual(shown);
  expect(JSON.stringify((await request('GET', '/connections')).body)).not.toContain(String(webhookSecret));
  expect((await request('GET', '/connections/shop/settings')).body).toEqual(DEFAULT_SETTINGS);
  const stored = JSON.stringify(await api.db.connection.findMany(), (_key, value: unknown) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  for (const secret of [simulator.apiKey, String(webhookSecret)]) expect(stored).not.toContain(secret);
});

test('C5 the backfill is left out when asked, and settings are taken from the start', async () => {
  const settings = { rollout: { percent: 7 } };
  expect(await connectShop({ backfill: false, settings })).toMatchObject({ status: 201 });
  expect(begun).toEqual([['shop', { backfill: false }]]);
  expect((await request('GET', '/connections/shop/settings')).body).toMatchObject(settings);
});

test('settings that are not to be taken are refused before anything is asked or stored', async () => {
  const asked = simulator.requests.count;
  expect(await connectShop({ settings: { nope: 1 } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'nope' }] },
  });
  expect(simulator.requests.count).toBe(asked);
  expect(await request('GET', '/connections/shop')).toMatchObject({ status: 404 });
});

test('connections work side by side, each with its own address and secret', async () => {
  const [one, other] = [await connectShop(), await connectShop({ id: 'outlet', domain: 'outlet' })];
  expect((await webhook('shop', one.body['webhookSecret'])).status).toBe(202);
  expect((await webhook('outlet', other.body['webhookSecret'])).status).toBe(202);
  expect((await webhook('shop', other.body['webhookSecret'])).status).toBe(401);
  expect((await webhook('default', WEBHOOK_SECRET)).status).toBe(202);
  expect(api.signals.splice(0).map(({ connectionId }) => connectionId)).toEqual(['shop', 'outlet', 'default']);
});

test('an account or an id that is taken is a conflict', async () => {
  await connectShop();
  expect(await connectShop()).toMatchObject({ status: 409 });
  expect(await connectShop({ id: 'twice' })).toMatchObject({ status: 409 });
  expect(await connectShop({ domain: 'other' })).toMatchObject({ status: 409 });
});

test.each([
  ['no body', undefined, 415],
  ['a list', [], 400],
  ['no key', { id: 'x', domain: 'x' }, 400],
  ['an id that would not do in an address', { id: 'A/B', domain: 'x', apiKey: 'k' }, 400],
  ['a key with a line break', { id: 'x', domain: 'x', apiKey: 'a\nb' }, 400],
  ['an unknown field', { id: 'x', domain: 'x', apiKey: 'k', mode: 'autopilot' }, 400],
])('a connection that cannot be read is refused: %s', async (_name, body, status) => {
  expect(await request('POST', '/connections', body)).toMatchObject({ status });
  expect(begun).toEqual([]);
});

test('a new key is verified first, heals, and never shows; one that is refused changes nothing (C8)', async () => {
  await connectShop();
  await api.connections.setState('shop', 'broken', 'invalid_credentials');
  const refused = await request('PATCH', '/connections/shop', { apiKey: 'key-of-another-account' });
  expect(refused).toMatchObject({ status: 422, body: { reason: 'invalid_credentials' } });
  expect(await api.connections.apiKey('shop')).toBe(simulator.apiKey);
  expect(await api.connections.get('shop')).toMatchObject({ state: 'broken' });

  const agent = simulator.account.addAgent({
    name: 'Nova',
    email: 'nova@acme.example',
    role: 'Administrator',
    apiKey: 'nova-key',
  });
  const healed = await request('PATCH', '/connections/shop', { apiKey: 'nova-key' });
  expect(healed).toMatchObject({ status: 200, body: { state: 'active', agent: agentOf(agent) } });
  expect(JSON.stringify(healed.body)).not.toContain('nova-key');
  expect(await api.connections.apiKey('shop')).toBe('nova-key');
});

test('a rotated secret is shown once, and the old one opens nothing any more', async () => {
  const first = (await connectShop()).body['webhookSecret'];
  const { body } = await request('PATCH', '/connections/shop', { rotateSecret: true });
  expect(body['webhookSecret']).toMatch(/^[0-9a-f]{64}$/);
  expect((await webhook('shop', first)).status).toBe(401);
  expect((await webhook('shop', body['webhookSecret'])).status).toBe(202);
  api.signals.length = 0;
  expect((await request('GET', '/connections/shop')).body).not.toHaveProperty('webhookSecret');
  for (const patch of [{}, { rotateSecret: false }, { domain: 'x' }])
    expect(await request('PATCH', '/connections/shop', patch)).toMatchObject({ status: 400 });
  expect(await request('PATCH', '/connections/nobody', { rotateSecret: true })).toMatchObject({ status: 404 });
});

test('PATCH takes settings too: merged as by their own address, and refused with the same errors before a key is changed', async () => {
  await connectShop();
  const settings = { channels: { email: { mode: 'off' } }, rollout: { percent: 7 } };
  expect(await request('PATCH', '/connections/shop', { settings })).toMatchObject({
    status: 200,
    body: { id: 'shop' },
  });
  expect((await request('GET', '/connections/shop/settings')).body).toMatchObject(settings);
  simulator.account.addAgent({ name: 'Lee', email: 'lee@acme.example', role: 'Administrator', apiKey: 'lee-key' });
  const wrong = { channels: { email: { mode: 'loud' } }, nope: 1 };
  const refused = await request('PATCH', '/connections/shop', { apiKey: 'lee-key', settings: wrong });
  expect(refused).toMatchObject({ status: 400, body: { detail: 'These settings were not taken.' } });
  expect(refused.body['errors']).toEqual((await request('PATCH', '/connections/shop/settings', wrong)).body['errors']);
  expect(await api.connections.apiKey('shop')).toBe(simulator.apiKey);
});

test('id and domain are for good: as they are they may be sent along, others are refused by name', async () => {
  await connectShop();
  const settings = { rollout: { percent: 5 } };
  for (const domain of ['shop', 'shop.freshdesk.com'])
    expect(await request('PATCH', '/connections/shop', { id: 'shop', domain, settings })).toMatchObject({
      status: 200,
    });
  const other = await request('PATCH', '/connections/shop', { id: 'store', domain: 'store', settings });
  expect(other).toMatchObject({ status: 400 });
  expect(other.body['errors']).toEqual([
    { path: 'id', message: expect.stringContaining('cannot be changed') },
    { path: 'domain', message: expect.stringContaining('holds the tickets of shop.freshdesk.com') },
  ]);
});

const remove = (path: string) =>
  fetch(`${api.url}/api/connections/${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${api.token}` } });

async function mirrored() {
  const at = new Date(0);
  await api.db.session.create({
    data: {
      connectionId: 'shop',
      ticketId: 1n,
      status: 'open',
      channel: 'email',
      admittedBy: 'assigned',
      subject: 'Late',
      source: 1,
      ticketStatus: 2,
      lookedAt: at,
      ticketCreatedAt: at,
      ticketUpdatedAt: at,
    },
  });
}
const sessions = async () => (await request('GET', '/sessions?connection=shop')).body['items'];

test('DELETE ends what runs, refuses webhooks, and keeps the mirror readable', async () => {
  const { webhookSecret } = (await connectShop()).body;
  await mirrored();
  expect((await remove('shop')).status).toBe(204);
  expect(ended).toEqual(['shop']);
  expect((await webhook('shop', webhookSecret)).status).toBe(401);
  expect(await request('GET', '/connections/shop')).toMatchObject({ status: 404 });
  expect(await sessions()).toHaveLength(1);
  expect(await connectShop()).toMatchObject({ status: 201 });
  expect(await sessions()).toHaveLength(1);
});

test('what needed a person on a removed connection needs nobody any more', async () => {
  await connectShop();
  const data = { key: 'shop/1', connectionId: 'shop', ticketId: 1n, kind: 'reply', bodyHash: 'x' };
  await api.db.outbound.create({ data: { ...data, state: 'unknown' } });
  const kinds = async () =>
    ((await request('GET', '/attention')).body['items'] as { kind: string }[]).map(({ kind }) => kind);
  expect(await kinds()).toEqual(['unknown_outbound']);
  expect((await remove('shop')).status).toBe(204);
  expect(await kinds()).toEqual([]);
  await remove('shop?data=erase');
});

test('DELETE with data=erase leaves nothing, also of a connection that was removed before', async () => {
  await connectShop();
  await mirrored();
  expect((await remove('shop?data=keep')).status).toBe(204);
  expect((await remove('shop?data=erase')).status).toBe(204);
  expect(await sessions()).toEqual([]);
  expect((await remove('shop?data=erase')).status).toBe(404);
  expect((await remove('shop?data=shred')).status).toBe(400);
});

test('a removal that Temporal interrupts writes nothing more, erases nothing yet, and is finished by the next', async () => {
  const { webhookSecret } = (await connectShop()).body;
  await mirrored();
  temporalDown = true;
  expect((await remove('shop?data=erase')).status).toBe(503);
  expect((await webhook('shop', webhookSecret)).status).toBe(401);
  expect(await sessions()).toHaveLength(1);
  temporalDown = false;
  expect((await remove('shop?data=erase')).status).toBe(204);
  expect(ended).toEqual(['shop']);
  expect(await sessions()).toEqual([]);
});

test('connected while Temporal is down: the connection stands, and the answer says that nothing was started', async () => {
  temporalDown = true;
  expect(await connectShop()).toMatchObject({ status: 201, body: { started: false } });
});

test.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])(
  'C4 no rules are made in an account that cannot reach us: %s',
  async (publicUrl) => {
    const before = structuredClone(simulator.account.rules);
    const account = { baseUrl: simulator.url, apiKey: simulator.apiKey };
    const clientOf = () => createFreshdesk({ ...account, limit: openLimit(), deadlineMs: 2_000 });
    const connector = connectorFor(api.connections, { publicUrl, clientOf });
    const { rules } = await connector.rotateSecret('default', { make: true, takeOver: async () => false });
    expect(rules?.outcome).toEqual({ done: false, why: expect.stringContaining('set PUBLIC_URL') });
    expect(simulator.account.rules).toEqual(before);
  },
);

test('C6 when a webhook last came is taken down, and for one that was refused it is not', async () => {
  const { webhookSecret } = (await connectShop({ id: 'heard' })).body;
  expect((await webhook('heard', 'wrong')).status).toBe(401);
  expect(await api.connections.get('heard')).toMatchObject({ lastWebhookAt: null });
  const before = Date.now();
  await webhook('heard', webhookSecret);
  const heardMs = async () => (await api.connections.get('heard'))?.lastWebhookAt?.getTime() ?? 0;
  await until('the webhook is taken down', async () => (await heardMs()) >= before, 5_000);
  api.signals.length = 0;
});
