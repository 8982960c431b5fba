import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHandoffActivities } from '../../../src/activities/handoff.ts';
import { createReplyActivities } from '../../../src/activities/reply.ts';
import { createResolveActivities } from '../../../src/activities/resolve.ts';
import { decide } from '../../../src/domain/engagement.ts';
import { HOUR_MS, openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { newQuestion, planWords, takeTurn } from '../../../testbed/turns.ts';

const [OPEN, RESOLVED] = [2, 4];

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
beforeEach(async () => {
  mirror.simulator.faults.clear();
  mirror.later(HOUR_MS);
  await mirror.set({ intake: { onReassign: 'next_message' }, limits: { repliesPerTicketPerHour: 100 } });
});
afterAll(() => mirror.close());

const ref = (ticketId: number) => ({ connectionId: 'default', ticketId });
const ask = (ticket: Parameters<typeof newQuestion>[1] = {}) => newQuestion(mirror, ticket);
function writes(ticketId: number, words: Parameters<Mirror['account']['customerReplies']>[1]): number {
  mirror.later(SECOND_MS);
  const { id } = mirror.account.customerReplies(ticketId, words);
  mirror.later(SECOND_MS);
  return id;
}
const resolve = (ticketId: number) =>
  createResolveActivities(mirror.deps).resolveTicket({
    ...ref(ticketId),
    turnId: randomUUID(),
    closure: 'assumed_resolved',
  });
const handOff = (ticketId: number, throughSeq = 0) =>
  createHandoffActivities(mirror.deps).handOff({
    ...ref(ticketId),
    turnId: null,
    reasons: ['low_confidence'],
    throughSeq,
  });
const person = () => mirror.account.humans[0]?.id ?? null;
const ai = () => mirror.account.aiAgent.id;
const aiReplies = (ticketId: number) =>
  mirror.account.thread(ticketId).filter((entry) => entry.userId === ai() && !entry.private);

/** A ticket that the AI has answered, and resolved when nobody wrote for long. */
async function resolvedByAi(): Promise<number> {
  const ticketId = await ask();
  await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
  mirror.later(73 * HOUR_MS);
  expect(decide(await mirror.sync(ticketId))).toMatchObject({ kind: 'resolve' });
  expect(await resolve(ticketId)).toEqual({ outcome: 'resolved' });
  mirror.later(SECOND_MS);
  expect((await mirror.sync(ticketId)).session?.status).toBe('closed_resolved');
  return ticketId;
}

describe('R1 E8 a rep reopens what the AI has resolved: it stays open', () => {
  test('after nothing (control)', async () => {
    const ticketId = await resolvedByAi();
    mirror.account.setStatus(ticketId, OPEN);
    expect(decide(await mirror.sync(ticketId)).kind).not.toBe('resolve');
  });
  test('after an out-of-office reply', async () => {
    const ticketId = await resolvedByAi();
    writes(ticketId, { text: 'I am away', autoResponse: true });
    expect((await mirror.sync(ticketId)).session?.status).toBe('closed_resolved');
    mirror.later(HOUR_MS);
    mirror.account.setStatus(ticketId, OPEN);
    mirror.later(SECOND_MS);
    const looked = await mirror.sync(ticketId);
    expect(looked.session?.status).toBe('open');
    expect(decide(looked).kind).not.toBe('resolve');
  });
  test('after a bad survey', async () => {
    const ticketId = await resolvedByAi();
    const id = writes(ticketId, { text: 'Very unhappy' });
    Object.assign(mirror.account.state.conversations.get(id) ?? {}, { source: 6 });
    expect((await mirror.sync(ticketId)).session?.status).toBe('closed_resolved');
    mirror.later(HOUR_MS);
    mirror.account.setStatus(ticketId, OPEN);
    mirror.later(SECOND_MS);
    const looked = await mirror.sync(ticketId);
    expect(looked.session?.status).toBe('open');
    const decision = decide(looked);
    if (decision.kind === 'resolve') await resolve(ticketId);
    expect(mirror.account.ticket(ticketId).status).toBe(OPEN);
  });
});

test('E4 a person takes a ticket back that they had given to the AI: it is theirs', async () => {
  const ticketId = await ask();
  await handOff(ticketId);
  mirror.account.assign(ticketId, person());
  expect((await mirror.sync(ticketId)).session?.status).toBe('handed_off');
  mirror.account.assign(ticketId, ai());
  expect((await mirror.sync(ticketId)).session?.status).toBe('open');
  mirror.later(HOUR_MS);
  mirror.account.assign(ticketId, person());
  await mirror.sync(ticketId);
  writes(ticketId, { text: 'And where is my other parcel?' });
  const looked = await mirror.sync(ticketId);
  if (decide(looked).kind === 'answer') await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
  expect(aiReplies(ticketId)).toEqual([]);
  expect(mirror.account.ticket(ticketId).responderId).toBe(person());
  expect(looked.session?.status).toBe('handed_off');
});

test('E5 E7 a customer answers the outbound e-mail of the person who has the ticket', async () => {
  const ticketId = await ask({ source: 10, text: 'Shall we send you a new one?', responderId: person() ?? 0 });
  writes(ticketId, { text: 'Yes please. When will it be here?' });
  const looked = await mirror.sync(ticketId);
  if (decide(looked).kind === 'answer') await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
  expect(aiReplies(ticketId)).toEqual([]);
  expect(mirror.account.ticket(ticketId).responderId).toBe(person());
});

test('E4 H3 a person takes the ticket during a handoff, and gives it back before the next look', async () => {
  const ticketId = await ask({ responderId: ai() });
  mirror.simulator.faults.onRequest(
    { match: { method: 'POST', path: '/tickets/:id/notes', ticketId }, at: 'after_apply', times: 1 },
    () => mirror.account.assign(ticketId, person()),
  );
  expect(await handOff(ticketId)).toMatchObject({ outcome: 'handed_off' });
  mirror.later(60 * SECOND_MS);
  mirror.account.assign(ticketId, ai());
  mirror.later(SECOND_MS);
  await mirror.sync(ticketId);
  writes(ticketId, { text: 'And where is my other parcel?' });
  expect(decide(await mirror.sync(ticketId))).toMatchObject({ kind: 'answer' });
});

test('H3 a ticket that a person resolves while the handoff note is written stays resolved', async () => {
  const ticketId = await ask({ responderId: ai() });
  mirror.simulator.faults.onRequest(
    { match: { method: 'POST', path: '/tickets/:id/notes', ticketId }, at: 'after_apply', times: 1 },
    () => mirror.account.setStatus(ticketId, RESOLVED),
  );
  expect(await handOff(ticketId)).toEqual({ outcome: 'dropped' });
  expect(mirror.account.ticket(ticketId).status).toBe(RESOLVED);
  expect((await mirror.sync(ticketId)).session?.status).toBe('closed_resolved');
});

describe('S2 A4 statusAfterReply Resolved', () => {
  beforeEach(() => mirror.set({ reply: { statusAfterReply: RESOLVED } }));
  afterAll(() => mirror.set({ reply: { statusAfterReply: null } }));

  test('what the customer writes while the reply is posted is answered', async () => {
    const ticketId = await ask();
    mirror.simulator.faults.onRequest(
      { match: { method: 'POST', path: '/tickets/:id/reply', ticketId }, at: 'after_apply', times: 1 },
      () => void writes(ticketId, { text: 'And how do I return the other parcel?' }),
    );
    await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
    mirror.later(SECOND_MS);
    const looked = await mirror.sync(ticketId);
    expect(looked.waiting).not.toBeNull();
    expect(decide(looked)).toMatchObject({ kind: 'answer' });
  });

  test('a draft posted in spite of a newer message does not close the ticket over it', async () => {
    const ticketId = await ask();
    const turnId = await planWords(mirror, ticketId, 'autopilot', 'On its way');
    writes(ticketId, { text: 'And how do I return the other parcel?' });
    const delivery = await createReplyActivities(mirror.deps).deliverReply({ ...ref(ticketId), turnId, final: true });
    expect(delivery).toMatchObject({ outcome: 'sent', more: true });
    mirror.later(SECOND_MS);
    expect(decide(await mirror.sync(ticketId))).toMatchObject({ kind: 'answer' });
  });

  test('it is the AI that closed it', async () => {
    const ticketId = await ask();
    await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
    await mirror.sync(ticketId);
    expect(await mirror.session(ticketId)).toMatchObject({ status: 'closed_resolved', closedBy: 'ai' });
  });
});

test('S3 A5 what the AI has answered on a ticket merged into another one is not answered there again', async () => {
  const email = 'twice@customer.example';
  const primary = await ask({ email });
  await takeTurn(mirror, primary, 'autopilot', 'On its way');
  const other = await ask({ email, text: 'How do I return it?' });
  await takeTurn(mirror, other, 'autopilot', 'In its box');
  writes(other, { text: 'And who pays for it?' });
  await takeTurn(mirror, other, 'autopilot', 'We do');
  mirror.later(HOUR_MS);
  mirror.account.merge(primary, [other]);
  mirror.later(SECOND_MS);
  await mirror.sync(other);
  const looked = await mirror.sync(primary);
  const before = aiReplies(primary).length;
  if (decide(looked).kind === 'answer') await takeTurn(mirror, primary, 'autopilot', 'We do');
  expect(aiReplies(primary)).toHaveLength(before);
});

describe('E4 what was asked before a ticket was given back, and has no answer', () => {
  const notes = (ticketId: number) =>
    mirror.account.thread(ticketId).filter((entry) => entry.userId === ai() && entry.private);
  const QUESTION = 'And where is my other parcel? See https://evil.example/track';

  /** A person has it, and the customer has asked something meanwhile. */
  async function askedMeanwhile(text = QUESTION): Promise<number> {
    const ticketId = await ask();
    await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
    mirror.account.assign(ticketId, person());
    await mirror.sync(ticketId);
    writes(ticketId, { text });
    await mirror.sync(ticketId);
    return ticketId;
  }
  async function givenBack(ticketId: number): Promise<void> {
    mirror.account.assign(ticketId, ai());
    mirror.later(SECOND_MS);
    await mirror.sync(ticketId);
  }

  test('E4 people are told once, in a private note that quotes it and says how to have it answered', async () => {
    const ticketId = await askedMeanwhile();
    expect(notes(ticketId)).toEqual([]);
    await givenBack(ticketId);
    await mirror.sync(ticketId);
    expect(notes(ticketId).map(({ body }) => body)).toEqual([
      expect.stringMatching(
        /One earlier question was not answered:[^]*And where is my other parcel\?[^]*intake\.onReassign/,
      ),
    ]);
    expect(notes(ticketId)[0]?.body).not.toContain('evil.example');
    expect(aiReplies(ticketId)).toHaveLength(1);

    mirror.account.assign(ticketId, person());
    await mirror.sync(ticketId);
    await givenBack(ticketId);
    expect(notes(ticketId)).toHaveLength(2); // given back again, and still open
    writes(ticketId, { text: 'Hello?' });
    expect(decide(await mirror.sync(ticketId))).toMatchObject({ kind: 'answer' });
    expect(notes(ticketId)).toHaveLength(2);
  });

  test('E4 H2 what the AI itself has handed over counts as well', async () => {
    const ticketId = await ask({ responderId: ai() });
    await handOff(ticketId);
    expect(notes(ticketId)).toHaveLength(1);
    mirror.account.assign(ticketId, person());
    await mirror.sync(ticketId);
    await givenBack(ticketId);
    expect(notes(ticketId)).toHaveLength(2);
    expect(notes(ticketId)[1]?.body).toContain('not answered');
  });

  test.each<{ what: string; before?: (ticketId: number) => unknown; text?: string }>([
    { what: 'a person has answered', before: (id) => mirror.account.agentReplies(id, { text: 'On Friday.' }) },
    { what: 'it is answered now', before: () => mirror.set({ intake: { onReassign: 'waiting' } }) },
    { what: 'it was only thanks', text: 'Thank you so much!' },
  ])('E4 no note where $what', async ({ before, text }) => {
    const ticketId = await askedMeanwhile(text);
    await before?.(ticketId);
    await givenBack(ticketId);
    expect(notes(ticketId)).toEqual([]);
  });

  test('A5 a note whose answer was lost is not written a second time', async () => {
    const ticketId = await askedMeanwhile();
    mirror.simulator.faults.add({
      kind: 'lose_response',
      match: { method: 'POST', path: '/tickets/:id/notes', ticketId },
    });
    await expect(givenBack(ticketId)).rejects.toThrow();
    await mirror.sync(ticketId);
    await mirror.sync(ticketId);
    expect(notes(ticketId)).toHaveLength(1);
  });

  test('E12 a pause keeps the note back, and its end has it written', async () => {
    const ticketId = await askedMeanwhile();
    await mirror.set({ paused: true });
    await givenBack(ticketId);
    expect(notes(ticketId)).toEqual([]);
    const { heldSince } = await mirror.db.session.findFirstOrThrow({ where: { ticketId } });
    expect(heldSince).toBeInstanceOf(Date);
    await mirror.set({ paused: false });
    await mirror.sync(ticketId);
    expect(notes(ticketId)).toHaveLength(1);
  });
});
