import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createHandoffActivities } from '../../../src/activities/handoff.ts';
import { createInferenceActivities } from '../../../src/activities/inference.ts';
import { prepareArticle } from '../../../src/ai/knowledge/markdown-knowledge.ts';
import type { PlanInput } from '../../../src/ai/port.ts';
import { createKnowledge } from '../../../src/db/knowledge/knowledge.ts';
import { EmbedderUnavailable } from '../../../src/domain/embedder.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { HOUR_MS, openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { saying } from '../../../testbed/turns.ts';

const { limits } = DEFAULT_SETTINGS;
const NO_LIMIT = {
  repliesPerTicketPerHour: 1_000,
  repliesPerTicketPerDay: 1_000,
  repliesPerRequesterPerDay: 1_000,
  repliesPerConnectionPerHour: 1_000,
};

describe('planning a turn', () => {
  let mirror: Mirror;
  /** What the engine was asked. */
  const asked: PlanInput[] = [];
  let requesters = 0;

  beforeAll(async () => {
    mirror = await openMirror();
  });
  beforeEach(async () => {
    asked.length = 0;
    mirror.logLines.length = 0;
    mirror.later(25 * HOUR_MS); // what earlier tests have sent is long ago
    await mirror.set({ limits, intake: { onReassign: 'next_message' } });
  });
  afterAll(() => mirror.close());

  test.each([
    ['Return it within 30 days.', 'answer', null],
    ['You can return it within 30 days.', 'handoff', 'unquoted'],
    ['Return it within 90 days.', 'handoff', 'number'],
    ['Return it at https://evil.example within 30 days.', 'handoff', 'link'],
  ])('N5 whichever engine says it, the guards have the last word: %s', async (words, verdict, detail) => {
    const knowledge = createKnowledge(mirror.db);
    await knowledge.replaceFolder('default', [prepareArticle('a.md', '# Returns\n\nReturn it within 30 days.')]);
    const [article] = await mirror.db.knowledgeArticle.findMany({ where: { connectionId: 'default' } });
    const sources = [{ articleId: article?.id ?? '', title: 'Returns', score: 1 }];
    const ticketId = await ask();
    const { waiting } = await mirror.sync(ticketId);
    const turnId = randomUUID();
    const { planTurn } = createInferenceActivities({ ...mirror.deps, engine: saying(words, sources) });
    const [fromSeq, throughSeq] = [waiting?.oldestSeq ?? 0, waiting?.newestSeq ?? 0];
    const ref = { connectionId: 'default', ticketId, turnId, rule: 'E6', mode: 'autopilot' as const };
    expect(await planTurn({ ...ref, fromSeq, throughSeq })).toMatchObject({ verdict });
    const turn = await mirror.deps.turns.find(turnId);
    expect(turn).toMatchObject({ verdict, detail, sources, html: detail === null ? `<p>${words}</p>` : null });
    await knowledge.replaceFolder('default', []);
  });

  type Sign = { email?: string; subject?: string; flag?: { autoResponse: true } };
  test.each<[what: string, Sign]>([
    ['Freshdesk’s flag on a plain question', { flag: { autoResponse: true } }],
    ['a sender that reads no replies', { email: 'no-reply@shop-form.example' }],
    ['a subject over a plain question', { subject: 'Automatic reply: Question' }],
  ])('N8 people get what one sign alone calls automatic: %s', async (_what, { flag, ...sign }) => {
    const text = 'Where is my parcel?';
    const { id } = mirror.account.customerCreatesTicket({
      email: newRequester(),
      subject: 'A question',
      text,
      ...sign,
    });
    if (flag !== undefined) mirror.account.customerReplies(id, { text, ...flag });
    const { planned, turn } = await plan(id);
    expect([planned, turn]).toMatchObject([
      { verdict: 'handoff', reasons: ['low_confidence'] },
      { detail: 'maybe_automatic' },
    ]);
  });

  const newRequester = () => `customer-${(requesters += 1)}@customer.example`;
  async function ask(email = newRequester(), text = 'Where is my parcel'): Promise<number> {
    const { id } = mirror.account.customerCreatesTicket({ email, subject: 'A question', text });
    await mirror.sync(id);
    return id;
  }

  async function plan(ticketId: number, mode: 'autopilot' | 'assist' = 'autopilot', connectionId = 'default') {
    const { waiting } = await mirror.sync(ticketId, ['webhook'], connectionId);
    if (waiting === null) throw new Error(`nothing waits on ticket ${ticketId}`);
    const { planTurn } = createInferenceActivities({
      ...mirror.deps,
      engine: {
        plan: (input) => {
          asked.push(input);
          return mirror.deps.engine.plan(input);
        },
      },
    });
    const turnId = randomUUID();
    const { oldestSeq: fromSeq, newestSeq: throughSeq } = waiting;
    const planned = await planTurn({ connectionId, ticketId, turnId, rule: 'E6', mode, fromSeq, throughSeq });
    if ('next' in planned) throw new Error('the embedded engine has no stages');
    return { planned, turn: await mirror.deps.turns.find(turnId) };
  }

  let writes = 0;
  /** So many replies of the AI on the ticket, `agoMs` before now. */
  async function replied(
    ticketId: number,
    times: number,
    { agoMs = 60 * SECOND_MS, kind = 'reply', connectionId = 'default' } = {},
  ): Promise<void> {
    const attemptedAt = new Date(mirror.clock.ms - agoMs);
    await mirror.db.outbound.createMany({
      data: Array.from({ length: times }, () => {
        writes += 1;
        const key = `${kind}:${writes}`;
        return { key, kind, connectionId, ticketId: BigInt(ticketId), state: 'sent', bodyHash: 'x', attemptedAt };
      }),
    });
  }
  const braked = (what: Awaited<ReturnType<typeof plan>>): boolean => what.planned.reasons.includes('loop_suspected');

  describe('N7 the embedding server is down', () => {
    /** Planned so long after it was first wanted. */
    async function planAfter(waitedMs: number, error: EmbedderUnavailable) {
      const ticketId = await ask();
      const { waiting } = await mirror.sync(ticketId);
      const { planTurn } = createInferenceActivities({
        ...mirror.deps,
        engine: { plan: () => Promise.reject(error) },
      });
      const turnId = randomUUID();
      const ref = { connectionId: 'default', ticketId, turnId, rule: 'E6', mode: 'autopilot' as const };
      const temporal = new MockActivityEnvironment({ scheduledTimestampMs: mirror.clock.ms - waitedMs });
      const [fromSeq, throughSeq] = [waiting?.oldestSeq ?? 0, waiting?.newestSeq ?? 0];
      const attempt = () => temporal.run(planTurn, { ...ref, fromSeq, throughSeq });
      return { attempt, turnId };
    }
    const down = new EmbedderUnavailable('it cannot be reached');

    test('N6 the turn waits, for longer than an engine that fails would get', async () => {
      const { attempt, turnId } = await planAfter(599_000, down);
      for (let nth = 0; nth < 6; nth += 1)
        await expect(attempt()).rejects.toMatchObject({ type: 'EmbedderUnavailable', nonRetryable: false });
      expect(await mirror.deps.turns.find(turnId)).toBeNull();
    });

    test.each([
      ['after ten minutes, and G8 the reports say that it was blocked', 600_000, down],
      ['at once where it refuses', 0, new EmbedderUnavailable('status 401', true)],
    ])('N6 people get the ticket %s', async (_when, waitedMs, error) => {
      const { attempt, turnId } = await planAfter(waitedMs, error);
      expect(await attempt()).toMatchObject({ verdict: 'handoff', reasons: ['inference_failed'] });
      const turn = await mirror.deps.turns.find(turnId);
      expect(turn).toMatchObject({ verdict: 'handoff', detail: 'embedder_down' });
      const sessionId = turn?.sessionId ?? '';
      expect(await mirror.db.episode.findFirst({ where: { sessionId } })).toMatchObject({ blocked: true });
    });
  });

  describe('E11 loop brakes', () => {
    test('E11 a tripped brake is a recorded handoff, and the engine is not asked', async () => {
      const ticketId = await ask();
      await replied(ticketId, limits.repliesPerTicketPerHour);
      const { planned, turn } = await plan(ticketId);
      expect(planned).toEqual({ verdict: 'handoff', reasons: ['loop_suspected'] });
      expect(turn).toMatchObject({
        verdict: 'handoff',
        reasons: ['loop_suspected'],
        engine: 'rules',
        rule: 'E6',
        html: null,
      });
      expect(turn?.summary).toContain('Where is my parcel');
      expect(asked).toEqual([]);
      expect(mirror.logLines).toMatchObject([{ ticketId, limit: 'repliesPerTicketPerHour' }]);
    });

    test('E11 a retried plan returns the one that is stored', async () => {
      const ticketId = await ask();
      await replied(ticketId, limits.repliesPerTicketPerHour);
      const { turn } = await plan(ticketId);
      const { planTurn } = createInferenceActivities(mirror.deps);
      await mirror.set({ limits: NO_LIMIT });
      const again = {
        connectionId: 'default',
        ticketId,
        turnId: turn?.id ?? '',
        rule: 'E6',
        fromSeq: 0,
        throughSeq: 0,
      };
      expect(await planTurn({ ...again, mode: 'autopilot' })).toEqual({
        verdict: 'handoff',
        reasons: ['loop_suspected'],
        articleId: null,
        confidence: null,
      });
    });

    test('E11 one reply fewer is none too many, and drafts are not braked', async () => {
      const ticketId = await ask();
      await replied(ticketId, limits.repliesPerTicketPerHour - 1);
      expect(braked(await plan(ticketId))).toBe(false);
      await replied(ticketId, 1);
      expect(braked(await plan(ticketId, 'assist'))).toBe(false);
      expect(braked(await plan(ticketId))).toBe(true);
    });

    test('E11 per ticket and hour: what is older than an hour does not count', async () => {
      const ticketId = await ask();
      await replied(ticketId, limits.repliesPerTicketPerHour, { agoMs: HOUR_MS });
      expect(braked(await plan(ticketId))).toBe(false);
    });

    test('E11 per ticket and day', async () => {
      const ticketId = await ask();
      await mirror.set({ limits: { ...NO_LIMIT, repliesPerTicketPerDay: 3 } });
      await replied(ticketId, 3, { agoMs: 24 * HOUR_MS });
      await replied(ticketId, 2, { agoMs: 23 * HOUR_MS });
      expect(braked(await plan(ticketId))).toBe(false);
      await replied(ticketId, 1, { agoMs: 23 * HOUR_MS });
      expect(braked(await plan(ticketId))).toBe(true);
    });

    test('E11 per requester and day, over all their tickets and no one else’s', async () => {
      const requester = newRequester();
      const [first, second, other] = [await ask(requester), await ask(requester), await ask()];
      await mirror.set({ limits: { ...NO_LIMIT, repliesPerRequesterPerDay: 3 } });
      await replied(first, 1, { agoMs: 23 * HOUR_MS });
      await replied(second, 1);
      await replied(other, 3);
      expect(braked(await plan(second))).toBe(false);
      await replied(first, 1);
      expect(braked(await plan(second))).toBe(true);
      expect(braked(await plan(await ask()))).toBe(false);
    });

    test('E11 per connection and hour, over all its tickets', async () => {
      const [first, second] = [await ask(), await ask()];
      await mirror.set({ limits: { ...NO_LIMIT, repliesPerConnectionPerHour: 3 } });
      await replied(first, 2);
      await replied(first, 5, { agoMs: HOUR_MS });
      await replied(first, 5, { connectionId: 'another' });
      expect(braked(await plan(second))).toBe(false);
      await replied(first, 1);
      expect(braked(await plan(second))).toBe(true);
    });

    test('E11 only public replies that were sent count', async () => {
      const ticketId = await ask();
      await mirror.set({ limits: { ...NO_LIMIT, repliesPerTicketPerHour: 1 } });
      for (const kind of ['draft', 'handoff_note', 'handoff_message', 'resolution_note'])
        await replied(ticketId, 3, { kind });
      const target = { connectionId: 'default', ticketId, throughSeq: 0, episode: 1 };
      const row = await mirror.deps.outbounds.open('reply', target, 'hash');
      await mirror.deps.outbounds.claim(row, [], new Date(mirror.clock.ms));
      expect(braked(await plan(ticketId))).toBe(false);
      await mirror.deps.outbounds.withdraw({ key: row.key, tries: 1 });
      expect(braked(await plan(ticketId))).toBe(false);
      // The withdrawn reply turns up in the thread after all: it was sent when it was tried.
      await mirror.deps.outbounds.sent(row.key, 4_711);
      expect(braked(await plan(ticketId))).toBe(true);
    });

    test('E11 a requester who was deleted for good is nobody’s neighbour', async () => {
      const [first, second] = [await ask(), await ask()];
      for (const id of [first, second])
        Object.assign(mirror.account.state.tickets.get(id) ?? {}, { requesterId: null });
      await mirror.set({ limits: { ...NO_LIMIT, repliesPerRequesterPerDay: 1 } });
      await mirror.sync(first);
      await replied(first, 3);
      expect(braked(await plan(second))).toBe(false);
    });
  });

  describe('H7 office hours', () => {
    const NIGHTLY = { days: ['monday' as const], start: '09:00', end: '17:00' };
    const hours = (outside: 'answer' | 'handoff') => ({ timezone: 'UTC', outside, shifts: [NIGHTLY], holidays: [] });
    /** A Tuesday, on which this office is closed. */
    const onTuesday = (): void => {
      while (new Date(mirror.clock.ms).getUTCDay() !== 2) mirror.later(HOUR_MS);
    };
    afterEach(() => mirror.set({ handoff: { officeHours: null } }));

    test('H7 outside: handoff sends what waits to people, in autopilot', async () => {
      onTuesday();
      await mirror.set({ handoff: { officeHours: hours('handoff') } });
      expect((await plan(await ask())).planned).toEqual({
        verdict: 'handoff',
        reasons: ['outside_office_hours'],
        articleId: null,
        confidence: null,
      });
      while (new Date(mirror.clock.ms).getUTCDay() !== 1 || new Date(mirror.clock.ms).getUTCHours() !== 10)
        mirror.later(HOUR_MS);
      expect((await plan(await ask())).planned.reasons).not.toContain('outside_office_hours');
    });

    test('H7 a draft is there when people come in: assist goes on', async () => {
      onTuesday();
      await mirror.set({ handoff: { officeHours: hours('handoff') } });
      expect((await plan(await ask(), 'assist')).planned.reasons).not.toContain('outside_office_hours');
    });

    test('H7 outside: answer, the default of an office, keeps answering; the note of a handoff says when it opens', async () => {
      onTuesday();
      await mirror.set({ handoff: { officeHours: hours('answer') } });
      const ticketId = await ask();
      const { planned, turn } = await plan(ticketId);
      expect(planned.reasons).not.toContain('outside_office_hours');
      const { handOff } = createHandoffActivities(mirror.deps);
      const request = { connectionId: 'default', ticketId, turnId: turn?.id ?? null, throughSeq: 0 };
      await handOff({ ...request, reasons: planned.reasons });
      const [note] = mirror.account.thread(ticketId);
      expect(note?.body).toMatch(/The office opens on Monday, \d+ \w+ 2026 at 09:00 \(UTC\)\./);
    });

    test('H7 while the office is open the note says nothing of it', async () => {
      while (new Date(mirror.clock.ms).getUTCDay() !== 1 || new Date(mirror.clock.ms).getUTCHours() !== 10)
        mirror.later(HOUR_MS);
      await mirror.set({ handoff: { officeHours: hours('handoff') } });
      const ticketId = await ask();
      const { handOff } = createHandoffActivities(mirror.deps);
      const request = { connectionId: 'default', ticketId, turnId: null, throughSeq: 0 };
      await handOff({ ...request, reasons: ['low_confidence'] });
      expect(mirror.account.thread(ticketId)[0]?.body).not.toContain('office');
    });
  });

  describe('I7 a new episode', () => {
    const RETURNED = 'Can I return it';
    /** Asked, answered and closed; then the customer asks again. */
    async function asksAgain(): Promise<number> {
      const ticketId = await ask();
      const ai = mirror.account.aiAgent.id;
      mirror.account.agentReplies(ticketId, { agentId: ai, text: 'It is on its way' });
      mirror.account.agentNotes(ticketId, { agentId: ai, text: 'A note of the first episode' });
      await mirror.sync(ticketId);
      await mirror.db.session.updateMany({ where: { ticketId: BigInt(ticketId) }, data: { coveredThrough: 0n } });
      mirror.later(60 * SECOND_MS);
      mirror.account.setStatus(ticketId, 4);
      await mirror.sync(ticketId);
      mirror.later(60 * SECOND_MS);
      mirror.account.customerReplies(ticketId, { text: RETURNED });
      return ticketId;
    }

    test('I7 earlier episodes reach the engine as a summary only', async () => {
      await plan(await asksAgain());
      expect(asked).toHaveLength(1);
      expect(asked[0]?.thread.map(({ text, waiting }) => [text, waiting])).toEqual([[RETURNED, true]]);
      expect(asked[0]?.earlier).toBe(
        'Earlier conversation of 2 messages.\nCustomer: Where is my parcel\nAI: It is on its way',
      );
    });

    test('I7 the first episode has nothing earlier, and its thread is whole', async () => {
      const ticketId = await ask();
      mirror.account.agentReplies(ticketId, { agentId: mirror.account.aiAgent.id, text: 'It is on its way' });
      mirror.account.customerReplies(ticketId, { text: RETURNED });
      await plan(ticketId);
      expect(asked[0]?.thread.map(({ text }) => text)).toEqual(['Where is my parcel', 'It is on its way', RETURNED]);
      expect(asked[0]).not.toHaveProperty('earlier');
    });

    test('I7 H2 the people who take over get the summary of the whole conversation', async () => {
      const { turn } = await plan(await asksAgain());
      expect(turn?.summary).toContain(RETURNED);
      expect(turn?.summary).toContain('Where is my parcel');
      expect(turn?.summary).not.toContain('A note of the first episode');
    });

    test('I7 E4 what is given back to be answered is part of the episode, though it was written before', async () => {
      await mirror.set({ intake: { onReassign: 'waiting' } });
      const ticketId = await ask();
      const [grace] = mirror.account.humans;
      mirror.account.agentReplies(ticketId, { agentId: grace?.id, text: 'It is on its way' });
      mirror.account.assign(ticketId, grace?.id ?? null);
      await mirror.sync(ticketId);
      mirror.account.customerReplies(ticketId, { text: RETURNED });
      await mirror.sync(ticketId);
      mirror.account.assign(ticketId, mirror.account.aiAgent.id);
      await plan(ticketId);
      expect(asked[0]?.thread.map(({ text, waiting }) => [text, waiting])).toEqual([[RETURNED, true]]);
      expect(asked[0]?.earlier).toContain('Agent: It is on its way');
    });
  });
});
