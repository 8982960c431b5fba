import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  ConnectionExists,
  ConnectionNotFound,
  DomainTaken,
  OtherAccount,
} from '../../../src/db/connections/connection.ts';
import { createConnections } from '../../../src/db/connections/connections.ts';
import { createKeyring } from '../../../src/db/connections/secrets.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { API_KEY, newConnection, openTestConnections, WEBHOOK_SECRET } from '../../../testbed/api.ts';

let opened: Awaited<ReturnType<typeof openTestConnections>>;
beforeAll(async () => {
  opened = await openTestConnections();
});
afterAll(() => opened.close());

const [oldKey, newKey, lostKey] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const withKeys = (keys: readonly Uint8Array[], nowMs = 0) =>
  createConnections(opened.db, createKeyring(keys), { now: () => new Date(nowMs) });
const account = (id: string, changes: Parameters<typeof newConnection>[0] = {}) => newConnection({ id, ...changes });
const keyIdOf = async (id: string) => (await opened.db.connection.findUniqueOrThrow({ where: { id } })).apiKeyKeyId;

test('C3 at start, keys sealed with an older ENCRYPTION_KEY are sealed with the first, so that the older one can go', async () => {
  await withKeys([oldKey]).save(account('old'));
  await withKeys([newKey]).save(account('new'));
  const before = await opened.db.connection.findUniqueOrThrow({ where: { id: 'new' } });
  expect(await withKeys([newKey, oldKey]).reseal()).toEqual({ resealed: ['old'], unreadable: ['default'] });
  expect(await withKeys([newKey]).apiKey('old')).toBe(API_KEY);
  expect(await keyIdOf('old')).toBe(before.apiKeyKeyId);
  expect(await opened.db.connection.findUniqueOrThrow({ where: { id: 'new' } })).toEqual(before);
  expect((await withKeys([newKey]).reseal()).resealed).toEqual([]);
});

test('C3 what no key opens is named and left as it is: the old key may come back', async () => {
  await withKeys([lostKey]).save(account('lost'));
  expect((await withKeys([newKey]).reseal()).unreadable).toContain('lost');
  expect(await withKeys([newKey, lostKey]).apiKey('lost')).toBe(API_KEY);
});

test('one account is connected once: a second connection would answer its customers as well', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(account('first'));
  await expect(connections.save(account('second', { domain: 'first.freshdesk.com' }))).rejects.toThrow(DomainTaken);
  await expect(connections.save(account('first'), { onlyNew: true })).rejects.toThrow(ConnectionExists);
  const twins = ['a', 'b'].map((id) => connections.save(account(id, { domain: 'twins.freshdesk.com' })));
  expect((await Promise.allSettled(twins)).map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('C8 a new key heals, and takes the agent it belongs to along', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(account('healed'));
  await connections.setState('healed', 'broken', 'invalid_credentials');
  const agent = { id: 2_002, name: 'Kim', email: 'kim@acme.example' };
  expect(await connections.changeKey('healed', { apiKey: 'another', agent })).toMatchObject({ state: 'active', agent });
  expect(await connections.apiKey('healed')).toBe('another');
  await expect(connections.changeKey('nobody', { apiKey: 'x', agent })).rejects.toThrow(ConnectionNotFound);
});

test('a changed secret counts at once, and the one before no more', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(account('secret'));
  await connections.changeSecret('secret', 'another');
  expect(await connections.checkWebhookSecret('secret', 'another')).toBe(true);
  expect(await connections.checkWebhookSecret('secret', WEBHOOK_SECRET)).toBe(false);
  await expect(connections.changeSecret('nobody', 'x')).rejects.toThrow(ConnectionNotFound);
});

test('a removed connection is not there any more, and its key and secret are forgotten', async () => {
  const connections = withKeys([oldKey], 5_000);
  await connections.save(account('gone'));
  await connections.remove('gone');
  await connections.remove('gone');
  expect(await connections.get('gone')).toBeNull();
  expect((await connections.list()).map(({ id }) => id)).not.toContain('gone');
  expect(await connections.removed()).toEqual([
    { id: 'gone', domain: 'gone.freshdesk.com', removedAt: new Date(5_000) },
  ]);
  expect(await connections.checkWebhookSecret('gone', WEBHOOK_SECRET)).toBe(false);
  expect(await connections.checkWebhookSecret('gone', '')).toBe(false);
  await expect(connections.apiKey('gone')).rejects.toThrow(ConnectionNotFound);
  await expect(connections.settings('gone')).rejects.toThrow(ConnectionNotFound);
  await expect(connections.patchSettings('gone', {})).rejects.toThrow(ConnectionNotFound);
  await expect(connections.setState('gone', 'broken', 'x')).rejects.toThrow(ConnectionNotFound);
  await expect(connections.remove('nobody')).rejects.toThrow(ConnectionNotFound);
  const row = await opened.db.connection.findUniqueOrThrow({ where: { id: 'gone' } });
  expect([row.apiKeyCiphertext, row.webhookSecretHash]).toEqual(['', '']);
});

test('E1, C7 connected again, it begins anew: later than what came meanwhile, and in assist', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(account('back', { connectedAt: new Date(1_000) }));
  await connections.patchSettings('back', {
    channels: { email: { mode: 'autopilot' } },
    intake: { autoHandleAll: true },
  });
  await connections.remove('back');
  await expect(connections.save(account('back', { domain: 'other.freshdesk.com' }))).rejects.toThrow(OtherAccount);
  const again = await connections.save(account('back', { connectedAt: new Date(9_000) }), { onlyNew: true });
  expect(again).toMatchObject({ connectedAt: new Date(9_000), autoHandleSince: null });
  expect(await connections.settings('back')).toEqual(DEFAULT_SETTINGS);
  expect(await connections.removed()).not.toContainEqual(expect.objectContaining({ id: 'back' }));
});

test('erasing a connection leaves nothing of it in any table', async () => {
  const connections = withKeys([oldKey]);
  const { db } = opened;
  await connections.save(account('erased'));
  const at = new Date(0);
  const times = { lookedAt: at, ticketCreatedAt: at, ticketUpdatedAt: at };
  const { id: sessionId } = await db.session.create({
    data: {
      connectionId: 'erased',
      ticketId: 1n,
      status: 'open',
      channel: 'email',
      admittedBy: 'assigned',
      subject: 'private',
      source: 1,
      ticketStatus: 2,
      ...times,
    },
  });
  await db.message.create({
    data: {
      connectionId: 'erased',
      sessionId,
      freshdeskId: 'ticket:1',
      seq: 0n,
      author: 'customer',
      visibility: 'public',
      kind: 'description',
      html: 'x',
      text: 'x',
      createdAt: at,
      updatedAt: at,
    },
  });
  await db.outbound.create({
    data: { key: 'erased/1', connectionId: 'erased', ticketId: 1n, kind: 'reply', bodyHash: 'x' },
  });
  await db.rateBucket.create({ data: { connectionId: 'erased', total: 1, tokens: 1, refilledAt: at } });
  await db.tally.create({ data: { metric: 'turns', connectionId: 'erased', label: 'replied' } });
  await connections.erase('erased');

  const tables = await db.$queryRaw<{ table_name: string }[]>`
    SELECT table_name::text FROM information_schema.columns WHERE column_name = 'connectionId' AND table_schema = 'public'`;
  expect(tables.length).toBeGreaterThanOrEqual(5);
  for (const { table_name: table } of tables) {
    const rows = await db.$queryRawUnsafe(`SELECT 1 FROM "${table}" WHERE "connectionId" = 'erased'`);
    expect([table, rows]).toEqual([table, []]);
  }
  expect(await db.connection.findUnique({ where: { id: 'erased' } })).toBeNull();
});

test('C6 when the last webhook came is kept', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(account('heard'));
  expect(await connections.get('heard')).toMatchObject({ lastWebhookAt: null });
  await connections.sawWebhook('heard', new Date(60_000));
  expect(await connections.get('heard')).toMatchObject({ lastWebhookAt: new Date(60_000) });
});
