import { describe, expect, test } from '@jest/globals';
import {
  BACKFILL_SIGNAL,
  BACKFILL_WORKFLOW,
  BackfillRuns,
  backfillWorkflowId,
  NoBackfill,
} from '../../../src/domain/backfill.ts';
import { API_KEY, CONNECTION_ID } from '../../../src/domain/connecting.ts';
import { nameOf } from '../../../src/domain/errors.ts';
import { RateLimited } from '../../../src/domain/rate-limit.ts';
import { RECONCILE_LISTS, RECONCILE_WORKFLOW, reconcileScheduleId } from '../../../src/domain/reconcile.ts';
import { keptCopies } from '../../../src/domain/senders.ts';
import { isThrottled } from '../../../src/domain/snapshot.ts';
import { teamTags } from '../../../src/domain/tags.ts';
import { snapshot } from '../../../testbed/domain.ts';

const unwanted = {
  blocklist: { emails: ['troll@mail.example'], domains: ['spam.example'] },
  ownAddresses: ['support@acme.example'],
};

test('A8 copies are kept, each once and by address, but for the addressee, ourselves and whom the blocklist names', () => {
  const copies = [
    'Ben@Partner.example',
    '"Ben" <ben@partner.example>',
    'mia@customer.example',
    'Support@acme.example',
    'troll@mail.example',
    'x@spam.example',
    'no address',
    'two words@mail.example',
    'ann@mail.example or so',
    '@mail.example',
    'ben@',
  ];
  expect(keptCopies(copies, '"Mia" <Mia@customer.example>', unwanted)).toEqual(['ben@partner.example']);
  expect(keptCopies(['ben@partner.example'], null, unwanted)).toEqual(['ben@partner.example']);
  expect(keptCopies([], 'mia@customer.example', unwanted)).toEqual([]);
});

test('B1 X1 the names that running workflows and schedules depend on', () => {
  expect(backfillWorkflowId('shop')).toBe('backfill:shop');
  expect(reconcileScheduleId('shop')).toBe('reconcile:shop');
  expect([BACKFILL_WORKFLOW, BACKFILL_SIGNAL, RECONCILE_WORKFLOW]).toEqual([
    'backfillWorkflow',
    'backfill',
    'reconcileWorkflow',
  ]);
  expect(RECONCILE_LISTS).toEqual(['updated', 'spam', 'deleted']);
});

test('B4 what cannot be started or paused says so, with the connection and what to do', () => {
  expect(new BackfillRuns('shop')).toMatchObject({
    name: 'BackfillRuns',
    message: expect.stringMatching(/connection "shop" has not ended yet.*pause/),
  });
  expect(new NoBackfill('shop')).toMatchObject({
    name: 'NoBackfill',
    message: expect.stringMatching(/connection "shop" is under way. Start one/),
  });
});

test('T1 the tags of a session are those of the team and the name of the group, once', () => {
  expect(teamTags(['vip', 'opencx', 'opencx_autopilot'], 'Returns')).toEqual(['vip', 'Returns']);
  expect(teamTags(['vip', 'Returns'], 'Returns')).toEqual(['vip', 'Returns']);
  expect(teamTags(['vip'], null)).toEqual(['vip']);
});

describe('C1 what a connection may be called, and what can be a key', () => {
  test.each(['shop', '7', 'eu-shop_2', `a${'-'.repeat(62)}`])('a connection may be called %j', (id) =>
    expect(id).toMatch(CONNECTION_ID),
  );
  test.each(['', 'Shop', '-shop', '_shop', 'a b', 'shop/7', ' shop', 'shop\n', `a${'-'.repeat(63)}`])(
    'a connection may not be called %j',
    (id) => expect(id).not.toMatch(CONNECTION_ID),
  );
  test.each(['k', '!~', 'aB3_$-.x', 'k'.repeat(200)])('a key may be %j', (key) => expect(key).toMatch(API_KEY));
  test.each(['', ' key', 'key ', 'a key', 'k\n', 'clé', 'k'.repeat(201)])('a key may not be %j', (key) =>
    expect(key).not.toMatch(API_KEY),
  );
});

test('C3 of an error that could hold anything only its name is told', () => {
  expect(nameOf(new TypeError('the key is 123'))).toBe('TypeError');
  expect(nameOf({ name: 7 })).toBe('7');
  for (const thrown of [{}, null, undefined, 'the key is 123', () => 1]) expect(nameOf(thrown)).toBe('unknown');
});

test('B4 a used-up rate limit says when to try again, in whole seconds', () => {
  expect(new RateLimited(9_001)).toMatchObject({
    name: 'RateLimited',
    message: 'Freshdesk rate limit reached: try again in 10 s',
    retryAfterMs: 9_001,
  });
});

test('B4 a look that waits for the share is told from one that was taken', () => {
  expect(isThrottled({ throttledMs: 0 })).toBe(true);
  expect(isThrottled(snapshot())).toBe(false);
});
