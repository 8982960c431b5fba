import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHandoffActivities, type HandedOff } from '../../../src/activities/handoff.ts';
import { createInferenceActivities, type PlannedTurn } from '../../../src/activities/inference.ts';
import { createReplyActivities, type Delivery } from '../../../src/activities/reply.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import type { WritingMode } from '../../../src/domain/ticket.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { newQuestion, planWords, takeTurn } from '../../../testbed/turns.ts';

const REPLIES = { method: 'POST', path: '/tickets/:id/reply' };
const NOTES = { method: 'POST', path: '/tickets/:id/notes' };
/** Longer than a request's deadline and the time its effect may take to show. */
const SETTLED_MS = 7 * SECOND_MS;
const [RESOLVED, OPEN] = [4, 2];

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
beforeEach(async () => {
  mirror.simulator.faults.clear();
  mirror.later(3_600 * SECOND_MS);
  await mirror.set({
    intake: { onReassign: 'next_message' },
    channels: { email: { mode: 'autopilot', handoffMessage: null } },
    limits: { repliesPerTicketPerHour: 100 },
  });
});
afterAll(() => mirror.close());

const ref = (ticketId: number) => ({ connectionId: 'default', ticketId });

const ask = () => newQuestion(mirror);

function writes(ticketId: number, text = 'And where is my other parcel?'): number {
  mirror.later(SECOND_MS);
  const { id } = mirror.account.customerReplies(ticketId, { text });
  mirror.later(SECOND_MS);
  return id;
}

function deliver(ticketId: number, turnId: string, mode: WritingMode = 'autopilot'): Promise<Delivery> {
  const { deliverReply, deliverDraft } = createReplyActivities(mirror.deps);
  return (mode === 'autopilot' ? deliverReply : deliverDraft)({ ...ref(ticketId), turnId, final: false });
}

/** Attempts at the turn's words of which Freshdesk gets none, and says nothing. */
async function lost(ticketId: number, times: number, mode: WritingMode = 'autopilot'): Promise<string> {
  const match = mode === 'autopilot' ? REPLIES : NOTES;
  mirror.simulator.faults.add({ kind: 'lose_request', match, times });
  const turnId = await planWords(mirror, ticketId, mode, 'On its way');
  for (let attempt = 0; attempt < times; attempt += 1) {
    await expect(deliver(ticketId, turnId, mode)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    mirror.later(SETTLED_MS);
  }
  return turnId;
}

/** A reply or draft that was sent twice, and of which nobody can tell; people have the ticket for it. */
async function undecided(mode: WritingMode = 'autopilot'): Promise<number> {
  const ticketId = await ask();
  const turnId = await lost(ticketId, 2, mode);
  expect(await deliver(ticketId, turnId, mode)).toEqual({ outcome: 'undecided' });
  await handOff(ticketId, turnId, 0);
  return ticketId;
}

function handOff(ticketId: number, turnId: string | null, throughSeq: number): Promise<HandedOff> {
  const { handOff: act } = createHandoffActivities(mirror.deps);
  return act({ ...ref(ticketId), turnId, reasons: ['delivery_failed'], throughSeq });
}

/** What the workflow is told to do about what waits. */
async function plan(ticketId: number, mode: WritingMode): Promise<PlannedTurn> {
  const { waiting } = await mirror.sync(ticketId);
  const { planTurn } = createInferenceActivities({
    ...mirror.deps,
    engine: { plan: () => Promise.reject(new Error('the engine was asked, which costs money')) },
  });
  const [fromSeq, throughSeq] = [waiting?.oldestSeq ?? 0, waiting?.newestSeq ?? 0];
  return planTurn({ ...ref(ticketId), turnId: crypto.randomUUID(), rule: 'E7', mode, fromSeq, throughSeq });
}

/** Not what people are told of a question left open (E4). */
const ours = (ticketId: number, isPrivate: boolean) =>
  mirror.account
    .thread(ticketId)
    .filter((entry) => entry.userId === mirror.account.aiAgent.id && entry.private === isPrivate)
    .filter((entry) => !entry.body.includes('One earlier question'));
const states = async (ticketId: number, kind = 'reply') =>
  (
    await mirror.db.outbound.findMany({ where: { ticketId: BigInt(ticketId), kind }, orderBy: { createdAt: 'asc' } })
  ).map(({ state }) => state);
const needsPerson = async (ticketId: number) =>
  (await createAttention(mirror.db).list(1_000)).filter((item) => item.ticketId === ticketId);

describe('A5 while a write of the ticket is undecided nothing more is sent, and people get what the customer writes', () => {
  test('at once: the answer to a later message is not tried again and again', async () => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = await ask();
    await lost(ticketId, 2, 'assist');
    writes(ticketId);
    const later = await planWords(mirror, ticketId, 'assist', 'The other one as well');
    expect(await deliver(ticketId, later, 'assist')).toEqual({ outcome: 'undecided' });
    expect(await states(ticketId, 'draft')).toEqual(['unknown', 'pending']);
    expect(ours(ticketId, true)).toEqual([]);
    expect(await mirror.deps.turns.find(later)).toMatchObject({ outcome: 'dropped', outcomeWhy: 'delivery_failed' });
  });

  test('at once, also where the answer was planned before', async () => {
    const ticketId = await ask();
    const turnId = await lost(ticketId, 2);
    writes(ticketId);
    const later = await planWords(mirror, ticketId, 'autopilot', 'The other one as well');
    expect(await deliver(ticketId, turnId)).toEqual({ outcome: 'undecided' });
    expect(await states(ticketId)).toEqual(['unknown']);
    expect(await deliver(ticketId, later)).toEqual({ outcome: 'undecided' });
    expect(ours(ticketId, false)).toEqual([]);
  });

  test('H8 in assist the next message leaves a note of its own, and no engine is asked', async () => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = await undecided('assist');
    expect(await mirror.session(ticketId)).toMatchObject({ status: 'open' });
    const seq = writes(ticketId);
    expect(await plan(ticketId, 'assist')).toEqual({ verdict: 'handoff', reasons: ['delivery_failed'] });
    expect(await handOff(ticketId, null, seq)).toEqual({ outcome: 'noted' });
    expect(ours(ticketId, true)).toHaveLength(2); // the notes of two handoffs, and no draft
    expect((await mirror.sync(ticketId)).waiting).toBeNull();
  });

  test('H9 nor is the customer told that a person takes over', async () => {
    await mirror.set({ channels: { email: { handoffMessage: 'A colleague takes over.' } } });
    const ticketId = await undecided();
    mirror.account.setStatus(ticketId, OPEN);
    await mirror.db.session.updateMany({ where: { ticketId: BigInt(ticketId) }, data: { status: 'open' } });
    const seq = writes(ticketId);
    const { handOff: act } = createHandoffActivities(mirror.deps);
    await act({ ...ref(ticketId), turnId: null, reasons: ['low_confidence'], throughSeq: seq });
    expect(ours(ticketId, false)).toEqual([]);
  });

  test('the handoff goes through although its own note is undecided', async () => {
    const ticketId = await ask();
    const turnId = await lost(ticketId, 2);
    expect(await deliver(ticketId, turnId)).toEqual({ outcome: 'undecided' });
    mirror.simulator.faults.add({ kind: 'lose_request', match: NOTES, times: 2 });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(handOff(ticketId, turnId, 0)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
      mirror.later(SETTLED_MS);
    }
    expect(await handOff(ticketId, turnId, 0)).toMatchObject({ outcome: 'handed_off' });
    expect(await mirror.session(ticketId)).toMatchObject({ status: 'handed_off' });
  });
});

describe('A5 what clears an undecided write', () => {
  async function answersAgain(ticketId: number, mode: WritingMode = 'autopilot'): Promise<void> {
    const before = ours(ticketId, mode === 'assist').length;
    const { delivery } = await takeTurn(mirror, ticketId, mode, 'The other one as well');
    expect(delivery).toMatchObject({ outcome: 'sent' });
    expect(ours(ticketId, mode === 'assist')).toHaveLength(before + 1);
    expect(await needsPerson(ticketId)).toEqual([]);
  }

  test('E4 in assist, where the session has stayed open, the ticket is assigned to the AI', async () => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = await undecided('assist');
    expect(await needsPerson(ticketId)).toMatchObject([{ kind: 'unknown_outbound' }]);
    mirror.account.assign(ticketId, mirror.account.aiAgent.id);
    writes(ticketId);
    await answersAgain(ticketId, 'assist');
  });

  test('E4 in autopilot too', async () => {
    const ticketId = await undecided();
    expect(await mirror.session(ticketId)).toMatchObject({ status: 'handed_off' });
    mirror.account.assign(ticketId, mirror.account.aiAgent.id);
    await mirror.sync(ticketId);
    writes(ticketId);
    await answersAgain(ticketId);
  });

  test('a person answers the customer, and has it no more when the customer writes again', async () => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = await undecided('assist');
    mirror.account.agentReplies(ticketId, { text: 'I have looked: it is on its way.' });
    await mirror.sync(ticketId);
    expect(await states(ticketId, 'draft')).toEqual(['pending']);
    expect(await needsPerson(ticketId)).toEqual([]);
  });

  test.each(['with', 'without'])(
    'S2 the customer writes again after a person has closed the ticket %s a reply',
    async (how) => {
      const ticketId = await undecided();
      if (how === 'with') mirror.account.agentReplies(ticketId, { text: 'It is on its way.' });
      mirror.account.setStatus(ticketId, RESOLVED);
      await mirror.sync(ticketId);
      expect(await mirror.session(ticketId)).toMatchObject({ status: 'closed_resolved' });
      writes(ticketId);
      expect((await mirror.sync(ticketId)).waiting).toMatchObject({ count: 1 }); // the old question is answered, or people's
      await answersAgain(ticketId);
    },
  );

  test('S3 a ticket that comes out of the spam folder is still undecided', async () => {
    const ticketId = await undecided();
    Object.assign(mirror.account.state.tickets.get(ticketId) ?? {}, { spam: true });
    await mirror.sync(ticketId);
    Object.assign(mirror.account.state.tickets.get(ticketId) ?? {}, { spam: false });
    await mirror.sync(ticketId);
    expect(await mirror.session(ticketId)).toMatchObject({ status: 'open' });
    expect(await states(ticketId)).toEqual(['unknown']);
    writes(ticketId);
    expect(await plan(ticketId, 'autopilot')).toMatchObject({ verdict: 'handoff', reasons: ['delivery_failed'] });
  });

  test('E4 a reply whose answer never came and that nobody settles any more, when it has had its time', async () => {
    const ticketId = await ask();
    await lost(ticketId, 2);
    await handOff(ticketId, null, 0); // its delivery has been given up after a day
    expect(await states(ticketId)).toEqual(['sending']);
    mirror.account.assign(ticketId, mirror.account.aiAgent.id);
    writes(ticketId);
    await answersAgain(ticketId);
  });

  test('an operator clears what has had its time, and leaves alone what is under way', async () => {
    const ticketId = await undecided();
    const other = await ask();
    await planWords(mirror, other, 'autopilot', 'On its way');
    const target = { ...ref(other), throughSeq: 0, episode: 1 };
    const row = await mirror.deps.outbounds.open('reply', target, 'hash');
    await mirror.deps.outbounds.claim(row, [], mirror.deps.now());
    const clearing = { settledBefore: new Date(mirror.clock.ms - SETTLED_MS), refused: true };
    expect(await mirror.deps.outbounds.clear(ref(ticketId), clearing)).toEqual({ undecided: 1, refused: 0 });
    expect(await mirror.deps.outbounds.clear(ref(other), clearing)).toEqual({ undecided: 0, refused: 0 });
    expect(await states(other)).toEqual(['sending']);
    mirror.later(2 * SETTLED_MS);
    const later = { ...clearing, settledBefore: new Date(mirror.clock.ms - SETTLED_MS) };
    expect(await mirror.deps.outbounds.clear(ref(other), later)).toEqual({ undecided: 1, refused: 0 });
  });
});

describe('A5 a reply that its run has left behind', () => {
  test('is waited for while it may still appear, and no longer', async () => {
    const ticketId = await ask();
    mirror.simulator.faults.add({ kind: 'lose_request', match: REPLIES });
    const first = await planWords(mirror, ticketId, 'autopilot', 'On its way');
    await expect(deliver(ticketId, first)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    writes(ticketId);
    const second = await planWords(mirror, ticketId, 'autopilot', 'Both are on their way');
    await expect(deliver(ticketId, second)).rejects.toMatchObject({ type: 'NotSettled', nextRetryDelay: 4_000 });
    expect(ours(ticketId, false)).toEqual([]);
    mirror.later(SETTLED_MS);
    expect(await deliver(ticketId, second)).toMatchObject({ outcome: 'sent' });
    expect(ours(ticketId, false)).toHaveLength(1);
    expect(await states(ticketId)).toEqual(['pending', 'sent']);
  });

  test('goes to people when it had been sent twice', async () => {
    const ticketId = await ask();
    await lost(ticketId, 2);
    writes(ticketId);
    const second = await planWords(mirror, ticketId, 'autopilot', 'Both are on their way');
    expect(await deliver(ticketId, second)).toEqual({ outcome: 'undecided' });
    expect(await states(ticketId)).toEqual(['unknown', 'pending']);
    expect(await needsPerson(ticketId)).toMatchObject([{ kind: 'unknown_outbound' }]);
  });

  test.each([
    ['while it is under way', 'sending'],
    ['when it was given up already', 'pending'],
  ] as const)('and that turns up %s is the answer to its question, which gets no second one', async (_when, state) => {
    const ticketId = await ask();
    mirror.simulator.faults.add({ kind: 'lose_response', match: REPLIES });
    const first = await planWords(mirror, ticketId, 'autopilot', 'On its way');
    await expect(deliver(ticketId, first)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    await mirror.db.outbound.updateMany({ where: { ticketId: BigInt(ticketId) }, data: { state } });
    const seq = writes(ticketId);
    const both = await planWords(mirror, ticketId, 'autopilot', 'Both are on their way');
    expect(await deliver(ticketId, both)).toEqual({ outcome: 'superseded' });
    expect(ours(ticketId, false)).toHaveLength(1);
    expect(await mirror.deps.turns.find(first)).toMatchObject({ outcome: 'replied' });
    expect(mirror.account.ticket(ticketId)).toMatchObject({
      responderId: mirror.account.aiAgent.id,
      tags: ['opencx', 'opencx_autopilot'],
    });
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ oldestSeq: seq, newestSeq: seq });
    expect((await takeTurn(mirror, ticketId, 'autopilot', 'The other one as well')).delivery).toMatchObject({
      outcome: 'sent',
    });
    expect(ours(ticketId, false)).toHaveLength(2);
  });

  test('and that turns up when an earlier one was lost as well is the answer to all it answered', async () => {
    const ticketId = await ask();
    await lost(ticketId, 1);
    writes(ticketId);
    const both = await planWords(mirror, ticketId, 'autopilot', 'Both are on their way');
    mirror.simulator.faults.add({ kind: 'lose_response', match: REPLIES });
    await expect(deliver(ticketId, both)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    const third = writes(ticketId, 'And the third one?');
    const again = await planWords(mirror, ticketId, 'autopilot', 'All three are on their way');
    expect(await deliver(ticketId, again)).toEqual({ outcome: 'superseded' });
    expect(ours(ticketId, false)).toHaveLength(1);
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ oldestSeq: third, newestSeq: third });
  });

  test('E11 stands in nobody’s way when a limit keeps it from its second try', async () => {
    const ticketId = await ask();
    const turnId = await lost(ticketId, 1);
    await mirror.set({ limits: { repliesPerTicketPerHour: 0 } });
    expect(await deliver(ticketId, turnId)).toEqual({ outcome: 'braked' });
    expect(await states(ticketId)).toEqual(['pending']);
    await handOff(ticketId, turnId, 0);
    await mirror.set({ limits: { repliesPerTicketPerHour: 100 } });
    mirror.account.setStatus(ticketId, RESOLVED);
    await mirror.sync(ticketId);
    writes(ticketId);
    expect((await takeTurn(mirror, ticketId, 'autopilot', 'The other one')).delivery).toMatchObject({
      outcome: 'sent',
    });
  });
});

describe('A6 an answer that Freshdesk refused', () => {
  async function refused(): Promise<number> {
    const ticketId = await ask();
    mirror.simulator.faults.add({ kind: 'refuse_field', field: 'body', match: REPLIES });
    const turnId = await planWords(mirror, ticketId, 'autopilot', 'On its way');
    await expect(deliver(ticketId, turnId)).rejects.toMatchObject({ type: 'Rejected' });
    await handOff(ticketId, turnId, 0);
    expect(await states(ticketId)).toEqual(['rejected']);
    return ticketId;
  }

  test('E4 is sent when the ticket is given back for what waits', async () => {
    await mirror.set({ intake: { onReassign: 'waiting' } });
    const ticketId = await refused();
    mirror.account.assign(ticketId, mirror.account.aiAgent.id);
    expect((await mirror.sync(ticketId)).waiting).toMatchObject({ newestSeq: 0 });
    expect((await takeTurn(mirror, ticketId, 'autopilot', 'On its way')).delivery).toMatchObject({ outcome: 'sent' });
    expect(ours(ticketId, false)).toHaveLength(1);
  });

  test('E4 stays refused where only the next message is to be answered', async () => {
    const ticketId = await refused();
    mirror.account.assign(ticketId, mirror.account.aiAgent.id);
    expect((await mirror.sync(ticketId)).waiting).toBeNull();
    expect(await states(ticketId)).toEqual(['rejected']);
  });
});
