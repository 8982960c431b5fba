import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createBackfillActivities, type MirroredBatch } from '../../../src/activities/backfill.ts';
import type { HintKind } from '../../../src/domain/temporal-names.ts';
import { createSyncActivities } from '../../../src/activities/sync.ts';
import type { ListCursor } from '../../../src/domain/backfill.ts';
import {
  HOUR_MS,
  openMirror,
  SECOND_MS,
  shownInFreshdesk,
  shownInMirror,
  type Mirror,
} from '../../../testbed/activities.ts';

const DAY_MS = 24 * HOUR_MS;
const LAST_PAGE = 3;

let mirror: Mirror;
let activities: ReturnType<typeof createBackfillActivities>;
beforeAll(async () => {
  mirror = await openMirror({ simulator: { lastListPage: LAST_PAGE } });
  activities = createBackfillActivities(mirror.deps);
});
afterAll(() => mirror.close());
afterEach(async () => {
  mirror.simulator.faults.clear();
  mirror.tickets.hints.length = 0;
  mirror.tickets.state = async () => 'working';
  await mirror.set({ intake: { autoHandleAll: true, exclude: { tags: [], groupIds: [], productIds: [] } } });
});

/** A backfill that begins where everything made before it is too old, unless it says since when. */
async function begin({ sinceMs = mirror.clock.ms - 30 * SECOND_MS, dryRun = false } = {}) {
  const ref = { connectionId: 'default', backfillId: randomUUID() };
  await activities.beginBackfill({ ...ref, days: 180, dryRun, startedAtMs: mirror.clock.ms });
  const list = async () => {
    let cursor: ListCursor | null = { sinceMs: Math.floor(sinceMs / SECOND_MS) * SECOND_MS, page: 1 };
    const pages: ListCursor[] = [];
    while (cursor !== null) {
      pages.push(cursor);
      const { next }: { next: ListCursor | null } = await activities.findTickets({ ...ref, cursor });
      cursor = next;
    }
    return pages;
  };
  const mirrorFound = async (): Promise<MirroredBatch> =>
    new MockActivityEnvironment().run(async () => activities.mirrorFound(ref));
  const progress = async () => {
    const now = await mirror.deps.backfills.get(ref.backfillId);
    if (now === null) throw new Error('there is no such backfill');
    return now;
  };
  const all = async () => {
    await list();
    for (let left = true; left;) ({ left } = await mirrorFound());
    return progress();
  };
  return { ref, list, mirrorFound, progress, all };
}

const customerAsks = (changes: Parameters<Mirror['account']['customerCreatesTicket']>[0] = {}) =>
  mirror.account.customerCreatesTicket({ email: 'mia@shop.example', text: 'Where is it?', ...changes }).id;

/** Time enough between two tests that the tickets of one are none of the other's. */
const laterOn = () => mirror.later(60 * SECOND_MS);

describe('B1 what is found', () => {
  test('B1 open, pending and custom statuses, changed since; not resolved, closed, spam or deleted ones', async () => {
    laterOn();
    customerAsks(); // too old by then
    laterOn();
    const wanted = [2, 3, 6, 7].map((status) => {
      const id = customerAsks();
      if (status !== 2) mirror.account.setStatus(id, status);
      return id;
    });
    for (const status of [4, 5]) mirror.account.setStatus(customerAsks(), status);
    mirror.account.markSpam(customerAsks());
    mirror.account.deleteTicket(customerAsks());
    const backfill = await begin();
    expect(await backfill.all()).toMatchObject({ found: 4, done: 4, failed: 0 });
    for (const id of wanted) expect(await mirror.session(id)).toMatchObject({ backfilled: true, status: 'open' });
  });

  test('B1 a dry run counts and mirrors nothing', async () => {
    laterOn();
    const id = customerAsks();
    const backfill = await begin({ dryRun: true });
    await backfill.list();
    expect(await backfill.progress()).toMatchObject({ found: 1, done: 0, etaSeconds: 0 });
    expect(mirror.tickets.hints).toEqual([]);
    expect(await mirror.session(id)).toBeNull();
  });

  test('B6 a long list is read to its end: each ticket once, though more changed in a second than a page holds', async () => {
    laterOn();
    const sinceMs = mirror.clock.ms;
    const ids = Array.from({ length: 250 }, () => customerAsks());
    for (let nth = 0; nth < 150; nth += 1) {
      mirror.later(SECOND_MS);
      ids.push(customerAsks());
    }
    mirror.later(SECOND_MS);
    const backfill = await begin({ sinceMs });
    const pages = await backfill.list();
    expect(await backfill.progress()).toMatchObject({ found: ids.length });
    expect(Math.max(...pages.map(({ page }) => page))).toBe(LAST_PAGE);
    const lists = mirror.simulator.requests.find({ path: '/tickets' });
    expect(lists.filter(({ status }) => status === 400)).toEqual([]);
  });

  test('B6 a ticket that changes while the list is read hides no other one', async () => {
    laterOn();
    const ids = Array.from({ length: 150 }, () => {
      mirror.later(SECOND_MS);
      return customerAsks();
    });
    mirror.later(SECOND_MS);
    const backfill = await begin({ sinceMs: mirror.clock.ms - 152 * SECOND_MS });
    const moved = mirror.simulator.faults.onRequest(
      { match: { path: '/tickets' }, at: 'before_answer', times: 1 },
      () => {
        mirror.account.setStatus(ids[0] ?? 0, 3);
      },
    );
    await backfill.list();
    expect(moved.hits).toBe(1);
    expect(await backfill.progress()).toMatchObject({ found: ids.length });
  });

  test('B6 beyond the last page of one second the list goes on with the next second, and says that it had to', async () => {
    laterOn();
    const sinceMs = mirror.clock.ms;
    for (let nth = 0; nth < LAST_PAGE * 100 + 20; nth += 1) customerAsks();
    mirror.later(SECOND_MS);
    customerAsks();
    const backfill = await begin({ sinceMs });
    await backfill.list();
    expect(await backfill.progress()).toMatchObject({ found: LAST_PAGE * 100 + 1 });
    expect(mirror.logLines.at(-1)).toMatchObject({ level: 40, backfill: backfill.ref.backfillId });
  });
});

describe('B2, B3: what is done with it', () => {
  test('B2 thread, contact and tags are mirrored, and nothing is written to Freshdesk', async () => {
    laterOn();
    const id = customerAsks({ name: 'Mia Kern', tags: ['vip'], responderId: mirror.account.humans[0]?.id ?? null });
    mirror.account.agentReplies(id, { text: 'I look into it.' });
    mirror.account.agentNotes(id, { text: 'Called the warehouse.' });
    mirror.account.customerReplies(id, { text: 'Any news?' });
    const written = mirror.simulator.requests.count;
    await (await begin()).all();
    expect(await shownInMirror(mirror, id)).toEqual(shownInFreshdesk(mirror, id));
    expect(await mirror.session(id)).toMatchObject({ tags: ['vip'], contactId: expect.any(String) });
    const requests = mirror.simulator.requests.all.slice(-(mirror.simulator.requests.count - written));
    expect(requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('B2 a question from before the connection waits for nobody; the next one does', async () => {
    const connectedMs = mirror.clock.ms;
    mirror.clock.ms = Date.UTC(2026, 0, 4);
    const id = customerAsks();
    mirror.clock.ms = connectedMs;
    laterOn();
    mirror.account.agentNotes(id, { text: 'Old one.' });
    await (await begin()).all();
    expect((await mirror.sync(id)).waiting).toBeNull();
    mirror.account.customerReplies(id, { text: 'Still waiting!' });
    expect((await mirror.sync(id)).waiting).toMatchObject({ count: 1 });
  });

  test('B3 a ticket that the gate refuses is tracked; exclusions hold', async () => {
    laterOn();
    await mirror.set({ intake: { autoHandleAll: false, exclude: { tags: ['private'] } } });
    const refused = customerAsks();
    const excluded = customerAsks({ tags: ['private'] });
    expect(await (await begin()).all()).toMatchObject({ found: 1, done: 1 });
    expect(await mirror.session(refused)).not.toBeNull();
    expect(await mirror.session(excluded)).toBeNull();
    expect(mirror.tickets.hints).toEqual([{ ticketId: refused, kind: 'backfill' }]);
  });

  test('B3 a ticket that left between list and look is none that was found', async () => {
    laterOn();
    const id = customerAsks();
    mirror.tickets.onHint = async () => undefined;
    mirror.tickets.state = async () => 'ended';
    const backfill = await begin();
    expect(await backfill.all()).toMatchObject({ found: 0, done: 0, failed: 0 });
    mirror.tickets.onHint = (ref, kind) => mirror.sync(ref.ticketId, [kind]);
    expect(await mirror.session(id)).toBeNull();
  }, 20_000);
});

describe('B4 again, and after trouble', () => {
  test('B4 what is mirrored already is not read again; what has changed since is', async () => {
    laterOn();
    const [same, changed] = [customerAsks(), customerAsks()];
    const sinceMs = mirror.clock.ms;
    mirror.later(SECOND_MS);
    await (await begin({ sinceMs })).all();
    mirror.later(5 * SECOND_MS);
    mirror.account.customerReplies(changed, { text: 'One more thing.' });
    mirror.later(5 * SECOND_MS);
    mirror.tickets.hints.length = 0;
    expect(await (await begin({ sinceMs })).all()).toMatchObject({ found: 2, done: 2 });
    expect(mirror.tickets.hints).toEqual([{ ticketId: changed, kind: 'backfill' }]);
    expect(await mirror.session(same)).not.toBeNull();
  });

  test('B4 a batch that is broken off and repeated counts every ticket once', async () => {
    laterOn();
    const ids = [customerAsks(), customerAsks(), customerAsks()];
    let hints = 0;
    mirror.tickets.onHint = async (ref, kind) => {
      hints += 1;
      if (hints === 2) throw new Error('Temporal is away');
      await mirror.sync(ref.ticketId, [kind]);
    };
    const backfill = await begin();
    await backfill.list();
    await expect(backfill.mirrorFound()).rejects.toThrow();
    mirror.tickets.onHint = (ref, kind) => mirror.sync(ref.ticketId, [kind]);
    expect(await backfill.mirrorFound()).toMatchObject({ found: 3, done: 3, left: false });
    expect(ids).toHaveLength(3);
  });

  test('B4, B5: one ticket that cannot be read is counted as failed, and holds up no other', async () => {
    laterOn();
    const [bad, good] = [customerAsks(), customerAsks()];
    mirror.tickets.onHint = async (ref, kind) => void (ref.ticketId === good && (await mirror.sync(good, [kind])));
    mirror.tickets.state = async () => 'failing';
    const backfill = await begin();
    expect(await backfill.all()).toMatchObject({ found: 2, done: 1, failed: 1 });
    expect(await mirror.deps.backfills.failed(backfill.ref.backfillId, 10)).toEqual([bad]);
    mirror.tickets.onHint = (ref, kind) => mirror.sync(ref.ticketId, [kind]);
  }, 20_000);

  test('B4 while the account itself does not answer, no ticket is given up', async () => {
    laterOn();
    customerAsks();
    mirror.tickets.onHint = async () => undefined;
    mirror.tickets.state = async () => 'failing';
    mirror.simulator.faults.add({ kind: 'status', status: 503, match: { path: '/agents/me' }, times: null });
    const backfill = await begin();
    await backfill.list();
    await expect(backfill.mirrorFound()).rejects.toMatchObject({ type: 'Unreachable' });
    expect(await backfill.progress()).toMatchObject({ failed: 0 });
    mirror.tickets.onHint = (ref, kind) => mirror.sync(ref.ticketId, [kind]);
  }, 20_000);

  test('B4, L2 a look for a backfill and its list wait while the share is used up, and what a customer waits for does not', async () => {
    laterOn();
    const id = customerAsks();
    const { syncTicket } = createSyncActivities(mirror.deps);
    const ref = { connectionId: 'default', ticketId: id };
    const shareIsUsedUp = () =>
      mirror.db.rateBucket.updateMany({
        data: { total: 1_000, tokens: 100, refilledAt: new Date(), spare: 0, spareAt: new Date() },
      });
    await shareIsUsedUp();
    expect(await syncTicket({ ...ref, hints: ['backfill'] })).toEqual({ throttledMs: expect.any(Number) });
    await expect((await begin()).list()).rejects.toMatchObject({ type: 'RateLimited' });
    const isLive = async (hints: HintKind[]) =>
      expect(await syncTicket({ ...ref, hints })).toMatchObject({ session: { status: 'open' } });
    await isLive(['webhook', 'backfill']);
    await isLive(['reconcile']);
    // The question waits: it is live, whoever noticed, also where nobody did.
    await isLive(['backfill']);
    await isLive([]);
    await mirror.db.session.updateMany({ where: { ticketId: BigInt(id) }, data: { coveredThrough: 9_000_000_000n } });
    await shareIsUsedUp();
    expect(await syncTicket({ ...ref, hints: [] })).toEqual({ throttledMs: expect.any(Number) });
    await mirror.db.rateBucket.deleteMany();
    await mirror.db.ratePlace.deleteMany();
  }, 20_000);
});

test('B5 rate and time left come from the last minutes, and are unknown while nothing moves', async () => {
  laterOn();
  const ids = Array.from({ length: 6 }, () => customerAsks());
  const backfill = await begin();
  await backfill.list();
  expect(await backfill.progress()).toMatchObject({ found: 6, ratePerMinute: 0, etaSeconds: null, endedAt: null });
  mirror.later(60 * SECOND_MS);
  for (const id of ids.slice(0, 4)) await mirror.deps.backfills.settle(backfill.ref.backfillId, id, 'done');
  expect(await backfill.progress()).toMatchObject({ done: 4, ratePerMinute: 4, etaSeconds: 30 });
  mirror.later(DAY_MS);
  expect(await backfill.progress()).toMatchObject({ ratePerMinute: 0, etaSeconds: null });
  await mirror.deps.backfills.end(backfill.ref.backfillId, 'completed');
  expect(await backfill.progress()).toMatchObject({ state: 'completed', etaSeconds: 0, endedAt: expect.any(Date) });
  await mirror.deps.backfills.setState(backfill.ref.backfillId, 'running');
  expect(await backfill.progress()).toMatchObject({ state: 'completed' });
});
