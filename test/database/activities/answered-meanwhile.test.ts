import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
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
  await expect(deliverReply({ connectionId: 'default', ticketId, turnId: first, final: false })).rejects.toMatchObject({
    type: 'OutcomeUnknown',
  });
  expect(ours(ticketId, false)).toHaveLength(1);
  // The run is no more, and the next one has only what the customer writes now.
  mirror.simulator.faults.clear();
  expect((await mirror.sync(ticketId)).waiting).toBeNull();
  const seq = await writes(ticketId, 'And my other parcel?');
  expect((await mirror.sync(ticketId)).waiting).toMatchObject({ oldestSeq: seq, newestSeq: seq });
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
