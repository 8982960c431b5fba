import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConnectionNotFound, OtherAccount } from '../../../src/db/connections/connection.ts';
import { createConnections } from '../../../src/db/connections/connections.ts';
import { CannotDecrypt, createKeyring } from '../../../src/db/connections/secrets.ts';
import { InvalidSettings } from '../../../src/db/connections/settings.ts';
import { API_KEY, newConnection, openTestConnections, WEBHOOK_SECRET } from '../../../testbed/api.ts';

let opened: Awaited<ReturnType<typeof openTestConnections>>;
beforeAll(async () => {
  opened = await openTestConnections();
});
afterAll(() => opened.close());

const oldKey = randomBytes(32);
const newKey = randomBytes(32);
const withKeys = (keys: readonly Uint8Array[], nowMs = 0) =>
  createConnections(opened.db, createKeyring(keys), { now: () => new Date(nowMs) });

test('C3 a stored key is opened by the key that sealed it, also after a rotation, and by no other', async () => {
  await withKeys([oldKey]).save(newConnection({ id: 'rotated' }));
  expect(await withKeys([newKey, oldKey]).apiKey('rotated')).toBe(API_KEY);
  await expect(withKeys([newKey]).apiKey('rotated')).rejects.toThrow(CannotDecrypt);
  await withKeys([newKey, oldKey]).save(newConnection({ id: 'rotated' }));
  expect(await withKeys([newKey]).apiKey('rotated')).toBe(API_KEY);
});

test('C3 a ciphertext copied to another connection does not open', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(newConnection({ id: 'one' }));
  await connections.save(newConnection({ id: 'two' }));
  const row = await opened.db.connection.findUniqueOrThrow({ where: { id: 'one' } });
  await opened.db.connection.update({ where: { id: 'two' }, data: { apiKeyCiphertext: row.apiKeyCiphertext } });
  await expect(connections.apiKey('two')).rejects.toThrow(CannotDecrypt);
});

test('an update keeps connectedAt and the settings, and heals a broken connection (C8)', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(newConnection({ id: 'kept', connectedAt: new Date(1_000) }));
  await connections.patchSettings('kept', { paused: true });
  await connections.setState('kept', 'broken', 'invalid_credentials');
  expect(await connections.get('kept')).toMatchObject({ state: 'broken', stateReason: 'invalid_credentials' });

  const agent = { id: 2_002, name: 'Kim', email: 'kim@acme.example' };
  await connections.save(newConnection({ id: 'kept', connectedAt: new Date(9_000), apiKey: 'another', agent }));
  expect(await connections.get('kept')).toMatchObject({
    state: 'active',
    stateReason: null,
    connectedAt: new Date(1_000),
    agent,
  });
  expect(await connections.settings('kept')).toMatchObject({ paused: true });
  expect(await connections.apiKey('kept')).toBe('another');
});

test('C8 a connection is broken since it broke, however often it is refused again, until it is saved or set active', async () => {
  const since = async () => (await opened.db.connection.findUniqueOrThrow({ where: { id: 'broken' } })).brokenSince;
  await withKeys([oldKey]).save(newConnection({ id: 'broken' }));
  expect(await since()).toBeNull();
  await withKeys([oldKey], 1_000).setState('broken', 'broken', 'invalid_credentials');
  await withKeys([oldKey], 2_000).setState('broken', 'broken', 'account_suspended');
  expect(await since()).toEqual(new Date(1_000));
  expect(await withKeys([oldKey]).get('broken')).toMatchObject({ stateReason: 'account_suspended' });
  await withKeys([oldKey], 3_000).setState('broken', 'active', null);
  expect(await since()).toBeNull();
  await withKeys([oldKey], 4_000).setState('broken', 'broken', 'invalid_credentials');
  await withKeys([oldKey], 5_000).save(newConnection({ id: 'broken' }));
  expect(await since()).toBeNull();
});

test("E8 the account's own addresses are stored, and replaced when it is connected again", async () => {
  const connections = withKeys([oldKey]);
  await connections.save(newConnection({ id: 'known', supportEmails: ['support@acme.example'] }));
  expect(await connections.get('known')).toMatchObject({ supportEmails: ['support@acme.example'] });
  await connections.save(newConnection({ id: 'known', supportEmails: ['help@acme.example', 'billing@acme.example'] }));
  expect(await connections.get('known')).toMatchObject({
    supportEmails: ['help@acme.example', 'billing@acme.example'],
  });
});

test('a connection never becomes another Freshdesk account', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(newConnection({ id: 'loyal' }));
  await expect(connections.save(newConnection({ id: 'loyal', domain: 'other.freshdesk.com' }))).rejects.toThrow(
    OtherAccount,
  );
  expect(await connections.get('loyal')).toMatchObject({ domain: 'loyal.freshdesk.com' });
});

test('E1 the moment auto-handle is switched on is stored, kept while it is on, and cleared when it goes off', async () => {
  await withKeys([oldKey]).save(newConnection({ id: 'timed' }));
  const since = async () => (await withKeys([oldKey]).get('timed'))?.autoHandleSince;
  const patch = (nowMs: number, body: unknown) => withKeys([oldKey], nowMs).patchSettings('timed', body);

  await patch(1_000, { paused: false });
  expect(await since()).toBeNull();
  await patch(2_000, { intake: { autoHandleAll: true } });
  await patch(3_000, { intake: { autoHandleAll: true, defaultGroupId: 5 } });
  await patch(4_000, { paused: true });
  expect(await since()).toEqual(new Date(2_000));
  await patch(5_000, { intake: { autoHandleAll: false } });
  expect(await since()).toBeNull();
  await patch(6_000, { intake: { autoHandleAll: true } });
  expect(await since()).toEqual(new Date(6_000));
});

test('E1 the switch of auto-handle is dated by Freshdesk’s clock, and by ours only where that does not answer', async () => {
  const asked: string[] = [];
  let freshdesk: Date | null = new Date(1_000);
  const switching = createConnections(opened.db, createKeyring([oldKey]), {
    now: () => new Date(601_000),
    freshdeskClock: async ({ apiKey }) => (asked.push(apiKey), freshdesk),
  });
  await switching.save(newConnection({ id: 'dated', domain: 'dated.freshdesk.com' }));
  const switched = async (autoHandleAll: boolean) => {
    await switching.patchSettings('dated', { intake: { autoHandleAll } });
    return (await switching.get('dated'))?.autoHandleSince;
  };
  expect(await switched(true)).toEqual(new Date(1_000));
  expect(await switched(true)).toEqual(new Date(1_000));
  expect(asked).toHaveLength(1); // only the switch asks
  expect(await switched(false)).toBeNull();
  freshdesk = null;
  expect(await switched(true)).toEqual(new Date(601_000));
});

test('E12 settings changed by another process are seen at the next read', async () => {
  const [here, there] = [withKeys([oldKey]), withKeys([oldKey])];
  await here.save(newConnection({ id: 'shared' }));
  expect(await here.settings('shared')).toMatchObject({ paused: false });
  await there.patchSettings('shared', { paused: true });
  expect(await here.settings('shared')).toMatchObject({ paused: true });
});

test('a refused patch stores nothing', async () => {
  const connections = withKeys([oldKey]);
  await connections.save(newConnection({ id: 'refused' }));
  await expect(connections.patchSettings('refused', { paused: true, nope: 1 })).rejects.toThrow(InvalidSettings);
  expect(await connections.settings('refused')).toMatchObject({ paused: false });
});

test('an unknown connection is null to look at and an error to use', async () => {
  const connections = withKeys([oldKey]);
  expect(await connections.get('nobody')).toBeNull();
  await expect(connections.settings('nobody')).rejects.toThrow(ConnectionNotFound);
  await expect(connections.patchSettings('nobody', {})).rejects.toThrow(ConnectionNotFound);
  await expect(connections.apiKey('nobody')).rejects.toThrow(ConnectionNotFound);
  await expect(connections.setState('nobody', 'broken', 'x')).rejects.toThrow(ConnectionNotFound);
  expect(await connections.checkWebhookSecret('nobody', WEBHOOK_SECRET)).toBe(false);
});
