import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityDeps } from '../../../src/activities/deps.ts';
import { createReconcileActivities } from '../../../src/activities/reconcile.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import type { ListCursor } from '../../../src/domain/backfill.ts';
import { RECONCILE_LISTS, type ReconcileList } from '../../../src/domain/reconcile.ts';
import { openMirror, SECOND_MS, shownInFreshdesk, shownInMirror, type Mirror } from '../../../testbed/activities.ts';

const ref = { connectionId: 'default' };
let mirror: Mirror;
let activities: ReturnType<typeof createReconcileActivities>;
beforeAll(async () => {
  mirror = await openMirror();
  activities = createReconcileActivities(mirror.deps);
});
afterAll(() => mirror.close());
afterEach(async () => {
  mirror.simulator.faults.clear();
  await mirror.set({ intake: { autoHandleAll: true } });
});

async function missingOn(list: ReconcileList, sinceMs: number): Promise<{ ids: number[]; atMs: number }> {
  const ids = new Set<number>();
  let atMs = 0;
  for (let cursor: ListCursor | null = { sinceMs, page: 1 }; cursor !== null;) {
    const page: Awaited<ReturnType<typeof activities.findMissing>> = await activities.findMissing({
      ...ref,
      list,
      cursor,
    });
    const { missing: tickets } = page;
    for (const { id } of tickets) ids.add(id);
    if (tickets.length > 0)
      await new MockActivityEnvironment().run(async () => activities.mirrorMissing({ ...ref, tickets }));
    atMs ||= page.atMs;
    cursor = page.next;
  }
  return { ids: [...ids], atMs };
}

/** A whole pass as the workflow does it; the tickets of which something was missing. */
async function pass(): Promise<number[]> {
  mirror.later(2 * SECOND_MS);
  const sinceMs = await activities.reconcileFrom(ref);
  const found: number[] = [];
  let throughMs = Number.POSITIVE_INFINITY;
  for (const list of RECONCILE_LISTS) {
    const { ids, atMs } = await missingOn(list, sinceMs);
    found.push(...ids);
    throughMs = Math.min(throughMs, atMs);
  }
  await activities.reconciled({ ...ref, throughMs });
  mirror.later(2 * SECOND_MS);
  return found;
}

const customerAsks = (changes: Parameters<Mirror['account']['customerCreatesTicket']>[0] = {}) =>
  mirror.account.customerCreatesTicket({ email: 'mia@shop.example', text: 'Where is it?', ...changes }).id;

test('X1 a ticket nobody told us about is found, and then not again', async () => {
  const id = customerAsks();
  expect(await pass()).toContain(id);
  expect(await shownInMirror(mirror, id)).toEqual(shownInFreshdesk(mirror, id));
  expect((await mirror.session(id))?.backfilled).toBe(false);
  expect(await pass()).toEqual([]);
});

test('X1 a reply, a note and an assignment that nobody told us about are found', async () => {
  const ids = [customerAsks(), customerAsks(), customerAsks()];
  for (const id of ids) await mirror.sync(id);
  mirror.later(5 * SECOND_MS);
  const [replied = 0, noted = 0, assigned = 0] = ids;
  mirror.account.customerReplies(replied, { text: 'Hello?' });
  mirror.account.agentNotes(noted, { text: 'Called.' });
  mirror.account.assign(assigned, mirror.account.humans[0]?.id ?? null);
  expect(new Set(await pass())).toEqual(new Set(ids));
  for (const id of ids) expect(await shownInMirror(mirror, id)).toEqual(shownInFreshdesk(mirror, id));
  expect(await mirror.session(assigned)).toMatchObject({ responderId: BigInt(mirror.account.humans[0]?.id ?? 0) });
});

test('X1 what the gate refuses is left alone, and what it admits is not', async () => {
  await mirror.set({ intake: { autoHandleAll: false } });
  const refused = customerAsks();
  const ours = customerAsks({ responderId: mirror.account.aiAgent.id });
  expect(await pass()).toEqual([ours]);
  expect(await mirror.session(refused)).toBeNull();
});

test('X1 spam and deletion that nobody told us about close the sessions; a restored ticket opens again', async () => {
  const [spam, deleted] = [customerAsks(), customerAsks()];
  for (const id of [spam, deleted]) await mirror.sync(id);
  mirror.later(5 * SECOND_MS);
  mirror.account.markSpam(spam);
  mirror.account.deleteTicket(deleted);
  customerAsks({ subject: 'never tracked' });
  mirror.account.markSpam(customerAsks());
  const found = await pass();
  expect(found).toEqual(expect.arrayContaining([spam, deleted]));
  for (const id of [spam, deleted]) expect(await mirror.session(id)).toMatchObject({ status: 'closed_unresolved' });
  expect(await pass()).toEqual([]);

  mirror.account.restore(deleted);
  expect(await pass()).toEqual([deleted]);
  expect(await mirror.session(deleted)).toMatchObject({ status: 'open' });
});

test('X1 a pass begins where the last one ended, minus an overlap, and never before', async () => {
  await pass();
  const throughMs = await mirror.deps.looks.reconciledThrough('default');
  expect(await activities.reconcileFrom(ref)).toBe((throughMs ?? 0) - 5 * 60 * SECOND_MS);
  await activities.reconciled({ ...ref, throughMs: (throughMs ?? 0) - 60 * SECOND_MS });
  expect(await mirror.deps.looks.reconciledThrough('default')).toBe(throughMs);
});

test('X1 a list that Freshdesk does not give leaves the pass where it was', async () => {
  const before = await mirror.deps.looks.reconciledThrough('default');
  const id = customerAsks();
  mirror.simulator.faults.add({ kind: 'status', status: 502, match: { path: '/tickets' } });
  await expect(pass()).rejects.toMatchObject({ type: 'Unreachable' });
  expect(await mirror.deps.looks.reconciledThrough('default')).toBe(before);
  expect(await pass()).toContain(id);
});

test('L2 the lists of a pass are live: they do not wait for the share of background work', async () => {
  await mirror.db.rateBucket.updateMany({ data: { total: 1_000, tokens: 100, refilledAt: new Date() } });
  const cursor = { sinceMs: mirror.clock.ms, page: 1 };
  expect(await activities.findMissing({ ...ref, list: 'updated', cursor })).toMatchObject({
    pauseMs: expect.any(Number),
  });
  await mirror.db.rateBucket.deleteMany();
});

describe('X1 what webhooks should have told', () => {
  const MINUTE_MS = 60 * SECOND_MS;
  const missed = async () =>
    (await createAttention(mirror.db).list(10)).filter(({ kind }) => kind === 'missed_webhooks');
  /** A pass three minutes after a customer has written on a new ticket, whose workflow is as told. */
  async function passAfter(state: Awaited<ReturnType<ActivityDeps['tickets']['state']>>, told = false): Promise<void> {
    const id = customerAsks();
    mirror.later(2 * SECOND_MS);
    if (told) await mirror.sync(id);
    mirror.later(3 * MINUTE_MS);
    const { findMissing, reconciled, reconcileFrom } = createReconcileActivities({
      ...mirror.deps,
      tickets: { ...mirror.tickets.runs, state: async () => state },
    });
    const cursor = { sinceMs: await reconcileFrom(ref), page: 1 };
    const { told: known, untold, atMs, missing } = await findMissing({ ...ref, list: 'updated', cursor });
    for (const ticket of missing) await mirror.sync(ticket.id);
    await reconciled({ ...ref, throughMs: atMs, ...(known === undefined ? {} : { told: known }), untold: untold ?? 0 });
    mirror.later(10 * MINUTE_MS);
  }

  beforeEach(async () => {
    mirror.later(10 * MINUTE_MS);
    await mirror.db.connection.updateMany({
      data: { missedPasses: 0, missedTickets: 0, reconciledThrough: new Date(mirror.clock.ms) },
    });
    await mirror.db.condition.deleteMany();
  });

  test('needs a person when three passes in a row have found some, and not any more when webhooks come', async () => {
    await passAfter('idle', true);
    await passAfter('idle');
    await passAfter('ended');
    expect(await missed()).toEqual([]);
    await passAfter('idle');
    expect(await missed()).toMatchObject([
      {
        connection: 'default',
        what: expect.stringMatching(
          /^The last 3 reconcile passes found 3 changed tickets that no webhook told of; none has come/,
        ),
        whatToDo: expect.stringContaining('PUBLIC_URL'),
      },
    ]);
    await passAfter('idle', true);
    expect(await missed()).toEqual([]);
  });

  test.each(['working', 'failing'] as const)('is not what a workflow that is %s is behind with', async (state) => {
    for (let nth = 0; nth < 4; nth += 1) await passAfter(state);
    expect(await missed()).toEqual([]);
  });
});

describe('X1 a message that waits with no workflow at work', () => {
  const longAgo = (ticketIds: number[], minutes = 6) =>
    mirror.db.message.updateMany({
      where: { session: { ticketId: { in: ticketIds.map(BigInt) } } },
      data: { mirroredAt: new Date(Date.now() - minutes * 60 * SECOND_MS) },
    });
  const waits = async (minutes?: number) => {
    const id = customerAsks();
    await mirror.sync(id);
    await longAgo([id], minutes);
    return id;
  };
  /** The tickets that a pass has woken, where workflows are as told. */
  async function woken(state: 'working' | 'failing' | 'ended' = 'ended'): Promise<number[]> {
    const ids: number[] = [];
    const runs: ActivityDeps['tickets'] = {
      state: async () => state,
      hint: async (_connection, id) => void ids.push(id),
    };
    const count = await createReconcileActivities({ ...mirror.deps, tickets: runs }).wakeWaiting(ref);
    expect(count).toBe(ids.length);
    return ids;
  }
  beforeEach(async () => {
    await mirror.db.session.deleteMany();
  });

  test('is woken after five minutes, the longest first', async () => {
    const [later, longest] = [await waits(6), await waits(60)];
    await waits(4);
    expect(await woken()).toEqual([longest, later]);
  });

  test.each(['working', 'failing'] as const)('is left alone while its workflow is %s', async (state) => {
    await waits();
    expect(await woken(state)).toEqual([]);
  });

  test('is woken though Temporal does not tell of another, and takes no hint for a third', async () => {
    const [untold, unheard, id] = [await waits(60), await waits(50), await waits(40)];
    const ids: number[] = [];
    const state = async (_connection: string, asked: number) => {
      if (asked === untold) throw new Error('unavailable');
      return 'ended' as const;
    };
    const hint = async (_connection: string, hinted: number) => {
      if (hinted === unheard) throw new Error('unavailable');
      ids.push(hinted);
    };
    const { wakeWaiting } = createReconcileActivities({ ...mirror.deps, tickets: { state, hint } });
    expect(await wakeWaiting(ref)).toBe(1);
    expect(ids).toEqual([id]);
  });

  test('is left to the next pass when a minute was not enough', async () => {
    const [first, second] = [await waits(60), await waits(50)];
    const asked: number[] = [];
    const state = async (_connection: string, id: number) => {
      asked.push(id);
      mirror.later(61 * SECOND_MS);
      return 'working' as const;
    };
    const { wakeWaiting } = createReconcileActivities({ ...mirror.deps, tickets: { state, hint: async () => {} } });
    expect(await wakeWaiting(ref)).toBe(0);
    expect(asked).toEqual([first]);
    expect(await woken()).toEqual([first, second]);
  });

  test('C8, E12 is left alone during a pause, and while the key is broken', async () => {
    const id = await waits();
    await mirror.set({ paused: true });
    expect(await woken()).toEqual([]);
    await mirror.set({ paused: false });
    await mirror.db.connection.updateMany({ data: { state: 'broken' } });
    expect(await woken()).toEqual([]);
    await mirror.db.connection.updateMany({ data: { state: 'active' } });
    expect(await woken()).toEqual([id]);
  });

  test('is one of a hundred at most in a pass', async () => {
    const id = await waits();
    const where = { ticketId: BigInt(id) };
    const session = await mirror.db.session.findFirstOrThrow({ where });
    const message = await mirror.db.message.findFirstOrThrow({ where: { session: where } });
    const more = Array.from({ length: 104 }, (_, nth) => ({
      ...session,
      id: randomUUID(),
      ticketId: BigInt(90_000 + nth),
    }));
    await mirror.db.session.createMany({ data: more });
    await mirror.db.message.createMany({
      data: more.map(({ id: sessionId, ticketId }) => ({
        ...message,
        id: randomUUID(),
        sessionId,
        freshdeskId: `ticket:${ticketId}`,
        attachments: [],
      })),
    });
    expect(await woken()).toHaveLength(100);
  });
});
