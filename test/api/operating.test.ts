import { ServiceError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Findings } from '../../src/contract/operating.ts';
import type { Directory } from '../../src/domain/directory.ts';
import { startTestApi } from '../../testbed/api.ts';

const FINDINGS: Findings['items'] = [
  {
    check: 'key',
    connection: 'default',
    status: 'failed',
    reason: 'Freshdesk refuses the key.',
    fix: 'Give it another one.',
  },
  { check: 'database', connection: null, status: 'ok', reason: 'It answers.', fix: null },
];

let api: Awaited<ReturnType<typeof startTestApi>>;
let pass: () => Promise<{ looked: number; missing: number; failed: number; ticketIds: number[] }>;
let directory: () => Directory;
const examined: (string | null)[] = [];
beforeAll(async () => {
  api = await startTestApi({
    operating: {
      doctor: async (connectionId) => {
        examined.push(connectionId);
        return FINDINGS;
      },
      reconcile: () => pass(),
      directory: async () => directory(),
    },
  });
});
afterAll(() => api.close());

const post = (path: string, body?: unknown) => api.api(path, { method: 'POST', body });

test('U19 everything is looked at, or one connection; one that is not there is said so', async () => {
  expect(await post('/doctor', {})).toMatchObject({ status: 200, body: { items: FINDINGS } });
  expect(await post('/doctor')).toMatchObject({ status: 200 });
  expect(await post('/doctor', { connection: 'default' })).toMatchObject({ status: 200 });
  expect(examined).toEqual([null, null, 'default']);
  expect((await post('/doctor', { connection: 'nowhere' })).status).toBe(404);
  expect((await post('/doctor', { connection: 7 })).status).toBe(400);
  expect((await post('/doctor', { connection: 'a\0' })).status).toBe(400);
  expect(examined).toHaveLength(3);
});

test('X2 a pass says what was missing; without Temporal it says that, and so it does without the connection', async () => {
  pass = async () => ({ looked: 12, missing: 2, failed: 0, ticketIds: [4, 5] });
  expect(await post('/connections/default/reconcile')).toMatchObject({
    status: 200,
    body: { finished: true, looked: 12, missing: 2, failed: 0, ticketIds: [4, 5] },
  });
  pass = () => Promise.reject(new ServiceError('gone'));
  expect(await post('/connections/default/reconcile')).toMatchObject({
    status: 503,
    body: { detail: 'Temporal did not take the order; try again later.' },
  });
  expect((await post('/connections/nowhere/reconcile')).status).toBe(404);
  const { body } = await api.api('/audit');
  expect(body).toMatchObject({ items: [{ what: 'reconciled', who: 'admin', ticketId: null }] });
});

test('U17 what settings name by number has names; an account that does not say them is said so', async () => {
  const named = [{ id: 5, name: 'Returns' }];
  directory = () => ({ groups: named, agents: [], statuses: [], products: [] });
  const { status, body } = await api.api('/connections/default/directory');
  expect({ status, body }).toEqual({ status: 200, body: { groups: named, agents: [], statuses: [], products: [] } });
  directory = () => {
    throw new Error('403 with something of the account in it');
  };
  const refused = await api.api('/connections/default/directory');
  expect(refused.status).toBe(502);
  expect(JSON.stringify(refused.body)).not.toContain('something of the account');
  expect((await api.api('/connections/nowhere/directory')).status).toBe(404);
});

test('U17 the account has names for the ids that settings take', async () => {
  await api.connections.setGroups('default', [{ id: 5, name: 'Returns desk' }]);
  const { body } = await api.api('/connections/default/account');
  expect(body).toMatchObject({
    domain: 'acme.freshdesk.com',
    agent: { id: 1_001, name: 'Robin' },
    groups: [{ id: 5, name: 'Returns desk' }],
    statuses: [{ id: 2, name: 'Open' }],
  });
});
