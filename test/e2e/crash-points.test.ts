import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps } from '../../src/activities/deps.ts';
import { createHandoffActivities } from '../../src/activities/handoff.ts';
import { createReplyActivities } from '../../src/activities/reply.ts';
import { createResolveActivities } from '../../src/activities/resolve.ts';
import type { Turn } from '../../src/db/turns/turns.ts';
import type { WritingMode } from '../../src/domain/ticket.ts';
import type { AccountEvent } from '../../simulator/types.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../testbed/activities.ts';

jest.setTimeout(60_000);
const OPEN = 2;
const RESOLVED = 4;
const NOTES = { method: 'POST', path: '/tickets/:id/notes' };
const REPLIES = { method: 'POST', path: '/tickets/:id/reply' };
const UPDATES = { method: 'PUT', path: '/tickets/:id' };
/** Where an attempt ends: the worker is there again afterwards, and knows only what was committed. */
const POINTS = ['before the request', 'before the answer', 'before the record'] as const;
type Point = (typeof POINTS)[number];
type Target = { match: typeof NOTES; record: (deps: ActivityDeps) => ActivityDeps };

describe('A5 wherever an attempt ends, the next one writes nothing twice', () => {
  let mirror: Mirror;
  const events: AccountEvent[] = [];
  beforeAll(async () => {
    mirror = await openMirror();
    mirror.account.state.listeners.push((event) => events.push(event));
  });
  beforeEach(async () => {
    mirror.simulator.faults.clear();
    mirror.later(3_600 * SECOND_MS);
    await mirror.set({ channels: { email: { mode: 'autopilot' } } });
    events.length = 0;
  });
  afterAll(() => mirror.close());

  const entries = (ticketId: number, isPrivate: boolean) =>
    mirror.account
      .thread(ticketId)
      .filter((entry) => entry.userId === mirror.account.aiAgent.id && entry.private === isPrivate);
  const changes = (ticketId: number, name: AccountEvent['names'][number]): number =>
    events.filter((event) => event.ticketId === ticketId && event.names.includes(name)).length;
  const ref = (ticketId: number) => ({ connectionId: 'default', ticketId });
  const outbounds = (ticketId: number) =>
    mirror.db.outbound.findMany({ where: { ticketId: BigInt(ticketId) }, select: { kind: true, state: true } });

  async function ask(): Promise<number> {
    const { id } = mirror.account.customerCreatesTicket({
      email: `customer-${randomUUID()}@customer.example`,
      subject: 'A question',
      text: 'How many days do I have to return a jacket?',
    });
    await mirror.sync(id);
    return id;
  }

  async function planned(ticketId: number, mode: WritingMode): Promise<string> {
    const session = await mirror.deps.sessions.find('default', ticketId, mirror.account.aiAgent.id);
    const id = randomUUID();
    const turn: Turn = {
      id,
      sessionId: session?.id ?? '',
      episode: session?.episode ?? 1,
      throughSeq: 0,
      rule: 'E6',
      mode,
      verdict: 'answer',
      confidence: 0.9,
      topic: null,
      reasons: [],
      sources: [],
      summary: 'A question.',
      sentiment: null,
      language: 'en',
      engine: 'rules',
      model: null,
      tokens: null,
      ms: 0,
    };
    await mirror.deps.turns.record(turn, '<p>Within 30 days of delivery.</p>');
    return id;
  }

  /** Ends the first attempt at that point, and repeats it, later and later, as Temporal would. */
  async function ended<T>(
    point: Point,
    { match, record }: Target,
    run: (deps: ActivityDeps) => Promise<T>,
  ): Promise<T> {
    if (point === 'before the request') mirror.simulator.faults.add({ kind: 'lose_request', match });
    if (point === 'before the answer') mirror.simulator.faults.add({ kind: 'lose_response', match });
    const deps = point === 'before the record' ? record(mirror.deps) : mirror.deps;
    let failures = 0;
    for (;;) {
      try {
        const result = await run(deps);
        expect(failures).toBeGreaterThan(0);
        return result;
      } catch (error) {
        failures += 1;
        if (failures > 5 || (error instanceof ApplicationFailure && error.nonRetryable === true)) throw error;
        mirror.later(7 * SECOND_MS); // the deadline of a request, and the time its effect may take to show
      }
    }
  }

  const noteRecorded = (deps: ActivityDeps): ActivityDeps => {
    const sent = failsOnce(deps.outbounds.sent);
    return { ...deps, outbounds: { ...deps.outbounds, sent } };
  };
  const updateRecorded = (deps: ActivityDeps): ActivityDeps => {
    const wroteTicket = failsOnce(deps.sessions.wroteTicket);
    return { ...deps, sessions: { ...deps.sessions, wroteTicket } };
  };

  test.each(POINTS)('A5 an attempt at a reply that ends %s leaves one reply', async (point) => {
    const ticketId = await ask();
    const turnId = await planned(ticketId, 'autopilot');
    const input = { ...ref(ticketId), turnId, final: false };
    const result = await ended(point, { match: REPLIES, record: noteRecorded }, (deps) =>
      createReplyActivities(deps).deliverReply(input),
    );
    expect(result).toMatchObject({ outcome: 'sent', owner: 'ai' });
    expect(entries(ticketId, false)).toHaveLength(1);
    expect(await outbounds(ticketId)).toEqual([{ kind: 'reply', state: 'sent' }]);
    expect(await mirror.deps.turns.find(turnId)).toMatchObject({ outcome: 'replied' });
  });

  test.each(POINTS)('A3 an attempt that ends %s of the update after a reply assigns the ticket once', async (point) => {
    const ticketId = await ask();
    const input = { ...ref(ticketId), turnId: await planned(ticketId, 'autopilot'), final: false };
    const deliver = (deps: ActivityDeps) => createReplyActivities(deps).deliverReply(input);
    if (point === 'before the record') await ended(point, { match: UPDATES, record: updateRecorded }, deliver);
    else {
      // The question is answered whatever becomes of the update; the next look makes up for it.
      const kind = point === 'before the request' ? 'lose_request' : 'lose_response';
      mirror.simulator.faults.add({ kind, match: UPDATES });
      expect(await deliver(mirror.deps)).toMatchObject({ outcome: 'sent' });
      expect(await mirror.session(ticketId)).toMatchObject({ coveredThrough: 0n, owes: 'first_reply' });
      mirror.later(7 * SECOND_MS);
      await mirror.sync(ticketId);
    }
    expect(entries(ticketId, false)).toHaveLength(1);
    expect(changes(ticketId, 'responder_id')).toBe(1);
    expect(await mirror.session(ticketId)).toMatchObject({ owes: null });
    expect(mirror.account.ticket(ticketId)).toMatchObject({
      responderId: mirror.account.aiAgent.id,
      tags: ['opencx', 'opencx_autopilot'],
    });
    expect(await mirror.session(ticketId)).toMatchObject({ coveredThrough: 0n, aiReplied: true });
  });

  test.each(POINTS)('A5 an attempt at a draft that ends %s leaves one note', async (point) => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = await ask();
    const turnId = await planned(ticketId, 'assist');
    await ended(point, { match: NOTES, record: noteRecorded }, (deps) =>
      createReplyActivities(deps).deliverDraft({ ...ref(ticketId), turnId, final: false }),
    );
    expect(entries(ticketId, true)).toHaveLength(1);
    expect(await outbounds(ticketId)).toEqual([{ kind: 'draft', state: 'sent' }]);
    expect(await mirror.deps.turns.find(turnId)).toMatchObject({ outcome: 'drafted' });
  });

  const handOff = (ticketId: number) => (deps: ActivityDeps) =>
    createHandoffActivities(deps).handOff({
      ...ref(ticketId),
      turnId: null,
      reasons: ['insufficient_knowledge'],
      throughSeq: 0,
    });
  const expectHandedOff = async (ticketId: number): Promise<void> => {
    expect(entries(ticketId, true)).toHaveLength(1);
    expect(await outbounds(ticketId)).toEqual([{ kind: 'handoff_note', state: 'sent' }]);
    expect(changes(ticketId, 'responder_id')).toBe(1);
    expect(mirror.account.ticket(ticketId)).toMatchObject({ responderId: null, status: OPEN });
    expect(await mirror.session(ticketId)).toMatchObject({ status: 'handed_off', responderId: null });
    expect(await mirror.db.handoff.count({ where: { session: { ticketId: BigInt(ticketId) } } })).toBe(1);
  };
  const answered = async (): Promise<number> => {
    const ticketId = await ask();
    const input = { ...ref(ticketId), turnId: await planned(ticketId, 'autopilot'), final: false };
    await createReplyActivities(mirror.deps).deliverReply(input);
    events.length = 0;
    return ticketId;
  };
  /** The AI agent has it, so that the routing has something to do. */
  const askAi = async (): Promise<number> => {
    const ticketId = await ask();
    mirror.account.assign(ticketId, mirror.account.aiAgent.id);
    await mirror.sync(ticketId);
    events.length = 0;
    return ticketId;
  };

  test.each(POINTS)('H2 an attempt that ends %s of the handoff note leaves one note and one routing', async (point) => {
    const ticketId = await askAi();
    await ended(point, { match: NOTES, record: noteRecorded }, handOff(ticketId));
    await expectHandedOff(ticketId);
  });

  test.each(POINTS)('H2 an attempt that ends %s of the routing leaves one note and one routing', async (point) => {
    const ticketId = await askAi();
    await ended(point, { match: UPDATES, record: updateRecorded }, handOff(ticketId));
    await expectHandedOff(ticketId);
  });

  test('H2 an attempt that ends after the routing and before the session is handed off is completed', async () => {
    const ticketId = await askAi();
    const record = (deps: ActivityDeps): ActivityDeps => ({
      ...deps,
      handoffs: { record: failsOnce(deps.handoffs.record) },
    });
    await ended('before the record', { match: UPDATES, record }, handOff(ticketId));
    await expectHandedOff(ticketId);
  });

  test('H3 a person who takes the ticket while the answer to the note is lost gets no second note', async () => {
    const ticketId = await answered();
    mirror.simulator.faults.add({ kind: 'lose_response', match: NOTES });
    await expect(handOff(ticketId)(mirror.deps)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    mirror.account.assign(ticketId, mirror.account.humans[0]?.id ?? null);
    mirror.later(7 * SECOND_MS);
    expect(await handOff(ticketId)(mirror.deps)).toEqual({ outcome: 'dropped' });
    expect(entries(ticketId, true)).toHaveLength(1);
    expect(await outbounds(ticketId)).toContainEqual({ kind: 'handoff_note', state: 'sent' });
  });

  test('H3 a handoff note that never arrived is given up when a person takes the ticket', async () => {
    const ticketId = await answered();
    mirror.simulator.faults.add({ kind: 'lose_request', match: NOTES });
    await expect(handOff(ticketId)(mirror.deps)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
    mirror.account.assign(ticketId, mirror.account.humans[0]?.id ?? null);
    expect(await handOff(ticketId)(mirror.deps)).toEqual({ outcome: 'dropped' });
    expect(entries(ticketId, true)).toHaveLength(0);
    expect(await outbounds(ticketId)).toContainEqual({ kind: 'handoff_note', state: 'pending' });
  });

  const resolve = (ticketId: number, turnId: string) => (deps: ActivityDeps) =>
    createResolveActivities(deps).resolveTicket({ ...ref(ticketId), turnId, closure: 'assumed_resolved' });
  const expectResolved = async (ticketId: number, turnId: string): Promise<void> => {
    expect(entries(ticketId, true)).toHaveLength(1);
    expect(changes(ticketId, 'status')).toBe(1);
    expect(mirror.account.ticket(ticketId).status).toBe(RESOLVED);
    expect(await mirror.session(ticketId)).toMatchObject({
      status: 'closed_resolved',
      closedBy: 'ai',
      closure: 'assumed_resolved',
    });
    expect(await mirror.deps.turns.find(turnId)).toMatchObject({ outcome: 'resolved', outcomeWhy: null });
    expect(await outbounds(ticketId)).toContainEqual({ kind: 'resolution_note', state: 'sent' });
  };

  test.each(POINTS)(
    'R1 an attempt that ends %s of the resolution note leaves one note and one status',
    async (point) => {
      const ticketId = await answered();
      const turnId = randomUUID();
      await ended(point, { match: NOTES, record: noteRecorded }, resolve(ticketId, turnId));
      await expectResolved(ticketId, turnId);
    },
  );

  test.each(POINTS)('R1 an attempt that ends %s of the status leaves one note and one status', async (point) => {
    const ticketId = await answered();
    const turnId = randomUUID();
    await ended(point, { match: UPDATES, record: updateRecorded }, resolve(ticketId, turnId));
    await expectResolved(ticketId, turnId);
  });
  describe('what happens while the answer to a reply is lost', () => {
    /** Posted, and the answer lost; then `meanwhile`; then the next attempt. */
    async function retriedAfter(meanwhile: (ticketId: number) => void): Promise<number> {
      const ticketId = await ask();
      const input = { ...ref(ticketId), turnId: await planned(ticketId, 'autopilot'), final: false };
      mirror.simulator.faults.add({ kind: 'lose_response', match: REPLIES });
      const { deliverReply } = createReplyActivities(mirror.deps);
      await expect(deliverReply(input)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
      mirror.later(SECOND_MS);
      meanwhile(ticketId);
      expect(await deliverReply(input)).toMatchObject({ outcome: 'sent' });
      expect(entries(ticketId, false)).toHaveLength(1);
      return ticketId;
    }

    test('H4 a ticket on which a person replies meanwhile is not assigned to the AI', async () => {
      const ticketId = await retriedAfter((id) =>
        mirror.account.agentReplies(id, { text: 'I have sent you a label.' }),
      );
      expect(mirror.account.ticket(ticketId)).toMatchObject({
        responderId: null,
        tags: ['opencx', 'opencx_autopilot'],
      });
      expect(await mirror.session(ticketId)).toMatchObject({ status: 'handed_off', responderId: null });
    });

    test('S1 a ticket that a person resolves meanwhile stays resolved', async () => {
      const ticketId = await retriedAfter((id) => mirror.account.setStatus(id, RESOLVED));
      expect(mirror.account.ticket(ticketId)).toMatchObject({ status: RESOLVED, responderId: null });
      expect(await mirror.session(ticketId)).toMatchObject({ status: 'closed_resolved', closedBy: 'freshdesk' });
    });
  });

  test('A4 a handoff that a person has overtaken with an answer is dropped, and the ticket stays where they put it', async () => {
    const ticketId = await ask();
    mirror.account.agentReplies(ticketId, { text: 'I have sent you a label.' });
    mirror.account.assign(ticketId, mirror.account.aiAgent.id);
    expect(await handOff(ticketId)(mirror.deps)).toEqual({ outcome: 'dropped' });
    expect(entries(ticketId, true)).toEqual([]);
    expect(mirror.account.ticket(ticketId).responderId).toBe(mirror.account.aiAgent.id);
  });

  test('R2 a ticket on which a person has written since the last answer is not resolved', async () => {
    const ticketId = await answered();
    mirror.account.agentReplies(ticketId, { text: 'One more thing: I have sent you a label.' });
    expect(await resolve(ticketId, randomUUID())(mirror.deps)).toEqual({ outcome: 'dropped' });
    expect(mirror.account.ticket(ticketId).status).toBe(OPEN);
    expect(entries(ticketId, true)).toEqual([]);
  });

  test('S1 a ticket that a person resolves between the reply and the update stays resolved', async () => {
    const ticketId = await ask();
    const input = { ...ref(ticketId), turnId: await planned(ticketId, 'autopilot'), final: false };
    mirror.simulator.faults.onRequest({ match: REPLIES, at: 'after_apply' }, () =>
      mirror.account.setStatus(ticketId, RESOLVED),
    );
    await createReplyActivities(mirror.deps).deliverReply(input);
    expect(mirror.account.ticket(ticketId)).toMatchObject({ status: RESOLVED, tags: ['opencx', 'opencx_autopilot'] });
  });
});

/** The first call fails as a lost database connection does: nothing is recorded. */
function failsOnce<Args extends unknown[], Result>(record: (...args: Args) => Promise<Result>) {
  let failed = false;
  return (...args: Args): Promise<Result> => {
    if (failed) return record(...args);
    failed = true;
    return Promise.reject(new Error('the connection to the database was lost'));
  };
}
