import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { Worker } from '@temporalio/worker';
import {
  BACKFILL_SIGNAL,
  BACKFILL_WORKFLOW,
  type BackfillInput,
  type BackfillOrder,
  type ListCursor,
} from '../../src/domain/backfill.ts';
import { RECONCILE_WORKFLOW, type ReconcileList } from '../../src/domain/reconcile.ts';
import { BACKGROUND_QUEUE, TICKETS_QUEUE } from '../../src/domain/temporal-names.ts';
import type { BackfillActivities, ReconcileActivities } from '../../src/workflows/background-activities.ts';
import { TestTemporal } from './harness.ts';
import { quiet } from './script.ts';
import { useTemporal } from './setup.ts';
import { until } from '../../testbed/until.ts';

let worker: Worker;
let running: Promise<void>;
// Before the server goes, which `useTemporal` ends.
afterAll(async () => {
  worker.shutdown();
  await running;
});
const { temporal, ticket } = useTemporal((workflows) =>
  TestTemporal.devServer(workflows, { suggestContinueAsNewAfter: 30 }),
);

/** What the account of a test holds, and what was done with it. */
type Account = {
  pages: number;
  found: number;
  done: number;
  cursors: ListCursor[];
  batches: number;
  ended: string[];
  /** Keeps a batch from ending. */
  held: boolean;
  listFails: boolean;
};
const accounts = new Map<string, Account>();
const accountOf = ({ connectionId }: { connectionId: string }): Account => {
  const account = accounts.get(connectionId);
  if (account === undefined) throw new Error(`no account ${connectionId}`);
  return account;
};
const countsOf = ({ found, done }: Account) => ({ found, done, failed: 0 });

const activities: BackfillActivities = {
  beginBackfill: async () => undefined,
  async findTickets({ cursor, ...ref }) {
    const account = accountOf(ref);
    if (account.listFails) throw ApplicationFailure.nonRetryable('gone', 'ConnectionNotFound');
    account.cursors.push(cursor);
    account.found += 10;
    const last = account.cursors.length >= account.pages;
    return { ...countsOf(account), next: last ? null : { sinceMs: cursor.sinceMs + 1_000, page: 1 }, pauseMs: 1 };
  },
  async mirrorFound(ref) {
    const account = accountOf(ref);
    account.batches += 1;
    while (account.held) {
      Context.current().heartbeat();
      await Context.current().sleep(20);
    }
    account.done = Math.min(account.found, account.done + 5);
    return { ...countsOf(account), left: account.done < account.found };
  },
  async endBackfill({ state, ...ref }) {
    const account = accountOf(ref);
    account.ended.push(state);
    return countsOf(account);
  },
};

beforeAll(async () => {
  const connection = temporal().env.nativeConnection;
  worker = await Worker.create({
    connection,
    taskQueue: BACKGROUND_QUEUE,
    activities: { ...activities, ...reconciling },
    maxHeartbeatThrottleInterval: 100,
  });
  running = worker.run();
}, 90_000);
async function start(changes: Partial<Account> = {}, { dryRun = false } = {}) {
  const connectionId = randomUUID();
  const account: Account = {
    pages: 2,
    found: 0,
    done: 0,
    cursors: [],
    batches: 0,
    ended: [],
    held: false,
    listFails: false,
    ...changes,
  };
  accounts.set(connectionId, account);
  const input: BackfillInput = { connectionId, backfillId: randomUUID(), days: 180, dryRun };
  const handle = await temporal().env.client.workflow.start(BACKFILL_WORKFLOW, {
    workflowId: `backfill:${connectionId}`,
    taskQueue: TICKETS_QUEUE,
    args: [input],
  });
  const order = (what: BackfillOrder) => handle.signal(BACKFILL_SIGNAL, what);
  const details = async () => {
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails;
  };
  return { account, handle, order, details };
}

test('B1, B5: everything that the list names is mirrored, and the Web UI says how many', async () => {
  const { account, handle, details } = await start();
  expect(await handle.result()).toEqual({ found: 20, done: 20, failed: 0 });
  expect(account.ended).toEqual(['completed']);
  expect(await details()).toMatch(/completed[\s\S]*found: 20\n- mirrored: 20\n- failed: 0\n- since: the last 180 days/);
});

test('B1 a dry run lists, and wakes nobody', async () => {
  const { account, handle } = await start({}, { dryRun: true });
  expect(await handle.result()).toMatchObject({ found: 20, done: 0 });
  expect(account.batches).toBe(0);
});

test('B6 a long run continues as new with its place in the list: no page is read twice', async () => {
  const { account, handle } = await start({ pages: 6 });
  expect(await handle.result()).toEqual({ found: 60, done: 60, failed: 0 });
  const seen = account.cursors.map(({ sinceMs }) => sinceMs);
  expect(seen).toHaveLength(new Set(seen).size);
  expect(seen).toHaveLength(6);
  expect(account.ended).toEqual(['completed']);
  let runs = 0;
  for await (const _run of temporal().env.client.workflow.list({ query: `WorkflowId = "${handle.workflowId}"` }))
    runs += 1;
  expect(runs).toBeGreaterThan(1);
});

test('B4 a pause breaks the batch off and stops the list; it goes on where it was', async () => {
  const { account, handle, order, details } = await start({ held: true });
  await until('a batch is under way', () => account.batches === 1);
  await order('pause');
  await until('the batch is broken off', async () => /paused/.test(await details()));
  await until('nothing is under way', async () => (await handle.describe()).raw.pendingActivities?.length === 0);
  account.held = false;
  expect(account.batches).toBe(1);
  await order('pause');
  await handle.signal(BACKFILL_SIGNAL, 'nonsense');
  await order('resume');
  expect(await handle.result()).toMatchObject({ found: 20, done: 20 });
  expect(account.batches).toBeGreaterThan(1);
});

test('B4 a pause outlasts the run: the next one is paused too', async () => {
  const { account, handle, order, details } = await start({ held: true });
  const runId = async () => (await handle.describe()).runId;
  const first = await runId();
  await until('a batch is under way', () => account.batches === 1);
  await order('pause');
  await until('another run', async () => {
    await handle.signal(BACKFILL_SIGNAL, 'nonsense');
    return (await runId()) !== first;
  });
  await until('it is paused', async () => /paused/.test(await details()));
  account.held = false;
  expect(account).toMatchObject({ batches: 1, ended: [] });
  await order('resume');
  expect(await handle.result()).toMatchObject({ found: 20, done: 20 });
});

test('B5 a backfill that cannot go on says so', async () => {
  const { account, handle } = await start({ listFails: true });
  await expect(handle.result()).rejects.toThrow();
  expect(account.ended).toEqual(['failed']);
});

test('B5 a backfill that is cancelled says so', async () => {
  const { account, handle } = await start({ held: true });
  await until('a batch is under way', () => account.batches === 1);
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect(account.ended).toEqual(['failed']);
});

/** The lists of a reconcile pass: what is missing on which page, by the hour at which Freshdesk answered. */
type Lists = Record<ReconcileList, { missing: number[]; atMs: number }[]>;
const passes = new Map<
  string,
  {
    lists: Lists;
    mirrored: number[][];
    through: number[];
    heard: object[];
    mirrorFails: boolean;
    wakeFails: boolean;
  }
>();
const passOf = ({ connectionId }: { connectionId: string }) => {
  const pass = passes.get(connectionId);
  if (pass === undefined) throw new Error(`no pass ${connectionId}`);
  return pass;
};
const reconciling: ReconcileActivities = {
  reconcileFrom: async () => 1_000,
  async findMissing({ list, cursor, ...ref }) {
    const pages = passOf(ref).lists[list];
    const { missing, atMs } = pages[cursor.page - 1] ?? { missing: [], atMs: 0 };
    const next = cursor.page < pages.length ? { ...cursor, page: cursor.page + 1 } : null;
    const tickets = missing.map((id) => ({ id, updatedAtMs: 2_000, listedAtMs: atMs }));
    const heard = list === 'updated' ? { told: 1, untold: missing.length } : {};
    return { looked: 3, missing: tickets, next, pauseMs: 1, atMs, ...heard };
  },
  async mirrorMissing({ tickets, ...ref }) {
    if (passOf(ref).mirrorFails) throw ApplicationFailure.nonRetryable('gone', 'ConnectionNotFound');
    passOf(ref).mirrored.push(tickets.map(({ id }) => id));
    return 1;
  },
  async reconciled({ connectionId, throughMs, ...heard }) {
    passOf({ connectionId }).through.push(throughMs);
    passOf({ connectionId }).heard.push(heard);
  },
  async wakeWaiting(ref) {
    if (passOf(ref).wakeFails) throw ApplicationFailure.nonRetryable('gone', 'ConnectionNotFound');
    return 2;
  },
};
async function reconcile({ mirrorFails = false, wakeFails = false } = {}) {
  const connectionId = randomUUID();
  const lists: Lists = {
    updated: [
      { missing: [1, 2], atMs: 8_000 },
      { missing: [2, 3], atMs: 9_000 },
    ],
    spam: [{ missing: [], atMs: 7_000 }],
    deleted: [{ missing: [4], atMs: 9_500 }],
  };
  const pass = { lists, mirrored: [], through: [], heard: [], mirrorFails, wakeFails };
  passes.set(connectionId, pass);
  const handle = await temporal().env.client.workflow.start(RECONCILE_WORKFLOW, {
    workflowId: `reconcile:${connectionId}`,
    taskQueue: TICKETS_QUEUE,
    args: [{ connectionId }],
  });
  return { pass, handle };
}

test('X1 a pass tells each ticket of every list once, and ends where the first of them was read', async () => {
  const { pass, handle } = await reconcile();
  expect(await handle.result()).toEqual({ looked: 12, missing: 4, ticketIds: [1, 2, 3, 4], failed: 3, woken: 2 });
  expect(pass).toMatchObject({ mirrored: [[1, 2], [3], [4]], through: [7_000], heard: [{ told: 2, untold: 4 }] });
});

test('X1 a pass that could not tell its tickets leaves the next one to begin where it began', async () => {
  const { pass, handle } = await reconcile({ mirrorFails: true });
  await expect(handle.result()).rejects.toThrow();
  expect(pass.through).toEqual([]);
});

test('X1 a pass that could not wake what waits has done the rest', async () => {
  const { pass, handle } = await reconcile({ wakeFails: true });
  expect(await handle.result()).toEqual({ looked: 12, missing: 4, ticketIds: [1, 2, 3, 4], failed: 3 });
  expect(pass).toMatchObject({ mirrored: [[1, 2], [3], [4]], through: [7_000] });
});

test('B4 a ticket that waits for the share of a backfill looks again by itself, with the same hint', async () => {
  const one = ticket({ syncTicket: (nth) => (nth === 1 ? { throttledMs: 1_000 } : quiet()) });
  await one.hint('backfill');
  await one.called('syncTicket', 2);
  expect(one.inputs('syncTicket').map(({ hints }) => hints)).toEqual([['backfill'], ['backfill']]);
});

test('B4 a live hint does not wait for the share: the ticket looks at once, and still as backfilled', async () => {
  const one = ticket({ syncTicket: (nth) => (nth === 1 ? { throttledMs: 3_600_000 } : quiet()) });
  await one.hint('backfill');
  await one.timers(1);
  await one.hint('reconcile');
  await one.idle();
  expect(one.inputs('syncTicket')).toHaveLength(1);
  await one.hint('webhook');
  await one.called('syncTicket', 2);
  expect(one.inputs('syncTicket')[1]?.hints).toEqual(['webhook', 'reconcile', 'backfill']);
});
