import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { createAccounts } from '../../../src/accounts/accounts.ts';
import type { ActivityDeps } from '../../../src/activities/deps.ts';
import { createRateLimit } from '../../../src/db/connections/rate-limit.ts';
import { createInferenceActivities } from '../../../src/activities/inference.ts';
import { createSyncActivities } from '../../../src/activities/sync.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import { createFigures } from '../../../src/db/reads/figures.ts';
import { openMirror, type Mirror } from '../../../testbed/activities.ts';

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
afterAll(() => mirror.close());

const ask = () =>
  mirror.account.customerCreatesTicket({ email: 'mia@customer.example', subject: 'A parcel', text: 'Where is it?' }).id;

/** The nth attempt of one look. */
async function look(
  ticketId: number,
  attempt: number,
  deps: ActivityDeps = mirror.deps,
  scheduledTimestampMs = mirror.clock.ms,
): Promise<unknown> {
  const { syncTicket } = createSyncActivities(deps);
  const ref = { connectionId: 'default', ticketId };
  return new MockActivityEnvironment({ attempt, scheduledTimestampMs }).run(async () =>
    syncTicket({ ...ref, hints: ['webhook'] }),
  );
}

async function told(ticketId: number): Promise<string[]> {
  const items = await createAttention(mirror.db).list(50);
  return items.filter((item) => item.ticketId === ticketId).map(({ kind }) => kind);
}

const gauge = async () => (await createFigures(mirror.db)()).connections[0]?.unreadable;

test('L5 a ticket that cannot be read for long is told, counted, and forgotten when it can', async () => {
  const ticketId = ask();
  const fault = mirror.simulator.faults.add({
    kind: 'status',
    status: 500,
    match: { path: `/tickets/${ticketId}` },
    times: null,
  });
  await expect(look(ticketId, 5)).rejects.toMatchObject({ type: 'Unreachable' });
  expect(await told(ticketId)).toEqual([]);
  await expect(look(ticketId, 6)).rejects.toMatchObject({ type: 'Unreachable' });
  await expect(look(ticketId, 7)).rejects.toMatchObject({ type: 'Unreachable' });
  expect(await told(ticketId)).toEqual(['unreadable_ticket']);
  expect(await gauge()).toBe(1);
  fault.remove();
  await look(ticketId, 8);
  expect(await told(ticketId)).toEqual([]);
  expect(await gauge()).toBe(0);
});

describe('L5 a ticket that cannot be read for an hour', () => {
  const unreadable = (ticketId: number) =>
    mirror.simulator.faults.add({
      kind: 'status',
      status: 500,
      match: { method: 'GET', path: `/tickets/${ticketId}` },
      times: null,
    });
  const anHourLater = (ticketId: number, attempt: number) =>
    look(ticketId, attempt, mirror.deps, mirror.clock.ms - 61 * 60_000).catch((error: unknown) => error);
  const notes = (ticketId: number) =>
    mirror.account.thread(ticketId).filter((entry) => entry.private && entry.userId === mirror.account.aiAgent.id);
  afterEach(() => mirror.simulator.faults.clear());

  test('people are told of it in the ticket, once, and it goes on when it can be read', async () => {
    const ticketId = ask();
    await look(ticketId, 1);
    mirror.account.customerReplies(ticketId, { text: 'Is anybody there?' });
    unreadable(ticketId);
    await expect(look(ticketId, 12)).rejects.toMatchObject({ type: 'Unreachable' });
    expect(notes(ticketId)).toEqual([]);
    for (const attempt of [20, 21]) expect(await anHourLater(ticketId, attempt)).toMatchObject({ type: 'Unreachable' });
    expect(notes(ticketId).map(({ body }) => body)).toEqual([expect.stringContaining('for more than an hour')]);
    mirror.simulator.faults.clear();
    const { waiting } = await mirror.sync(ticketId);
    expect(waiting).toMatchObject({ count: 2 });
  });

  test('a note of which nobody knows whether it arrived is not written again', async () => {
    const ticketId = ask();
    await look(ticketId, 1);
    unreadable(ticketId);
    const match = { method: 'POST' as const, path: `/tickets/${ticketId}/notes` };
    mirror.simulator.faults.add({ kind: 'lose_response', match });
    for (const attempt of [20, 21]) await anHourLater(ticketId, attempt);
    expect(notes(ticketId)).toHaveLength(1);
    expect(await told(ticketId)).toEqual(['unreadable_ticket']);
  });

  test('nobody is told where the answer is not the AI’s to give, or nothing is to be written', async () => {
    const [people, drafted, paused] = [ask(), ask(), ask()];
    mirror.account.assign(people, mirror.account.humans[0]?.id ?? null);
    mirror.account.agentReplies(people, { text: 'I have it.' });
    for (const ticketId of [people, drafted, paused]) await look(ticketId, 1);
    for (const ticketId of [people, drafted, paused]) unreadable(ticketId);
    await anHourLater(people, 20);
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    await anHourLater(drafted, 20);
    await mirror.set({ channels: { email: { mode: 'autopilot' } }, paused: true });
    await anHourLater(paused, 20);
    await mirror.set({ paused: false });
    expect([people, drafted, paused].flatMap(notes)).toEqual([]);
  });
});

test('L5 a key that is refused is the connection’s trouble and not told of each ticket', async () => {
  const ticketId = ask();
  mirror.simulator.faults.add({ kind: 'status', status: 401, match: { path: `/tickets/${ticketId}` } });
  await expect(look(ticketId, 20)).rejects.toMatchObject({ type: 'Unauthorized' });
  expect(await told(ticketId)).toEqual([]);
  await look(ticketId, 21);
});

test('L4 an account that does not answer is left alone by all who work on its tickets', async () => {
  const account = createAccounts({
    connections: mirror.connections,
    limitOf: (id) => createRateLimit(mirror.db, id),
    requestDeadlineMs: 50,
    log: pino({ level: 'silent' }),
  });
  const deps = { ...mirror.deps, account };
  const tickets = Array.from({ length: 7 }, ask);
  const stall = mirror.simulator.faults.add({ kind: 'stall', ms: 400, when: 'before', times: null });
  mirror.simulator.requests.reset();
  for (const ticketId of tickets.slice(0, 5))
    await expect(look(ticketId, 1, deps)).rejects.toMatchObject({ type: 'Unreachable', nextRetryDelay: undefined });
  for (const ticketId of tickets.slice(5)) {
    const later = { type: 'Unreachable', nextRetryDelay: expect.any(Number) };
    await expect(look(ticketId, 1, deps)).rejects.toMatchObject(later);
    expect(mirror.simulator.requests.find({ ticketId })).toEqual([]);
  }
  stall.remove();
});

test('L5 an entry that makes no sense hides no other one, and is told until the thread can be read', async () => {
  const ticketId = ask();
  mirror.account.customerReplies(ticketId, { text: 'It is the red one' });
  const nonsense = { some: true };
  const account: ActivityDeps['account'] = async (...args) => {
    const one = await mirror.deps.account(...args);
    const conversations: typeof one.freshdesk.conversations = async (...page) => {
      const read = await one.freshdesk.conversations(...page);
      return nonsense.some ? { ...read, value: { ...read.value, unusable: 2 } } : read;
    };
    return { ...one, freshdesk: { ...one.freshdesk, conversations } };
  };
  await look(ticketId, 1, { ...mirror.deps, account });
  expect((await mirror.rows(ticketId)).map(({ text }) => text)).toEqual(['Where is it?', 'It is the red one']);
  expect(await told(ticketId)).toEqual(['unreadable_entries']);
  nonsense.some = false;
  mirror.later(25 * 3_600_000);
  await look(ticketId, 1, { ...mirror.deps, account });
  expect(await told(ticketId)).toEqual([]);
});

test('L8 a database that is away is no failure of the engine; five of its own are the last', async () => {
  const ticketId = ask();
  const sight = await mirror.sync(ticketId);
  const thrown = { error: new Error() };
  const engine = { ...mirror.deps.engine, plan: () => Promise.reject(thrown.error) };
  const { planTurn } = createInferenceActivities({ ...mirror.deps, engine });
  const seqs = { fromSeq: 0, throughSeq: sight.waiting?.newestSeq ?? 0 };
  const input = { connectionId: 'default', ticketId, turnId: randomUUID(), rule: 'E6', mode: 'autopilot' as const };
  const failure = () => planTurn({ ...input, ...seqs }).catch((error: unknown) => error);
  thrown.error = Object.assign(new Error('away'), { code: 'P1001' });
  for (let nth = 1; nth <= 10; nth += 1)
    expect(await failure()).toMatchObject({ type: 'DatabaseUnusable', nonRetryable: false });
  thrown.error = new TypeError('undefined is not a function');
  for (let nth = 1; nth <= 4; nth += 1) expect(await failure()).toMatchObject({ nonRetryable: false });
  expect(await failure()).toMatchObject({ type: 'TypeError', nonRetryable: true });
});
