import '../../testbed/quiet.ts';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { createDb, type Db } from '../../src/db/client.ts';
import type { BackfillProgress } from '../../src/domain/backfill.ts';
import { reconcileNow } from '../../src/temporal/reconcile-schedule.ts';
import { cli, opening } from '../../testbed/cli.ts';
import { openDesk, RETURNS_QUESTION, type Desk } from '../../testbed/desk.ts';
import { makePast, pastClock } from '../../testbed/history.ts';

jest.setTimeout(120_000);

const PATH = '/connections/default/backfills';
const clock = pastClock();
let desk: Desk;
let wanted: number[];
let db: Db;

const current = () => desk.api<BackfillProgress>(`${PATH}/current`);
const ended = (limitMs = 30_000) =>
  desk.until('the backfill has ended', async () => (await current()).endedAt !== null, limitMs);

/** The thread of each ticket as Freshdesk and as the mirror have it. */
async function expectMirrored(ticketIds: readonly number[]): Promise<void> {
  for (const id of ticketIds) {
    const seen = (await desk.messages(id)).map(({ freshdeskId, visibility }) => `${freshdeskId} ${visibility}`);
    const thread = desk.account.thread(id);
    expect(seen).toEqual([
      `ticket:${id} public`,
      ...thread.map((entry) => `conversation:${entry.id} ${entry.private ? 'private' : 'public'}`),
    ]);
  }
}

beforeAll(async () => {
  desk = await openDesk({
    simulator: { now: clock.now },
    backfill: true,
    settings: { backfill: { rateShare: 1 } }, // no test is to wait for the account's next minute
    before: (simulator) => {
      wanted = makePast(simulator, clock, { tickets: 24, days: 100 });
      clock.at(200);
      simulator.account.customerCreatesTicket({ subject: 'Too old', text: 'Hello?' });
      clock.present();
    },
  });
  db = createDb(desk.databaseUrl, { poolSize: 2 });
  await ended(); // what it still lists would be found by no webhook and no pass
});
afterAll(async () => {
  await db.$disconnect();
  await desk.close();
});

test('C5, B1: a new connection mirrors what is open, pending or custom and younger than 180 days, and nothing else', async () => {
  expect(await current()).toMatchObject({ state: 'completed', found: wanted.length, done: wanted.length, failed: 0 });
  const { items } = await desk.api<{ items: { ticketId: number; backfilled: boolean }[] }>('/sessions?limit=200');
  expect(items.map(({ ticketId }) => ticketId).toSorted((a, b) => a - b)).toEqual(wanted);
  expect(items.every(({ backfilled }) => backfilled)).toBe(true);
  await expectMirrored(wanted);
});

test('B2 nothing from before the connection is answered; the next customer message is', async () => {
  const [one = 0, other = 0] = wanted;
  for (const id of [one, other]) {
    await desk.quiet(id);
    expect(desk.aiReplies(id)).toEqual([]);
    expect(desk.aiNotes(id)).toEqual([]);
  }
  desk.account.customerReplies(one, { text: RETURNS_QUESTION });
  await desk.until('it is answered', () => desk.aiReplies(one).length === 1);
  expect(desk.aiReplies(other)).toEqual([]);
});

describe('B2 E2 E12 a ticket from before on which its customer writes passes the gate as a new one does', () => {
  const written = (ticketId: number) => desk.aiReplies(ticketId).length + desk.aiNotes(ticketId).length;
  const writes = async (ticketId: number): Promise<void> => {
    const before = (await desk.messages(ticketId)).length;
    desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
    await desk.until('it is mirrored', async () => (await desk.messages(ticketId)).length > before);
    await desk.quiet(ticketId);
  };
  let tickets: number[];
  beforeAll(async () => {
    // Not those that a person has answered: they are the person's.
    const { items } = await desk.api<{ items: { ticketId: number }[] }>('/sessions?status=open&limit=200');
    const open = new Set(items.map(({ ticketId }) => ticketId));
    tickets = wanted.slice(3).filter((id) => open.has(id));
  });
  afterAll(async () => void (await desk.reset(), await desk.set({ rollout: { percent: 100 } })));

  test('E12 outside the rollout it is silent and waits for nobody; a larger rollout wakes it, and assigning it asks for it', async () => {
    await desk.set({ rollout: { percent: 0 } });
    const [one = 0, other = 0] = tickets;
    for (const id of [one, other]) {
      await writes(id);
      expect(written(id)).toBe(0);
      expect(await desk.session(id)).toMatchObject({ waitingSince: null, decision: { kind: 'silent', rule: 'E2' } });
    }
    desk.account.assign(one, desk.account.aiAgent.id);
    await desk.until('what was given to the AI is answered', () => desk.aiReplies(one).length === 1);
    await desk.quiet(one);
    await desk.quiet(other);
    expect(written(other)).toBe(0);

    await desk.set({ rollout: { percent: 100 } });
    await desk.until('what counts now is answered, without anything on the ticket', () => written(other) === 1);
    await desk.quiet(other);
    expect(desk.aiReplies(other)).toHaveLength(1);
  });

  test('E1 E2 with the intake closed it is silent in every mode; the next message after it was opened is answered', async () => {
    await desk.set({ intake: { autoHandleAll: false }, channels: { email: { mode: 'assist' } } });
    const [, , id = 0] = tickets;
    await writes(id);
    expect(written(id)).toBe(0);
    const writtenAt = Date.parse(desk.account.thread(id).at(-1)?.createdAt ?? '');
    await desk.until('the second of the message is over', () => Date.now() - writtenAt >= 1_000);
    await desk.set({ intake: { autoHandleAll: true }, channels: { email: { mode: 'autopilot' } } });
    await desk.quiet(id);
    expect(written(id)).toBe(0);
    desk.account.customerReplies(id, { text: RETURNS_QUESTION });
    await desk.until('it is answered', () => desk.aiReplies(id).length === 1);
  });
});

test('B1, B4, B5: started, paused and let go on by the API', async () => {
  desk.account.customerReplies(wanted[2] ?? 0, { text: 'One more thing' });
  await desk.set({ backfill: { rateShare: 0.01 } }); // so that it cannot be over before it is paused
  const started = await desk.api<BackfillProgress>(PATH, 'POST', { days: 150 });
  expect(started).toMatchObject({ state: 'running', endedAt: null });
  await expect(desk.api(PATH, 'POST', {})).rejects.toThrow(/409.*has not ended/);
  expect(await desk.api(`${PATH}/current`, 'PATCH', { state: 'paused' })).toMatchObject({ state: 'paused' });
  expect(await current()).toMatchObject({ id: started.id, state: 'paused' });
  await desk.set({ backfill: { rateShare: 1 } });
  expect(await desk.api(`${PATH}/current`, 'PATCH', { state: 'running' })).toMatchObject({ state: 'running' });
  await ended();
  expect(await current()).toMatchObject({ id: started.id, state: 'completed', failed: 0 });
  await expect(desk.api(`${PATH}/current`, 'PATCH', { state: 'paused' })).rejects.toThrow(/409.*No backfill/);
});

describe('the command line', () => {
  const run = (...args: string[]) =>
    cli(args, {
      open: opening({
        connections: desk.service.connections,
        backfillControl: async () => desk.service.backfills,
        reconcileNow: (connectionId) => reconcileNow(desk.client, connectionId),
      }),
    });

  test('B5 backfill --watch shows how far it is, and again costs next to nothing', async () => {
    const before = desk.simulator.requests.count;
    const { status, out, err } = await run('backfill', '--watch');
    expect({ status, out }).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^Backfill of default: \d+ of \d+ tickets/),
    });
    expect(err).toMatch(/completed: \d+ of \d+ tickets mirrored, 0 failed/);
    expect(desk.simulator.requests.count - before).toBeLessThan(10);
  });

  test('B5 backfill --status tells of the newest one and starts none; --watch stays until its end', async () => {
    const newest = await current();
    const plain = await run('backfill', '--status');
    expect(plain).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/^Backfill of default: \d+ of \d+/) });
    const followed = await run('backfill', '--status', '--watch', '--json');
    expect(JSON.parse(followed.out)).toMatchObject({ id: newest.id, state: 'completed' });
    expect((await current()).id).toBe(newest.id);
    await desk.set({ backfill: { rateShare: 0.01 } });
    const started = await desk.api<BackfillProgress>(PATH, 'POST', {});
    expect((await run('backfill', '--status')).out).toContain('Backfill of default runs');
    await desk.set({ backfill: { rateShare: 1 } });
    const { out, err } = await run('backfill', '--status', '--watch');
    expect(out).toMatch(/^Backfill of default: \d+ of \d+ tickets mirrored/);
    expect(err).toMatch(/completed: /);
    expect((await current()).id).toBe(started.id);
  });

  test('B1 backfill --dry-run --json counts', async () => {
    const { status, out } = await run('backfill', '--dry-run', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ state: 'completed', done: 0, failedTickets: [] });
    expect((JSON.parse(out) as BackfillProgress).found).toBeGreaterThanOrEqual(wanted.length);
  });

  test('B1 backfill --dry-run says one thing, the count; while another one runs it says that, and shows no figures of it', async () => {
    const counted = await run('backfill', '--dry-run');
    expect(counted).toMatchObject({
      status: 0,
      err: '',
      out: expect.stringMatching(/^Tickets to mirror: \d+\. .*dry/),
    });
    expect((await run('backfill', '--status')).out).toBe(counted.out); // the newest was a count
    await desk.set({ backfill: { rateShare: 0.01 } });
    await desk.api(PATH, 'POST', {});
    const refused = await run('backfill', '--dry-run', '--watch');
    expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringMatching(/has not ended yet/) });
    await desk.set({ backfill: { rateShare: 1 } });
    await ended();
  });

  test.each([
    ['--pause and --resume at once', ['backfill', '--pause', '--resume'], 2],
    ['days that are none', ['backfill', '--days', '0'], 2],
    ['--pause with --days', ['backfill', '--pause', '--days', '3'], 2],
    ['a pause of nothing', ['backfill', '--pause'], 1],
    ['--status with --days', ['backfill', '--status', '--days', '3'], 2],
    ['--status with --pause', ['backfill', '--status', '--pause'], 2],
    ['an unknown connection', ['reconcile', '--connection', 'nobody'], 1],
  ])('B4 %s is refused', async (_what, args, status) => {
    expect((await run(...args)).status).toBe(status);
  });

  test('X2 reconcile finds what no webhook told, prints it, and the question is answered', async () => {
    await run('reconcile');
    const drop = desk.simulator.faults.add({ kind: 'drop', times: null });
    const ticketId = desk.customerAsks(RETURNS_QUESTION);
    drop.remove();
    const { status, out } = await run('reconcile');
    expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining(`\n${ticketId}\n`) });
    await desk.until('it is answered', () => desk.aiReplies(ticketId).length === 1);
    await desk.quiet(ticketId);
    await desk.until('nothing is missing', async () => (await run('reconcile')).out.includes('Nothing was missing'));
    expect(JSON.parse((await run('reconcile', '--json')).out)).toMatchObject({ missing: 0, ticketIds: [], failed: 0 });
  });
});

test('X1 with every tenth webhook dropped and every tenth doubled, one pass leaves the mirror equal and nothing unanswered', async () => {
  const TICKETS = 40;
  let nth = 0;
  const { faults } = desk.simulator;
  const ids = Array.from({ length: TICKETS }, () => {
    nth += 1;
    if (nth % 10 === 0) faults.add({ kind: 'drop' });
    if (nth % 10 === 5) faults.add({ kind: 'duplicate' });
    return desk.customerAsks(RETURNS_QUESTION, { email: `many${nth}@shop.example` });
  });
  const told = ids.filter((_, at) => (at + 1) % 10 !== 0);
  await desk.until(
    'those that were told are answered',
    () => told.every((id) => desk.aiReplies(id).length === 1),
    60_000,
  );
  expect(ids.filter((id) => desk.aiReplies(id).length === 0)).toHaveLength(TICKETS / 10);
  await reconcileNow(desk.client, 'default');
  await desk.until('all are answered', () => ids.every((id) => desk.aiReplies(id).length > 0), 30_000);
  for (const id of ids) await desk.quiet(id);
  for (const id of ids) expect(desk.aiReplies(id)).toHaveLength(1);
  await expectMirrored(ids);
});

test('X1 a ticket that waits, and whose workflow Temporal has lost, is answered after a pass, and once', async () => {
  await desk.set({ paused: true });
  const ids = [desk.customerAsks(RETURNS_QUESTION), desk.customerAsks(RETURNS_QUESTION, { email: 'two@shop.example' })];
  const sessionOf = (ticketId: number) => db.session.findFirst({ where: { ticketId } });
  for (const id of ids) {
    await desk.until('it waits for the end of the pause', async () => (await sessionOf(id))?.heldSince instanceof Date);
    // Freshdesk tells whole seconds: a look of the same one may be older than the ticket, and the list says that it is.
    await desk.until('the mirror is surely not behind', async () => {
      const session = await sessionOf(id);
      if (session !== null && session.lookedAt > session.ticketUpdatedAt) return true;
      await desk.hint(id);
      return false;
    });
    await desk.quiet(id);
    const { workflowId } = desk.handle(id);
    await desk.client.workflowService.deleteWorkflowExecution({
      namespace: desk.config.temporalNamespace,
      workflowExecution: { workflowId },
    });
    await desk.until('Temporal has lost it', () =>
      desk
        .handle(id)
        .describe()
        .then(
          () => false,
          (error: unknown) => error instanceof WorkflowNotFoundError,
        ),
    );
  }
  const oldEnough = new Date(Date.now() - 6 * 60_000);
  // Nobody else is to wake them: the pause was only to keep them waiting.
  await db.session.updateMany({ data: { heldSince: null } });
  await db.message.updateMany({ data: { mirroredAt: oldEnough } });
  await desk.set({ paused: false });
  const { ticketIds, woken } = await reconcileNow(desk.client, 'default');
  expect(ids.filter((id) => ticketIds.includes(id))).toEqual([]);
  expect(woken).toBe(ids.length);
  for (const id of ids) await desk.until('it is answered', () => desk.aiReplies(id).length === 1);
  for (const id of ids) await desk.quiet(id);
  expect(await reconcileNow(desk.client, 'default')).toMatchObject({ woken: 0 });
  for (const id of ids) expect(desk.aiReplies(id)).toHaveLength(1);
});

describe('C5, X1 the schedule', () => {
  const describeSchedule = (id = 'default') => desk.client.schedule.getHandle(`reconcile:${id}`).describe();

  test('X1 exists for the connection, leaves out what would overlap, and follows the settings', async () => {
    const { spec, policies } = await describeSchedule();
    expect(spec.intervals?.[0]?.every).toBe(300_000);
    expect(policies.overlap).toBe('SKIP');
    await desk.set({ reconcile: { everySeconds: 1 } });
    await desk.until(
      'the schedule follows',
      async () => (await describeSchedule()).spec.intervals?.[0]?.every === 1_000,
    );
  });

  test('X1 finds by itself what no webhook told', async () => {
    const drop = desk.simulator.faults.add({ kind: 'drop', times: null });
    const ticketId = desk.customerAsks(RETURNS_QUESTION);
    drop.remove();
    await desk.until('it is answered', () => desk.aiReplies(ticketId).length === 1);
  });

  test('X1 goes away, and may be gone already', async () => {
    // Not the connected account's: the running service would make that one again.
    const { reconcileSchedules } = desk.service;
    await reconcileSchedules.ensure('former', 300);
    expect((await describeSchedule('former')).spec.intervals?.[0]?.every).toBe(300_000);
    await reconcileSchedules.remove('former');
    await reconcileSchedules.remove('former');
    await expect(describeSchedule('former')).rejects.toThrow(ScheduleNotFoundError);
  });
});
