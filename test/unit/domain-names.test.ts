import { expect, test } from '@jest/globals';
import {
  BACKFILL_SIGNAL,
  BACKFILL_WORKFLOW,
  BackfillRuns,
  backfillWorkflowId,
  NoBackfill,
} from '../../src/domain/backfill.ts';
import { RECONCILE_LISTS, RECONCILE_WORKFLOW, reconcileScheduleId } from '../../src/domain/reconcile.ts';
import { keptCopies } from '../../src/domain/senders.ts';
import { teamTags } from '../../src/domain/tags.ts';

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
