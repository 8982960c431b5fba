import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHandoffActivities } from '../../../src/activities/handoff.ts';
import { createReplyActivities } from '../../../src/activities/reply.ts';
import { decide } from '../../../src/domain/engagement.ts';
import { DEFAULT_SETTINGS, type SettingsPatch } from '../../../src/domain/settings.ts';
import { HOUR_MS, openMirror, type Mirror } from '../../../testbed/activities.ts';

const MIA = 'mia@customer.example';
const BOB = 'bob@partner.example';
const EVE = 'eve@elsewhere.example';
const { limits } = DEFAULT_SETTINGS;

describe('who is written to, from where, and how often', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror();
  });
  beforeEach(async () => {
    mirror.simulator.faults.clear();
    mirror.logLines.length = 0;
    mirror.later(25 * HOUR_MS); // what earlier tests have sent is long ago
    await mirror.set(SETTINGS);
  });
  afterAll(() => mirror.close());

  const SETTINGS: SettingsPatch = {
    reply: { cc: 'keep' },
    blocklist: { emails: [], domains: [] },
    limits,
    channels: { email: { mode: 'autopilot', handoffMessage: null }, web: { mode: 'autopilot' } },
  };
  const ask = (ticket: Parameters<Mirror['account']['customerCreatesTicket']>[0] = {}): number =>
    mirror.account.customerCreatesTicket({ email: MIA, subject: 'A question', text: 'Where is it', ...ticket }).id;
  const decision = async (ticketId: number) => decide(await mirror.sync(ticketId));

  /** Plans by hand what would be said, up to the newest message that waits. */
  async function planned(ticketId: number, mode: 'autopilot' | 'assist' = 'autopilot'): Promise<string> {
    const { waiting } = await mirror.sync(ticketId);
    const session = await mirror.session(ticketId);
    const id = randomUUID();
    await mirror.deps.turns.record(
      {
        id,
        sessionId: session?.id ?? '',
        episode: session?.episode ?? 1,
        throughSeq: waiting?.newestSeq ?? 0,
        rule: 'E6',
        mode,
        verdict: 'answer',
        confidence: 0.9,
        topic: null,
        reasons: [],
        sources: [],
        summary: null,
        sentiment: null,
        language: null,
        engine: 'test',
        model: null,
        tokens: null,
        ms: 0,
      },
      '<p>It is on its way.</p>',
    );
    return id;
  }
  async function reply(ticketId: number) {
    const { deliverReply } = createReplyActivities(mirror.deps);
    const turnId = await planned(ticketId);
    const delivery = await deliverReply({ connectionId: 'default', ticketId, turnId, final: false });
    return { delivery, turn: await mirror.deps.turns.find(turnId) };
  }
  const posted = (ticketId: number) =>
    mirror.account
      .thread(ticketId)
      .filter(({ userId, private: hidden }) => userId === mirror.account.aiAgent.id && !hidden);
  const tries = (ticketId: number): number =>
    mirror.simulator.requests.find({ method: 'POST', path: `/tickets/${ticketId}/reply` }).length;

  describe('E10 somebody other than the requester', () => {
    test('E10 the requester’s own messages are answered in public', async () => {
      const ticketId = ask();
      mirror.account.customerReplies(ticketId, { text: 'Hello?' });
      expect(await decision(ticketId)).toMatchObject({ kind: 'answer', mode: 'autopilot', rule: 'E6' });
    });

    test.each([
      ['in copy', { cc: [BOB] }],
      ['unknown to the ticket', {}],
    ])('E10 a message by somebody %s is drafted for, never answered in public', async (_who, ticket) => {
      const ticketId = ask(ticket);
      mirror.account.customerReplies(ticketId, { text: 'And what about mine', from: { email: BOB } });
      expect(await decision(ticketId)).toMatchObject({ kind: 'answer', mode: 'assist', rule: 'E10' });
    });

    test('E10 also where the requester has written after it, until it has been dealt with', async () => {
      const ticketId = ask();
      mirror.account.customerReplies(ticketId, { text: 'Mine too', from: { email: BOB } });
      mirror.account.customerReplies(ticketId, { text: 'Any news' });
      expect(await decision(ticketId)).toMatchObject({ mode: 'assist', rule: 'E10' });
      await mirror.db.session.updateMany({
        where: { ticketId: BigInt(ticketId) },
        data: { coveredThrough: (await mirror.rows(ticketId)).at(-1)?.seq ?? 0n },
      });
      mirror.account.customerReplies(ticketId, { text: 'One more thing' });
      expect(await decision(ticketId)).toMatchObject({ mode: 'autopilot', rule: 'E6' });
    });

    test('E10 a reply that was planned before somebody else wrote is not posted', async () => {
      const ticketId = ask();
      const turnId = await planned(ticketId);
      mirror.account.customerReplies(ticketId, { text: 'Mine too', from: { email: BOB } });
      const { deliverReply } = createReplyActivities(mirror.deps);
      const delivery = await deliverReply({ connectionId: 'default', ticketId, turnId, final: true });
      expect(delivery).toEqual({ outcome: 'superseded' });
      expect(posted(ticketId)).toEqual([]);
    });

    test('E10 who has been made the requester since is the requester', async () => {
      const ticketId = ask();
      mirror.account.customerReplies(ticketId, { text: 'Mine too', from: { email: BOB } });
      const bob = [...mirror.account.state.contacts.values()].find(({ email }) => email === BOB);
      Object.assign(mirror.account.state.tickets.get(ticketId) ?? {}, { requesterId: bob?.id });
      expect(await decision(ticketId)).toMatchObject({ mode: 'autopilot', rule: 'E6' });
    });

    test('E10 H9 a handoff of it says nothing in public', async () => {
      await mirror.set({ channels: { email: { handoffMessage: 'A colleague takes over.' } } });
      const { handOff } = createHandoffActivities(mirror.deps);
      const handOver = async (ticketId: number) => {
        const { waiting } = await mirror.sync(ticketId);
        const throughSeq = waiting?.newestSeq ?? 0;
        await handOff({ connectionId: 'default', ticketId, turnId: null, reasons: ['low_confidence'], throughSeq });
      };
      const [own, others] = [ask(), ask()];
      mirror.account.customerReplies(others, { text: 'Mine too', from: { email: BOB } });
      await handOver(own);
      await handOver(others);
      expect(posted(own)).toHaveLength(1);
      expect(posted(others)).toEqual([]);
    });
  });

  describe('E11 the brakes hold at the post, too', () => {
    const NO_LIMIT = {
      repliesPerTicketPerHour: 1_000,
      repliesPerTicketPerDay: 1_000,
      repliesPerRequesterPerDay: 1_000,
      repliesPerConnectionPerHour: 1_000,
    };

    test('E11 of tickets planned at the same moment as many are answered as the limit allows, the rest go to people', async () => {
      await mirror.set({ limits: { ...NO_LIMIT, repliesPerConnectionPerHour: 2 } });
      const ticketIds = Array.from({ length: 5 }, (_, n) => ask({ email: `customer-${n}@customer.example` }));
      const { deliverReply } = createReplyActivities(mirror.deps);
      const plans: string[] = [];
      for (const ticketId of ticketIds) plans.push(await planned(ticketId));
      const deliveries = await Promise.all(
        ticketIds.map((ticketId, n) =>
          deliverReply({ connectionId: 'default', ticketId, turnId: plans[n] ?? '', final: false }),
        ),
      );
      const outcomes = deliveries.map(({ outcome }) => outcome).toSorted();
      expect(outcomes).toEqual(['braked', 'braked', 'braked', 'sent', 'sent']);
      expect(ticketIds.flatMap(posted)).toHaveLength(2);
      expect(mirror.logLines.filter(({ limit }) => limit === 'repliesPerConnectionPerHour')).toHaveLength(3);
    });

    test('E11 a reply whose answer is lost counts until it is known', async () => {
      await mirror.set({ limits: { ...NO_LIMIT, repliesPerRequesterPerDay: 1 } });
      const [lost, next] = [ask(), ask()];
      mirror.simulator.faults.add({ kind: 'lose_response', match: { method: 'POST', ticketId: lost } });
      await expect(reply(lost)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
      expect((await reply(next)).delivery).toEqual({ outcome: 'braked' });
      expect(posted(next)).toEqual([]);
    });

    test('E11 a reply is not its own obstacle when it is tried again', async () => {
      await mirror.set({ limits: { ...NO_LIMIT, repliesPerTicketPerHour: 1 } });
      const ticketId = ask();
      mirror.simulator.faults.add({ kind: 'lose_request', match: { method: 'POST', ticketId } });
      await expect(reply(ticketId)).rejects.toMatchObject({ type: 'OutcomeUnknown' });
      mirror.later(120_000);
      expect((await reply(ticketId)).delivery).toMatchObject({ outcome: 'sent' });
    });

    test('E11 drafts are not braked', async () => {
      await mirror.set({
        limits: { ...NO_LIMIT, repliesPerTicketPerHour: 0 },
        channels: { email: { mode: 'assist' } },
      });
      const ticketId = ask();
      const turnId = await planned(ticketId, 'assist');
      const { deliverDraft } = createReplyActivities(mirror.deps);
      const delivery = await deliverDraft({ connectionId: 'default', ticketId, turnId, final: false });
      expect(delivery).toMatchObject({ outcome: 'sent' });
    });
  });

  describe('A8 from where, and to whom', () => {
    test('A8 a reply leaves from the address the ticket came to', async () => {
      const [billing, support] = [ask({ to: 'billing@acme.example' }), ask()];
      await reply(billing);
      await reply(support);
      expect(posted(billing)[0]?.fromEmail).toContain('<billing@acme.example>');
      expect(posted(support)[0]?.fromEmail).toContain('<support@acme.freshdesk.com>');
    });

    test('A8 a mailbox that forwards is answered from the address customers know', async () => {
      const mailbox = mirror.account.state.emailConfigs.find(({ email }) => email === 'billing@acme.example');
      if (mailbox === undefined) throw new Error('the account has no such mailbox');
      mailbox.toEmail = 'acmebilling@acme.freshdesk.com';
      try {
        const { agent, statuses, supportEmails } = (await mirror.deps.account('default')).connection;
        const mailboxes = [{ id: mailbox.id, toEmail: mailbox.toEmail, replyEmail: mailbox.email }];
        await mirror.connections.refresh('default', { agent, statuses, supportEmails, mailboxes });
        const [byId, byAddress] = [ask({ to: mailbox.toEmail }), ask({ to: mailbox.toEmail })];
        Object.assign(mirror.account.state.tickets.get(byAddress) ?? {}, { emailConfigId: null });
        for (const ticketId of [byId, byAddress]) {
          expect(mirror.account.state.tickets.get(ticketId)?.supportEmail).toBe(mailbox.toEmail);
          await reply(ticketId);
          expect(posted(ticketId)[0]?.fromEmail).toContain('<billing@acme.example>');
          expect(tries(ticketId)).toBe(1);
        }
      } finally {
        mailbox.toEmail = mailbox.email;
      }
    });

    test('A8 a ticket that came to no address is answered from the account’s own', async () => {
      const ticketId = ask({ source: 2 });
      const refused = mirror.simulator.faults.add({ kind: 'refuse_field', field: 'from_email', times: null });
      await reply(ticketId);
      expect(posted(ticketId)).toHaveLength(1);
      expect(refused.hits).toBe(0);
    });

    test('A8 who is in copy stays in copy: of the newest mail, each once, and not whom it goes to anyway', async () => {
      const ticketId = ask({ cc: [EVE] });
      await reply(ticketId);
      expect(posted(ticketId)[0]?.ccEmails).toEqual([EVE]);
      mirror.account.customerReplies(ticketId, { text: 'And now?', cc: [`Bob <${BOB}>`, BOB.toUpperCase(), MIA] });
      await reply(ticketId);
      expect(posted(ticketId)[1]?.ccEmails).toEqual([BOB]);
    });

    test('A8 neither we ourselves nor whom the blocklist names get a copy', async () => {
      await mirror.set({ blocklist: { emails: [EVE], domains: [] } });
      const ticketId = ask({ cc: ['billing@acme.example', mirror.account.aiAgent.email, EVE, BOB] });
      await reply(ticketId);
      expect(posted(ticketId)[0]?.ccEmails).toEqual([BOB]);
    });

    test('A8 reply.cc none: the requester alone', async () => {
      await mirror.set({ reply: { cc: 'none' } });
      const ticketId = ask({ cc: [BOB] });
      await reply(ticketId);
      expect(posted(ticketId)[0]?.ccEmails).toEqual([]);
      expect(posted(ticketId)[0]?.toEmails).toEqual([MIA]);
    });

    test('A8 A6 a refused sender does not keep the reply back: it leaves without, once, with its copies', async () => {
      const ticketId = ask({ cc: [BOB] });
      Object.assign(mirror.account.state.tickets.get(ticketId) ?? {}, { supportEmail: 'old@acme.example' });
      const { delivery } = await reply(ticketId);
      expect(delivery).toMatchObject({ outcome: 'sent' });
      expect(posted(ticketId)).toHaveLength(1);
      expect(posted(ticketId)[0]).toMatchObject({
        ccEmails: [BOB],
        fromEmail: expect.stringContaining('<support@acme'),
      });
      expect(tries(ticketId)).toBe(2);
      expect(mirror.logLines).toMatchObject([
        { level: 40, refused: [{ field: 'from_email' }] },
        { level: 30, msg: 'replied in public' },
      ]);
      expect(JSON.stringify(mirror.logLines)).not.toContain('acme.example');
    });

    test('A8 A6 refused copies do not keep the reply back either', async () => {
      const ticketId = ask({ cc: ['half@address', BOB] });
      expect((await reply(ticketId)).delivery).toMatchObject({ outcome: 'sent' });
      expect(posted(ticketId)).toHaveLength(1);
      expect(posted(ticketId)[0]?.ccEmails).toEqual([]);
    });

    test('A6 what is refused for another reason is refused once, and for good', async () => {
      const ticketId = ask();
      mirror.simulator.faults.add({ kind: 'refuse_field', field: 'body', times: null, match: { ticketId } });
      await expect(reply(ticketId)).rejects.toMatchObject({ type: 'Rejected', nonRetryable: true });
      expect(tries(ticketId)).toBe(1);
    });
  });
});
