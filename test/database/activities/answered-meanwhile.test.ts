import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { createHandoffActivities, type HandOffInput } from '../../../src/activities/handoff.ts';
import { createReplyActivities } from '../../../src/activities/reply.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { newQuestion, planWords, takeTurn } from '../../../testbed/turns.ts';

const NOTES = { method: 'POST', path: '/tickets/:id/notes' };
const UPDATES = { method: 'PUT', path: '/tickets/:id' };

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
beforeEach(async () => {
  mirror.simulator.faults.clear();
  mirror.later(3_600 * SECOND_MS);
  await mirror.set({
    handoff: { routing: { kind: 'unassign' } },
    channels: { email: { mode: 'autopilot', handoffMessage: null } },
    limits: { repliesPerTicketPerHour: 100 },
  });
});
afterAll(() => mirror.close());

const ask = () => newQuestion(mirror);

/** A ticket of the AI's, with an answer, on which the customer has written again. */
async function writesAgain(): Promise<{ ticketId: number; seq: number }> {
  const ticketId = await ask();
  await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
  return { ticketId, seq: await writes(ticketId) };
}

async function writes(ticketId: number, text = 'I want to talk to somebody'): Promise<number> {
  mirror.later(5 * SECOND_MS);
  const { id } = mirror.account.customerReplies(ticketId, { text });
  mirror.later(SECOND_MS);
  await mirror.sync(ticketId);
  return id;
}

const person = () => mirror.account.humans[0]?.id ?? 0;
const ours = (ticketId: number, isPrivate: boolean) =>
  mirror.account
    .thread(ticketId)
    .filter((entry) => entry.userId === mirror.account.aiAgent.id && entry.private === isPrivate);
const handOff = (ticketId: number, throughSeq: number, more: Partial<HandOffInput> = {}) =>
  createHandoffActivities(mirror.deps).handOff({
    connectionId: 'default',
    ticketId,
    turnId: null,
    reasons: ['user_requested_human_assistance'],
    throughSeq,
    ...more,
  });

test('A5 what was answered is not answered again by the turn of a later run', async () => {
  const ticketId = await ask();
  mirror.simulator.faults.add({ kind: 'status', status: 500, match: UPDATES, times: null });
  const first = await planWords(mirror, ticketId, 'autopilot', 'On its way');
  const { deliverReply } = createReplyActivities(mirror.deps);
  expect(await deliverReply({ connectionId: 'default', ticketId, turnId: first, final: false })).toMatchObject({
    outcome: 'sent',
  });
  expect(ours(ticketId, false)).toHaveLength(1);
  // The run is no more, and the next one has only what the customer writes now.
  mirror.simulator.faults.clear();
  expect((await mirror.sync(ticketId)).waiting).toBeNull();
  const seq = await writes(ticketId, 'And my other parcel?');
  expect((await mirror.sync(ticketId)).waiting).toMatchObject({ oldestSeq: seq, newestSeq: seq });
});

test('A3 an update that fails for long holds no answer up; the look that can make it makes up for it, and only once', async () => {
  const ticketId = await ask();
  const broken = mirror.simulator.faults.add({ kind: 'status', status: 502, match: UPDATES, times: null });
  await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
  const seq = await writes(ticketId, 'And my other parcel?');
  await takeTurn(mirror, ticketId, 'autopilot', 'That one too');
  expect(ours(ticketId, false)).toHaveLength(2);
  expect(await mirror.session(ticketId)).toMatchObject({ coveredThrough: BigInt(seq), owes: 'first_reply' });
  broken.remove();
  mirror.later(SECOND_MS);
  mirror.simulator.requests.reset();
  for (const _ of [1, 2]) await mirror.sync(ticketId);
  expect(mirror.simulator.requests.find({ method: 'PUT', ticketId })).toHaveLength(1);
  expect(mirror.account.ticket(ticketId)).toMatchObject({ responderId: mirror.account.aiAgent.id });
  expect(mirror.account.ticket(ticketId).tags).toContain('opencx_autopilot');
  expect(await mirror.session(ticketId)).toMatchObject({ owes: null });
});

test('A3 what is owed is not taken from a person who has the ticket by then', async () => {
  const ticketId = await ask();
  mirror.simulator.faults.add({ kind: 'status', status: 502, match: UPDATES });
  await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
  mirror.account.assign(ticketId, person());
  mirror.later(SECOND_MS);
  await mirror.sync(ticketId);
  expect(mirror.account.ticket(ticketId).responderId).toBe(person());
});

test('an update without an answer backs off as a server that does not answer; a reply is looked for soon', async () => {
  const { ticketId, seq } = await writesAgain();
  mirror.simulator.faults.add({ kind: 'status', status: 503, match: UPDATES });
  const update = await handOff(ticketId, seq).catch((error: unknown) => error);
  expect(update).toMatchObject({ type: 'OutcomeUnknown', nextRetryDelay: undefined });
  mirror.simulator.faults.add({ kind: 'lose_response', match: { method: 'POST', path: '/tickets/:id/reply' } });
  const asked = await ask();
  const turnId = await planWords(mirror, asked, 'autopilot', 'On its way');
  const { deliverReply } = createReplyActivities(mirror.deps);
  const reply = await deliverReply({ connectionId: 'default', ticketId: asked, turnId, final: false }).catch(
    (error: unknown) => error,
  );
  expect(reply).toMatchObject({ type: 'OutcomeUnknown', nextRetryDelay: 2_000 });
});

test('E12 a pause between the reply and the update stops the update, and resume makes up for it', async () => {
  const ticketId = await ask();
  const turnId = await planWords(mirror, ticketId, 'autopilot', 'On its way');
  const find: typeof mirror.deps.turns.delivered = async (...turn) => {
    await mirror.set({ paused: true });
    return mirror.deps.turns.delivered(...turn);
  };
  const deps = { ...mirror.deps, turns: { ...mirror.deps.turns, delivered: find } };
  const { deliverReply } = createReplyActivities(deps);
  mirror.simulator.requests.reset();
  expect(await deliverReply({ connectionId: 'default', ticketId, turnId, final: false })).toMatchObject({
    outcome: 'sent',
  });
  await mirror.sync(ticketId);
  expect(mirror.simulator.requests.find({ method: 'PUT', ticketId })).toEqual([]);
  await mirror.set({ paused: false });
  await mirror.sync(ticketId);
  expect(mirror.account.ticket(ticketId)).toMatchObject({ responderId: mirror.account.aiAgent.id });
});

test('E12 a pause between the look and the post: nothing is sent, and nothing is undecided', async () => {
  const ticketId = await ask();
  const turnId = await planWords(mirror, ticketId, 'autopilot', 'On its way');
  const claim: typeof mirror.deps.outbounds.claim = async (...args) => {
    await mirror.set({ paused: true });
    return mirror.deps.outbounds.claim(...args);
  };
  const deps = { ...mirror.deps, outbounds: { ...mirror.deps.outbounds, claim } };
  const input = { connectionId: 'default', ticketId, turnId, final: false };
  await expect(createReplyActivities(deps).deliverReply(input)).rejects.toMatchObject({ type: 'WritesHeld' });
  expect(ours(ticketId, false)).toEqual([]);
  await mirror.set({ paused: false });
  expect(await createReplyActivities(mirror.deps).deliverReply(input)).toMatchObject({ outcome: 'sent' });
});

test('A4 whatever took long between the look and the post, a person who answers meanwhile is not talked over', async () => {
  const ticketId = await ask();
  const turnId = await planWords(mirror, ticketId, 'autopilot', 'On its way');
  let lateMs = 0;
  const real = performance.now.bind(performance);
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => real() + lateMs);
  const unanswered: typeof mirror.deps.outbounds.unanswered = async (...args) => {
    if (lateMs === 0) mirror.account.agentReplies(ticketId, { text: 'I have just called you.' });
    lateMs = 3_000;
    mirror.later(3 * SECOND_MS);
    return mirror.deps.outbounds.unanswered(...args);
  };
  const deps = { ...mirror.deps, outbounds: { ...mirror.deps.outbounds, unanswered } };
  try {
    const { deliverReply } = createReplyActivities(deps);
    expect(await deliverReply({ connectionId: 'default', ticketId, turnId, final: false })).toEqual({
      outcome: 'dropped',
    });
  } finally {
    clock.mockRestore();
  }
  expect(ours(ticketId, false)).toEqual([]);
});

test('A5 an attempt that was stopped for two minutes after its claim does not send', async () => {
  const ticketId = await ask();
  const turnId = await planWords(mirror, ticketId, 'autopilot', 'On its way');
  let lateMs = 0;
  const real = Date.now.bind(Date);
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => real() + lateMs);
  const claim: typeof mirror.deps.outbounds.claim = async (...args) => {
    const claimed = await mirror.deps.outbounds.claim(...args);
    lateMs = 120_000;
    return claimed;
  };
  const deps = { ...mirror.deps, outbounds: { ...mirror.deps.outbounds, claim } };
  const input = { connectionId: 'default', ticketId, turnId, final: false };
  try {
    await expect(createReplyActivities(deps).deliverReply(input)).rejects.toMatchObject({ type: 'NotSettled' });
  } finally {
    clock.mockRestore();
  }
  expect(ours(ticketId, false)).toEqual([]);
  mirror.later(60 * SECOND_MS);
  expect(await createReplyActivities(mirror.deps).deliverReply(input)).toMatchObject({ outcome: 'sent' });
  expect(ours(ticketId, false)).toHaveLength(1);
});

test('A5 a worker that is suspended in the middle of a post, and goes on after another has taken over: one reply, recorded once', async () => {
  const ticketId = await ask();
  const turnId = await planWords(mirror, ticketId, 'autopilot', 'On its way');
  const { deliverReply } = createReplyActivities(mirror.deps);
  const input = { connectionId: 'default', ticketId, turnId, final: false };
  const others: unknown[] = [];
  const match = { method: 'POST', path: `/tickets/${ticketId}/reply` } as const;
  mirror.simulator.faults.onRequest({ match, at: 'after_apply', times: 1 }, async () => {
    mirror.later(120 * SECOND_MS);
    others.push(await deliverReply(input));
  });
  const [own, other] = [await deliverReply(input), others[0]];
  expect([own, other]).toMatchObject([{ outcome: 'sent' }, { outcome: 'sent' }]);
  expect(ours(ticketId, false)).toHaveLength(1);
  expect(mirror.simulator.requests.find(match)).toHaveLength(1);
  expect((await mirror.rows(ticketId)).map(({ author }) => author)).toEqual(['customer', 'ai']);
});

test('A4 a draft that is posted in spite of newer messages is dropped when a person has answered what it answers', async () => {
  const { ticketId } = await writesAgain();
  const before = ours(ticketId, false).length;
  const turnId = await planWords(mirror, ticketId, 'autopilot', 'You can call us');
  mirror.later(SECOND_MS);
  mirror.account.agentReplies(ticketId, { text: 'I have just called you back.' });
  mirror.later(SECOND_MS);
  mirror.account.customerReplies(ticketId, { text: 'Thanks! And how do I return it?' });
  mirror.later(SECOND_MS);
  const { deliverReply } = createReplyActivities(mirror.deps);
  // The turn has started over three times: the customer writes line by line.
  const delivery = await deliverReply({ connectionId: 'default', ticketId, turnId, final: true });
  expect({ delivery: delivery.outcome, replies: ours(ticketId, false).length - before }).toEqual({
    delivery: 'superseded',
    replies: 0,
  });
});

test('A4 H9 a customer whom a person has answered is not told that a person takes over', async () => {
  await mirror.set({ channels: { email: { handoffMessage: 'A colleague takes over.' } } });
  const { ticketId, seq } = await writesAgain();
  mirror.simulator.faults.onRequest({ match: NOTES, at: 'before_answer' }, () => {
    mirror.later(SECOND_MS);
    mirror.account.agentReplies(ticketId, { text: 'It is with your neighbour.' });
  });
  const result = await handOff(ticketId, seq);
  expect(result).toMatchObject({ outcome: 'handed_off' });
  const after = mirror.account.thread(ticketId).filter((entry) => entry.id > seq && !entry.private);
  expect(after.map((entry) => entry.userId)).toEqual([person()]);
});

test.each(['lose_response', 'apply_then_status'] as const)(
  'H2 A9 a handoff to an agent whose answer is lost (%s) is recorded as one',
  async (kind) => {
    await mirror.set({ handoff: { routing: { kind: 'agent', agentId: person() } } });
    const ticketId = await ask();
    await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
    const seq = await writes(ticketId);
    const turnId = await planWords(mirror, ticketId, 'autopilot', 'I do not know');
    mirror.simulator.faults.add({ kind, match: UPDATES });
    await expect(handOff(ticketId, seq, { turnId })).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    mirror.later(2 * SECOND_MS);
    const result = await handOff(ticketId, seq, { turnId });
    const session = await mirror.session(ticketId);
    const handoffs = await mirror.db.handoff.findMany({ where: { sessionId: session?.id ?? '' } });
    const turn = await mirror.deps.turns.find(turnId);
    expect(mirror.account.ticket(ticketId).responderId).toBe(person());
    expect({ result, handoffs: handoffs.length, turn: turn?.outcome, status: session?.status }).toEqual({
      result: { outcome: 'handed_off', owner: 'human' },
      handoffs: 1,
      turn: 'handed_off',
      status: 'handed_off',
    });
  },
);

test('S1 A9 whom a handoff went to, and who has resolved the ticket before the retry of a lost answer, keeps it closed', async () => {
  await mirror.set({ handoff: { routing: { kind: 'agent', agentId: person() } } });
  const { ticketId, seq } = await writesAgain();
  mirror.simulator.faults.add({ kind: 'lose_response', match: UPDATES });
  await expect(handOff(ticketId, seq)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
  mirror.later(2 * SECOND_MS);
  mirror.account.setStatus(ticketId, 4);
  mirror.later(SECOND_MS);
  expect(await handOff(ticketId, seq)).toEqual({ outcome: 'dropped' });
  expect(await mirror.session(ticketId)).toMatchObject({ status: 'closed_resolved' });
});
