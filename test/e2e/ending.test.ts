import '../../testbed/quiet.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openDesk, RETURNS_QUESTION, UNKNOWN_QUESTION, type Desk } from '../../testbed/desk.ts';

jest.setTimeout(120_000);
const SHIPPING_QUESTION = 'How many working days does standard shipping take?';
/** About a second and a half: Freshdesk's clock tells whole seconds. */
const SOON_HOURS = 1.5 / 3_600;

describe('how a conversation ends', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(async () => {
    await desk.reset();
    await desk.set({ autoResolve: true, channels: { email: { autoResolveAfterHours: 72, handoffMessage: null } } });
  });
  afterAll(() => desk.close());

  const answered = async (ticketId: number, times = 1): Promise<void> => {
    await desk.until(`ticket ${ticketId} has ${times} replies`, () => desk.aiReplies(ticketId).length >= times);
    await desk.quiet(ticketId);
  };
  const status = async (ticketId: number, wanted: string): Promise<void> => {
    await desk.until(`ticket ${ticketId} is ${wanted}`, async () => (await desk.session(ticketId))?.status === wanted);
    await desk.quiet(ticketId);
  };
  const soon = () => desk.set({ channels: { email: { autoResolveAfterHours: SOON_HOURS } } });

  test('R1 a reply nobody answers is assumed to have solved it: note, then Resolved, and the run ends', async () => {
    await soon();
    const ticketId = desk.customerAsks();
    await status(ticketId, 'closed_resolved');
    expect(await desk.session(ticketId)).toMatchObject({ closure: 'assumed_resolved', closedBy: 'ai' });
    expect(desk.ticket(ticketId).status).toBe(4);
    expect(desk.aiNotes(ticketId)).toHaveLength(1);
    expect(desk.aiNotes(ticketId)[0]?.body).toContain('has not written again');
    expect((await desk.handle(ticketId).describe()).status.name).toBe('COMPLETED');
  });

  test('R2 a person who takes the ticket while the timer runs keeps it: no note, no status', async () => {
    await soon();
    const ticketId = desk.customerAsks();
    await desk.until('the AI has it', () => desk.ticket(ticketId).responderId === desk.account.aiAgent.id);
    desk.account.assign(ticketId, desk.account.humans[0]?.id ?? null);
    await status(ticketId, 'handed_off');
    expect(desk.ticket(ticketId).status).toBe(2);
    expect(desk.aiNotes(ticketId)).toHaveLength(0);
  });

  test('R2 a person who takes the ticket between the note and the update keeps it', async () => {
    await soon();
    let ticketId = 0;
    desk.simulator.faults.onRequest(
      { match: { method: 'POST', path: '/tickets/:id/notes' }, at: 'after_apply' },
      () => {
        desk.account.assign(ticketId, desk.account.humans[0]?.id ?? null);
      },
    );
    ticketId = desk.customerAsks();
    await status(ticketId, 'handed_off');
    expect(desk.ticket(ticketId).status).toBe(2);
  });

  test('R2 a ticket that nobody has any more is closed on our side only', async () => {
    await soon();
    await desk.set({ intake: { autoHandleAll: true } });
    const ticketId = desk.customerAsks();
    await desk.until('the AI has it', () => desk.ticket(ticketId).responderId === desk.account.aiAgent.id);
    desk.account.assign(ticketId, null);
    await status(ticketId, 'closed_resolved');
    await desk.hint(ticketId);
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'closed_resolved', closure: 'assumed_resolved' });
    expect(desk.ticket(ticketId).status).toBe(2);
    expect(desk.aiNotes(ticketId)).toHaveLength(0);
    expect((await desk.handle(ticketId).describe()).status.name).toBe('COMPLETED');
    await desk.set({ channels: { email: { autoResolveAfterHours: 72 } } });
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await answered(ticketId, 2);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open' });
  });

  test.each(['answered', 'lost'] as const)(
    'R2 S2 what a customer writes while the ticket is being resolved is answered (the update’s answer: %s)',
    async (update) => {
      await soon();
      let ticketId = 0;
      const { faults } = desk.simulator;
      faults.onRequest({ match: { method: 'POST', path: '/tickets/:id/notes' }, at: 'after_apply' }, async () => {
        await desk.set({ channels: { email: { autoResolveAfterHours: 72 } } });
        desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
      });
      // Freshdesk dates the closing a second after the message.
      const put = { method: 'PUT', path: '/tickets/:id', nth: 2 };
      faults.onRequest({ match: put, at: 'before_apply' }, async () => {
        const second = Math.floor(Date.now() / 1_000);
        await desk.until('the next second', () => Math.floor(Date.now() / 1_000) > second);
      });
      if (update === 'lost') faults.add({ kind: 'lose_response', match: put });
      ticketId = desk.customerAsks();
      await answered(ticketId, 2);
      expect(desk.simulator.requests.find({ method: 'PUT', ticketId }).length).toBeGreaterThanOrEqual(2);
      expect(await desk.session(ticketId)).toMatchObject({ status: 'open' });
      expect(desk.aiReplies(ticketId)).toHaveLength(2);
    },
  );

  test('R2 a refused resolution leaves the ticket open and names the field, once', async () => {
    await soon();
    desk.simulator.faults.add({
      kind: 'refuse_field',
      field: 'status',
      match: { method: 'PUT', path: '/tickets/:id' },
      times: null,
    });
    const ticketId = desk.customerAsks();
    await desk.until(
      'the refusal is recorded',
      async () => (await desk.session(ticketId))?.turns.some((turn) => turn.outcome === 'resolve_refused') === true,
    );
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open' });
    expect(desk.ticket(ticketId).status).toBe(2);
    expect(desk.simulator.requests.find({ method: 'PUT', status: 400, ticketId })).toHaveLength(1);
  });

  test('R3 thanks end the conversation at once, without a reply', async () => {
    const ticketId = desk.customerAsks();
    await answered(ticketId);
    desk.account.customerReplies(ticketId, { text: 'Thank you, that worked!' });
    await status(ticketId, 'closed_resolved');
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    expect(desk.ticket(ticketId).status).toBe(4);
    expect(await desk.session(ticketId)).toMatchObject({ closure: 'resolved', closedBy: 'ai' });
  });

  test.each([true, false])(
    'R3 thanks on what the AI resolved resolve it again without a second note (reopening rule on: %s)',
    async (on) => {
      desk.account.setReopening({ on });
      await soon();
      const ticketId = desk.customerAsks();
      await status(ticketId, 'closed_resolved');
      desk.account.customerReplies(ticketId, { text: 'Thanks a lot!' });
      await desk.until('the thanks are mirrored', async () => (await desk.messages(ticketId)).length >= 4);
      await status(ticketId, 'closed_resolved');
      desk.account.setReopening({ on: true });
      expect(desk.aiNotes(ticketId)).toHaveLength(1);
      expect(desk.aiReplies(ticketId)).toHaveLength(1);
      expect(desk.ticket(ticketId).status).toBe(4);
    },
  );

  test.each([true, false])('S2 a question on what the AI resolved is answered (reopening rule on: %s)', async (on) => {
    desk.account.setReopening({ on });
    await soon();
    const ticketId = desk.customerAsks();
    await status(ticketId, 'closed_resolved');
    await desk.set({ channels: { email: { autoResolveAfterHours: 72 } } });
    desk.account.customerReplies(ticketId, { text: SHIPPING_QUESTION });
    await answered(ticketId, 2);
    desk.account.setReopening({ on: true });
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open', owner: 'ai' });
    expect(desk.ticket(ticketId).status).toBe(2);
  });

  test('R1 a ticket that a person reopens is not resolved again until the AI has replied', async () => {
    await soon();
    const ticketId = desk.customerAsks();
    await status(ticketId, 'closed_resolved');
    desk.account.setStatus(ticketId, 2);
    await status(ticketId, 'open');
    await desk.hint(ticketId);
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open' });
    expect(desk.ticket(ticketId).status).toBe(2);
  });

  test('R4 in assist nothing is resolved', async () => {
    await soon();
    const ticketId = desk.customerAsks();
    await desk.until('the reply is there', () => desk.aiReplies(ticketId).length > 0);
    await desk.set({ channels: { email: { mode: 'assist' } } });
    await desk.quiet(ticketId);
    await desk.hint(ticketId);
    await desk.quiet(ticketId);
    expect(desk.ticket(ticketId).status).toBe(2);
  });

  test('R1 H9 the message that a person takes over is no answer: given back to the AI, the ticket is not resolved for it', async () => {
    await desk.set({ channels: { email: { handoffMessage: 'A colleague will get back to you.' } } });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await status(ticketId, 'handed_off');
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
    const toldMs = Date.parse(desk.aiReplies(ticketId)[0]?.createdAt ?? '');
    await soon();
    await desk.until('the time to resolve has come', () => Date.now() > toldMs + 2_500);
    desk.account.assign(ticketId, desk.account.aiAgent.id);
    await status(ticketId, 'open');
    await desk.hint(ticketId);
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open', owner: 'ai' });
    expect(desk.ticket(ticketId).status).toBe(2);
  });

  /** A ticket that goes to spam once it is mirrored, and before its reply; given back when its session is closed. */
  async function spamOnceMirrored(then: (ticketId: number) => unknown = () => undefined): Promise<number> {
    const ticketId = desk.account.state.lastTicketId + 1;
    const read = { match: { method: 'GET', path: `/tickets/${ticketId}/conversations` }, at: 'after_apply' } as const;
    desk.simulator.faults.onRequest(read, () => {
      desk.account.markSpam(ticketId);
      then(ticketId);
    });
    desk.customerAsks();
    await status(ticketId, 'closed_unresolved');
    return ticketId;
  }

  test.each([404, 405])(
    'S3 A6 a thread that Freshdesk does not show of spam any more (%d) ends the session',
    async (code) => {
      const ticketId = await spamOnceMirrored((id) =>
        desk.simulator.faults.add({
          kind: 'status',
          status: code,
          match: { method: 'GET', path: '/tickets/:id/conversations', ticketId: id },
          times: null,
        }),
      );
      expect(await desk.session(ticketId)).toMatchObject({ closure: 'spam' });
      expect((await desk.handle(ticketId).describe()).status.name).toBe('COMPLETED');
    },
  );

  test('S3 spam ends the session and writes nothing; restored, what waits is answered', async () => {
    const ticketId = await spamOnceMirrored();
    expect(desk.simulator.requests.find({ ticketId }).filter((request) => request.method !== 'GET')).toEqual([]);
    desk.account.restore(ticketId);
    await desk.hint(ticketId, 'reconcile');
    await answered(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open' });
  });
});

describe('handing over', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk();
  });
  beforeEach(() => desk.reset());
  afterAll(() => desk.close());

  const handedOff = async (ticketId: number): Promise<void> => {
    await desk.until('it is handed off', async () => (await desk.session(ticketId))?.status === 'handed_off');
    await desk.quiet(ticketId);
  };

  test('H3 routed to a group: the group gets it, nobody is assigned', async () => {
    const group = desk.account.group('Billing');
    await desk.set({ handoff: { routing: { kind: 'group', groupId: group.id } } });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await handedOff(ticketId);
    expect(desk.ticket(ticketId)).toMatchObject({ status: 2, groupId: group.id, responderId: null });
  });

  test('H3 routed to an agent: that person gets it, the group stays', async () => {
    const [grace] = desk.account.humans;
    const group = desk.account.group('Billing');
    await desk.set({ handoff: { routing: { kind: 'agent', agentId: grace?.id ?? 0 } } });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION, { groupId: group.id });
    await handedOff(ticketId);
    expect(desk.ticket(ticketId)).toMatchObject({ status: 2, groupId: group.id, responderId: grace?.id });
    expect(await desk.session(ticketId)).toMatchObject({ owner: 'human' });
  });

  test('H4 an invalid group falls back to unassign and marker, and giving it back clears the marker (H5)', async () => {
    await desk.set({ handoff: { routing: { kind: 'group', groupId: 999 } } });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await handedOff(ticketId);
    expect(desk.ticket(ticketId)).toMatchObject({ responderId: null, customFields: { cf_opencx_handed_off: true } });
    expect((await desk.session(ticketId))?.handoffs[0]?.routing).toMatchObject({ step: 'unassigned_with_marker' });

    desk.account.assign(ticketId, desk.account.aiAgent.id);
    await desk.until(
      'the marker is cleared',
      () => desk.ticket(ticketId).customFields['cf_opencx_handed_off'] === false,
    );
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open' });
  });

  test('H4 without a marker field the tag says it, and with everything refused the AI still lets go', async () => {
    await desk.set({ handoff: { routing: { kind: 'group', groupId: 999 } } });
    desk.simulator.faults.add({
      kind: 'refuse_field',
      field: 'cf_opencx_handed_off',
      match: { method: 'PUT' },
      times: null,
    });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await handedOff(ticketId);
    expect(desk.ticket(ticketId).tags).toContain('opencx_handed_off');
    expect(desk.ticket(ticketId).responderId).toBeNull();

    desk.simulator.faults.add({ kind: 'refuse_field', field: 'status', match: { method: 'PUT' }, times: null });
    const other = desk.customerAsks(UNKNOWN_QUESTION, { responderId: desk.account.aiAgent.id });
    await handedOff(other);
    expect(desk.ticket(other).responderId).toBeNull();
  });

  test('H4 a handoff that Freshdesk refuses altogether needs a person at once, and is done when Freshdesk lets go', async () => {
    desk.simulator.faults.add({
      kind: 'status',
      status: 400,
      body: { errors: [{ field: 'cf_order', message: 'It should not be blank', code: 'missing_field' }] },
      match: { method: 'PUT', path: '/tickets/:id' },
      times: null,
    });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION, { responderId: desk.account.aiAgent.id });
    const items = async () =>
      (await desk.api<{ items: { ticketId: number; kind: string; what: string }[] }>('/attention')).items.filter(
        (item) => item.ticketId === ticketId,
      );
    await desk.until('it needs a person', async () => (await items()).length > 0);
    expect(await items()).toMatchObject([{ kind: 'refused_handoff', what: expect.stringContaining('cf_order') }]);
    desk.simulator.faults.clear();
    await handedOff(ticketId);
    expect(desk.ticket(ticketId).responderId).toBeNull();
    expect(await items()).toEqual([]);
  });

  test('H3 a lost answer to the routing leaves a ticket alone that a person took before the retry', async () => {
    const [grace] = desk.account.humans;
    let ticketId = 0;
    desk.simulator.faults.onRequest({ match: { method: 'PUT', path: '/tickets/:id' }, at: 'after_apply' }, () => {
      desk.account.assign(ticketId, grace?.id ?? null);
    });
    desk.simulator.faults.add({ kind: 'lose_response', match: { method: 'PUT', path: '/tickets/:id' } });
    ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await handedOff(ticketId);
    expect(desk.ticket(ticketId).responderId).toBe(grace?.id);
  });

  test('H8 in assist a handoff leaves a note, the ticket and the session stay, and the next message is looked at', async () => {
    await desk.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await desk.until('the note is there', () => desk.aiNotes(ticketId).length > 0);
    await desk.quiet(ticketId);
    expect(await desk.session(ticketId)).toMatchObject({ status: 'open' });
    expect(desk.simulator.requests.find({ method: 'PUT', ticketId })).toEqual([]);
    desk.account.customerReplies(ticketId, { text: RETURNS_QUESTION });
    await desk.until('the draft is there', () => desk.aiNotes(ticketId).length > 1);
    await desk.quiet(ticketId);
    expect(desk.aiNotes(ticketId)[1]?.body).toContain('30 days');
  });

  test('H9 the customer is told once that a person takes over, where the channel says so', async () => {
    await desk.set({ channels: { email: { handoffMessage: 'A colleague will get back to you.' } } });
    desk.simulator.faults.add({ kind: 'lose_response', match: { method: 'POST', path: '/tickets/:id/reply' } });
    const ticketId = desk.customerAsks(UNKNOWN_QUESTION);
    await handedOff(ticketId);
    expect(desk.aiReplies(ticketId).map((reply) => reply.body)).toEqual([
      expect.stringContaining('A colleague will get back to you.'),
    ]);
    await desk.set({ channels: { email: { handoffMessage: null } } });
  });

  test('E5 A3 an automatic assignment before the first reply does not silence the AI, which takes the ticket and gives it back at a handoff', async () => {
    const returns = desk.account.group('Returns');
    await desk.set({ channels: { email: { firstReplyDelaySeconds: 4 } } });
    const ticketId = desk.customerAsks(RETURNS_QUESTION, { groupId: returns.id });
    await desk.until('round robin has assigned it', () => desk.ticket(ticketId).responderId !== null);
    const person = desk.ticket(ticketId).responderId;
    expect(person).not.toBe(desk.account.aiAgent.id);
    await desk.until('the reply is there', () => desk.aiReplies(ticketId).length > 0);
    await desk.quiet(ticketId);
    expect(desk.ticket(ticketId).responderId).toBe(desk.account.aiAgent.id);

    desk.account.customerReplies(ticketId, { text: 'I want to talk to a human.' });
    await handedOff(ticketId);
    expect(desk.ticket(ticketId).responderId).toBe(person);
  });

  test('E12 paused: nothing is written, the mirror goes on, and resuming answers what waited', async () => {
    await desk.set({ paused: true });
    const ticketId = desk.customerAsks();
    await desk.until('it is mirrored', async () => (await desk.messages(ticketId)).length === 1);
    await desk.quiet(ticketId);
    expect(desk.simulator.requests.find({ ticketId }).filter((request) => request.method !== 'GET')).toEqual([]);
    await desk.set({ paused: false });
    await desk.until('the reply is there', () => desk.aiReplies(ticketId).length > 0);
    await desk.quiet(ticketId);
    expect(desk.aiReplies(ticketId)).toHaveLength(1);
  });
});
