import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHandoffActivities } from '../../../src/activities/handoff.ts';
import { createInferenceActivities } from '../../../src/activities/inference.ts';
import { createReplyActivities } from '../../../src/activities/reply.ts';
import { createAudit } from '../../../src/db/audit.ts';
import { createModelCalls } from '../../../src/db/turns/model-calls.ts';
import { createLooks } from '../../../src/db/conversations/looks.ts';
import { createRemoval } from '../../../src/db/conversations/removal.ts';
import { createSessionReads } from '../../../src/db/reads/session-reads.ts';
import { createTicketTraces } from '../../../src/db/reads/ticket-traces.ts';
import { isBehind } from '../../../src/domain/backfill.ts';
import { clearClosed } from '../../../src/loops/retention.ts';
import { HOUR_MS, openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { planWords, saying, takeTurn } from '../../../testbed/turns.ts';

const CALL_ID = '0198a3c2-7b1e-7000-8000-00000000cccc';
const DAY_MS = 24 * HOUR_MS;
let mirror: Mirror;
let people = 0;
beforeAll(async () => {
  mirror = await openMirror();
  await mirror.connect('other');
});
beforeEach(async () => {
  mirror.simulator.faults.clear();
  await mirror.set({ channels: { email: { mode: 'assist' } }, retention: { closedSessionsDays: null } });
});
afterAll(() => mirror.close());

const removal = () => createRemoval(mirror.db, { now: () => new Date(mirror.clock.ms) });
const erase = (who: string, options: { dryRun?: boolean } = {}) => removal().eraseContact('default', who, options);
const newEmail = () => `person-${(people += 1)}@customer.example`;

/** A ticket with everything on it that we keep of a person: thread, file, draft, turn, handoff. */
async function story(email: string, words = 'pineapple'): Promise<number> {
  const ticketId = mirror.account.customerCreatesTicket({
    email,
    name: `Mx ${words}`,
    subject: `About my ${words}`,
    text: `Where is my ${words}?`,
    files: [{ name: `${words}.txt`, text: 'a list' }],
    tags: [`${words}-fans`],
  }).id;
  mirror.later(SECOND_MS);
  await takeTurn(mirror, ticketId, 'assist', `The ${words} is on its way.`);
  mirror.later(SECOND_MS);
  mirror.account.customerReplies(ticketId, { text: `Still no ${words}` });
  await mirror.sync(ticketId);
  const { handOff } = createHandoffActivities(mirror.deps);
  const throughSeq = Number((await mirror.rows(ticketId)).at(-1)?.seq);
  await handOff({ connectionId: 'default', ticketId, turnId: null, reasons: ['low_confidence'], throughSeq });
  return ticketId;
}

/** The tables, in whose rows the words appear. */
async function tablesWith(words: string): Promise<string[]> {
  const tables = await mirror.db.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY table_name`;
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await mirror.db.$queryRawUnsafe<[{ hits: bigint }]>(
      `SELECT count(*) AS hits FROM "${name}" t WHERE to_jsonb(t)::text ILIKE '%' || $1 || '%'`,
      words,
    );
    if (row.hits > 0n) found.push(name);
  }
  return found;
}

describe('erasing a person', () => {
  test('K1 nothing of the person is left on our side: no message, draft, summary, subject, file or detail', async () => {
    const email = newEmail();
    const ticketId = await story(email, 'dragonfruit');
    const session = await mirror.session(ticketId);
    const call = {
      connectionId: 'default',
      sessionId: session?.id ?? '',
      turnId: CALL_ID,
      stage: 'draft' as const,
      round: 1,
    };
    const calls = createModelCalls(mirror.db);
    await calls.begin(call, 'small-1', mirror.deps.now());
    const usage = { inputTokens: 1, outputTokens: 1, money: null };
    await calls.end(call, usage, { markdown: 'A dragonfruit' }, mirror.deps.now());
    const refusal = { refusal: `${email} is on the list of dragonfruit` };
    await mirror.db.outbound.updateMany({ where: { ticketId: BigInt(ticketId) }, data: refusal });
    expect(await tablesWith('dragonfruit')).toEqual(
      expect.arrayContaining(['Contact', 'Draft', 'Handoff', 'Message', 'ModelCall', 'Outbound']),
    );
    const erased = await erase(email.toUpperCase());
    await calls.end(call, usage, { markdown: 'A late dragonfruit' }, mirror.deps.now());
    expect(erased).toMatchObject({
      tickets: [ticketId],
      removed: { sessions: 1, drafts: 1, handoffs: 1, files: 1, turns: 1 },
    });
    expect(await tablesWith('dragonfruit')).toEqual([]);
    expect(await tablesWith(email)).toEqual([]);
    expect(mirror.account.thread(ticketId).length).toBeGreaterThan(1); // Freshdesk is not touched
  });

  test('A9 what was decided stays known: that there was a turn, by which rule, and what it cost', async () => {
    const email = newEmail();
    const ticketId = await story(email);
    await erase(email);
    const session = await mirror.session(ticketId);
    const shown = await createSessionReads(mirror.db).get(session?.id ?? '');
    expect(shown).toMatchObject({
      status: 'closed_unresolved',
      closure: 'erased',
      contact: null,
      subject: '',
      tags: [],
    });
    expect(shown?.turns).toMatchObject([{ rule: 'E7', outcome: 'drafted', engine: 'scripted', topic: null }]);
  });

  test('K1 what is shown of an erased ticket tells neither its language, nor the mood, nor what was asked about', async () => {
    const email = newEmail();
    const ticketId = await story(email, 'mangosteen');
    const id = (await mirror.session(ticketId))?.id ?? '';
    const traits = { sentiment: 'angry', language: 'pt' };
    const files = [{ name: 'returns.pdf', size: 7, outcome: 'attached' }];
    await mirror.db.turn.updateMany({ where: { sessionId: id }, data: { ...traits, files } });
    await mirror.db.handoff.updateMany({ where: { sessionId: id }, data: traits });
    const shown = async () => ({
      byApi: await createSessionReads(mirror.db).get(id),
      trace: await createTicketTraces(mirror.db).get('default', ticketId),
      stored: await mirror.db.turn.findFirst({ where: { sessionId: id } }),
    });
    const before = await shown();
    expect(before.byApi?.turns[0]?.sources).toMatchObject([{ title: 'Answer' }]);
    expect(before.byApi?.handoffs).toMatchObject([traits]);
    await erase(email);
    const { byApi, trace, stored } = await shown();
    const nothing = { sentiment: null, language: null };
    expect(byApi).toMatchObject({ ...nothing, handoffs: [nothing], turns: [{ topic: null, sources: [] }] });
    expect(byApi?.turns[0]).not.toHaveProperty('attachments');
    expect(trace).toMatchObject({ session: nothing, handoffs: [nothing], turns: [{ topic: null, sources: [] }] });
    expect(stored).toMatchObject(nothing);
  });

  test('K1 the id of a contact is an id in upper case too', async () => {
    const email = newEmail();
    const ticketId = await story(email);
    const { id } = await mirror.db.contact.findFirstOrThrow({ where: { email } });
    expect(await erase(id.toUpperCase(), { dryRun: true })).toMatchObject({ tickets: [ticketId] });
    expect(await erase(id.toUpperCase())).toMatchObject({ tickets: [ticketId] });
    expect(await mirror.db.contact.findFirst({ where: { id } })).toBeNull();
  });

  test('K1 an audit line says what was removed, and nothing about whom', async () => {
    const email = newEmail();
    await story(email);
    const contact = await mirror.db.contact.findFirstOrThrow({ where: { email } });
    const erased = await erase(contact.id);
    const [line] = await mirror.db.audit.findMany({
      orderBy: { at: 'desc' },
      take: 1,
      where: { what: 'contact_erased' },
    });
    expect(line).toMatchObject({ connectionId: 'default', what: 'contact_erased', by: 'cli', counts: erased?.removed });
  });

  test('K1 the history of blocked addresses does not hold them any more, and holds the others', async () => {
    const email = newEmail();
    await story(email);
    await mirror.set({ blocklist: { emails: [email, 'shop@spam.example'] } });
    await mirror.set({ blocklist: { emails: [] } });
    await erase(email);
    expect(await tablesWith(email)).toEqual([]);
    const { items } = await createAudit(mirror.db).list({ setting: 'blocklist.emails' }, { cursor: null, limit: 1 });
    expect(items[0]?.changes).toEqual([{ path: 'blocklist.emails', old: ['erased', 'shop@spam.example'], new: [] }]);
  });

  test('K1 others, the same person on another connection included, keep what they have', async () => {
    const email = newEmail();
    const mine = await story(email);
    const theirs = await story(newEmail(), 'papaya');
    await mirror.db.contact.create({ data: { connectionId: 'other', email } });
    await erase(email);
    expect(await mirror.rows(mine)).toEqual([]);
    expect((await mirror.rows(theirs)).length).toBeGreaterThan(2);
    expect(await mirror.db.contact.count({ where: { connectionId: 'other', email } })).toBe(1);
  });

  test('K1 an address is matched as a whole: _ and % stand for themselves', async () => {
    const [one, other] = ['a_b@customer.example', 'axb@customer.example'];
    const [mine, theirs] = [await story(one), await story(other)];
    await erase(one);
    expect(await mirror.rows(mine)).toEqual([]);
    expect((await mirror.rows(theirs)).length).toBeGreaterThan(2);
    expect(await erase('%@customer.example')).toBeNull();
  });

  test('K1 a dry run counts and changes nothing; nobody is nobody', async () => {
    const email = newEmail();
    const ticketId = await story(email);
    const before = await mirror.rows(ticketId);
    expect(await erase(email, { dryRun: true })).toMatchObject({ tickets: [ticketId], removed: { sessions: 1 } });
    expect(await mirror.rows(ticketId)).toEqual(before);
    expect(await erase('nobody@customer.example')).toBeNull();
    expect(await erase('0198a3c2-7b1e-7000-8000-000000000000')).toBeNull();
  });

  test('K1 the next webhook brings nothing back, and asks Freshdesk nothing; a new ticket is a new start', async () => {
    const email = newEmail();
    const ticketId = await story(email);
    await erase(email);
    mirror.account.customerReplies(ticketId, { text: 'Me again' });
    mirror.simulator.requests.reset();
    for (const hint of ['webhook', 'operator', 'backfill', 'reconcile'] as const) {
      const { session, waiting } = await mirror.sync(ticketId, [hint]);
      expect(session?.status).toBe('closed_unresolved');
      expect(waiting).toBeNull();
    }
    expect(mirror.simulator.requests.count).toBe(0);
    expect(await mirror.rows(ticketId)).toEqual([]);
    // A reconcile pass that finds it changed in Freshdesk has nothing to catch up on.
    const mirrored = (await createLooks(mirror.db).of('default', [ticketId])).get(ticketId) ?? null;
    expect(isBehind(mirrored, { id: ticketId, updatedAtMs: mirror.clock.ms + DAY_MS })).toBe(false);

    const fresh = mirror.account.customerCreatesTicket({ email, subject: 'New', text: 'A new question' }).id;
    await mirror.sync(fresh);
    expect((await mirror.rows(fresh)).map(({ text }) => text)).toEqual(['A new question']);
    expect(await mirror.db.contact.count({ where: { connectionId: 'default', email } })).toBe(1);
  });

  test('K1 a look that was under way brings nothing back either', async () => {
    const email = newEmail();
    const ticketId = await story(email);
    mirror.account.customerReplies(ticketId, { text: 'Me again' });
    mirror.simulator.faults.onRequest(
      { match: { method: 'GET', path: '/tickets/:id/conversations', ticketId }, at: 'before_answer' },
      async () => void (await erase(email)),
    );
    await expect(mirror.sync(ticketId)).rejects.toMatchObject({ type: 'StaleLook' });
    expect(await mirror.rows(ticketId)).toEqual([]);
    expect((await mirror.sync(ticketId)).session?.status).toBe('closed_unresolved');
  });

  test('K1 a turn that was under way leaves no text, and writes nothing', async () => {
    const email = newEmail();
    const ticketId = mirror.account.customerCreatesTicket({ email, subject: 'A question', text: 'Any guava?' }).id;
    const { waiting } = await mirror.sync(ticketId);
    const engine = {
      plan: async (...input: Parameters<ReturnType<typeof saying>['plan']>) => {
        await erase(email);
        return saying('Yes, a guava').plan(...input);
      },
    };
    const ref = { connectionId: 'default', ticketId, turnId: '0198a3c2-7b1e-7000-8000-00000000aaaa' };
    const through = { fromSeq: waiting?.oldestSeq ?? 0, throughSeq: waiting?.newestSeq ?? 0 };
    const { planTurn } = createInferenceActivities({ ...mirror.deps, engine });
    const plan = () => planTurn({ ...ref, rule: 'E7', mode: 'assist', ...through });
    await expect(plan()).rejects.toMatchObject({ type: 'RequesterErased' });
    await expect(plan()).rejects.toMatchObject({ type: 'Missing' });
    expect(await tablesWith('guava')).toEqual([]);
  });

  test('K1 a reply that was planned is not sent to who was erased meanwhile', async () => {
    const email = newEmail();
    const ticketId = mirror.account.customerCreatesTicket({ email, subject: 'A question', text: 'Any lychee?' }).id;
    const turnId = await planWords(mirror, ticketId, 'assist', 'Yes, a lychee');
    expect(await tablesWith('lychee')).toContain('Draft');
    await erase(email);
    const { deliverDraft } = createReplyActivities(mirror.deps);
    expect(await deliverDraft({ connectionId: 'default', ticketId, turnId, final: false })).toEqual({
      outcome: 'dropped',
    });
    expect(mirror.account.thread(ticketId)).toEqual([]);
    expect(await tablesWith('lychee')).toEqual([]);
  });
});

/** Tickets of a person with nothing but a message, so many that they are removed in several parts. */
async function manyTickets(email: string, status: 'open' | 'closed_resolved'): Promise<number> {
  const tickets = 450;
  await mirror.db.$executeRaw`
    WITH s AS (
      INSERT INTO "Session" ("id", "connectionId", "ticketId", "status", "channel", "admittedBy", "subject", "source",
        "ticketStatus", "requesterEmail", "tags", "ownTags", "lookedAt", "ticketCreatedAt", "ticketUpdatedAt", "updatedAt")
      SELECT gen_random_uuid(), 'default', (SELECT max("ticketId") FROM "Session") + 1000000 + n, ${status}::"SessionStatus", 'email',
        'assigned', 'Many', 1, 2, ${email}, '{}', '{}', now(), now(), now(), now() FROM generate_series(1, ${tickets}) n
      RETURNING "id", "ticketId")
    INSERT INTO "Message" ("id", "connectionId", "sessionId", "freshdeskId", "seq", "author", "visibility", "kind", "html",
      "text", "createdAt", "updatedAt")
    SELECT gen_random_uuid(), 'default', "id", 'ticket:' || "ticketId", 0, 'customer', 'public', 'description', '', 'Hm',
      now(), now() FROM s`;
  return tickets;
}

const audited = async (what: string) =>
  (await mirror.db.audit.findMany({ where: { what } })).map(({ counts }) => counts);

describe('at any size', () => {
  test('K1 a person with more tickets than one transaction takes is erased whole, in one line of the audit', async () => {
    const email = newEmail();
    const tickets = await manyTickets(email, 'open');
    expect((await erase(email, { dryRun: true }))?.removed).toMatchObject({ sessions: tickets, messages: tickets });
    const lines = await mirror.db.audit.count();
    expect((await erase(email))?.tickets).toHaveLength(tickets);
    expect(await mirror.db.session.count({ where: { requesterEmail: email } })).toBe(0);
    expect(await mirror.db.audit.count()).toBe(lines + 1);
    expect(await audited('contact_erased')).toContainEqual(
      expect.objectContaining({ sessions: tickets, messages: tickets }),
    );
  });

  test('so does retention, and what the audit says is true of all of it', async () => {
    const email = newEmail();
    const tickets = await manyTickets(email, 'closed_resolved');
    await removal().removeClosed('default', new Date(Date.now() + DAY_MS));
    expect(await mirror.db.session.count({ where: { requesterEmail: email } })).toBe(0);
    const counts = (await audited('sessions_expired')) as { sessions: number }[];
    expect(Math.max(...counts.map(({ sessions }) => sessions))).toBeGreaterThanOrEqual(tickets);
  });
});

describe('what waits', () => {
  /** What the column says, which the backlog goes by, and what the thread says. */
  const uncovered = async (ticketId: number) =>
    mirror.db.$queryRaw<{ kept: Date | null; told: Date | null }[]>`
      SELECT s."uncoveredSince" AS kept, (SELECT min(m."mirroredAt") FROM "Message" m WHERE m."sessionId" = s."id"
        AND m."author" = 'customer' AND m."ignoredBy" IS NULL AND m."seq" > s."coveredThrough") AS told
      FROM "Session" s WHERE s."connectionId" = 'default' AND s."ticketId" = ${ticketId}`.then(([row]) => row);

  test('X1 since when is kept with the ticket, and true after every change of the thread', async () => {
    const ask = () =>
      mirror.account.customerCreatesTicket({ email: newEmail(), subject: 'Late', text: 'Where is it?' });
    const ticketId = ask().id;
    await mirror.sync(ticketId);
    expect((await uncovered(ticketId))?.kept).toBeInstanceOf(Date);
    await takeTurn(mirror, ticketId, 'assist', 'It is on its way.');
    expect(await uncovered(ticketId)).toEqual({ kept: null, told: null });
    mirror.later(SECOND_MS);
    mirror.account.customerReplies(ticketId, { text: 'Still not here' });
    await mirror.sync(ticketId);
    const asked = await uncovered(ticketId);
    expect(asked?.kept).toEqual(asked?.told);
    expect(asked?.kept).toBeInstanceOf(Date);
    await mirror.db.message.updateMany({ where: { session: { ticketId } }, data: { ignoredBy: 'E8' } });
    expect(await uncovered(ticketId)).toEqual({ kept: null, told: null });
    await mirror.db.message.updateMany({ where: { session: { ticketId } }, data: { ignoredBy: null } });
    expect((await uncovered(ticketId))?.kept).toEqual(asked?.kept);
    await mirror.db.message.deleteMany({ where: { session: { ticketId } } });
    expect(await uncovered(ticketId)).toEqual({ kept: null, told: null });
  });
});

describe('retention of closed sessions', () => {
  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
  const clear = (days: number) => clearClosed({ removal: removal(), log: mirror.deps.log, now: () => inDays(days) });
  /** The next day, as far as the connection knows. */
  const nextDay = () => mirror.later(DAY_MS);
  async function closed(email = newEmail()): Promise<number> {
    const ticketId = await story(email);
    mirror.account.setStatus(ticketId, 5);
    await mirror.sync(ticketId);
    return ticketId;
  }

  test('what was closed for longer than set is removed, with all that belongs to it', async () => {
    const email = newEmail();
    const old = await closed(email);
    const open = await story(newEmail());
    await mirror.set({ retention: { closedSessionsDays: 30 } });
    await clear(29);
    expect(await mirror.session(old)).not.toBeNull();
    nextDay();
    await clear(31);
    expect(await mirror.session(old)).toBeNull();
    expect(await mirror.rows(old)).toEqual([]);
    expect(await mirror.db.contact.count({ where: { email } })).toBe(0);
    expect((await mirror.session(open))?.status).not.toMatch(/closed/);
    expect((await mirror.rows(open)).length).toBeGreaterThan(2);
    const [line] = await mirror.db.audit.findMany({
      where: { what: 'sessions_expired' },
      orderBy: { at: 'desc' },
      take: 1,
    });
    expect(line).toMatchObject({ by: 'retention', counts: { sessions: expect.any(Number) } });
  });

  test('a ticket that was reopened starts to count anew', async () => {
    const ticketId = await closed();
    const since = (await mirror.session(ticketId))?.closedAt;
    expect(since).toBeInstanceOf(Date);
    mirror.account.setStatus(ticketId, 2);
    await mirror.sync(ticketId);
    expect((await mirror.session(ticketId))?.closedAt).toBeNull();
    mirror.account.setStatus(ticketId, 5);
    await mirror.sync(ticketId);
    expect((await mirror.session(ticketId))?.closedAt?.getTime()).toBeGreaterThanOrEqual(since?.getTime() ?? 0);
  });

  test('without the setting nothing is removed, and it is done once a day', async () => {
    nextDay();
    const ticketId = await closed();
    await clear(1_000);
    expect(await mirror.session(ticketId)).not.toBeNull();
    await mirror.set({ retention: { closedSessionsDays: 30 } });
    await clear(0);
    await clear(1_000);
    expect(await mirror.session(ticketId)).not.toBeNull(); // it was there today already
    nextDay();
    await clear(1_000);
    expect(await mirror.session(ticketId)).toBeNull();
  });

  test('of two processes one does it, and when that one fails another may', async () => {
    nextDay();
    await mirror.set({ retention: { closedSessionsDays: 30 } });
    const calls: string[] = [];
    const run = (works: boolean) =>
      clearClosed({
        log: mirror.deps.log,
        removal: {
          ...removal(),
          removeClosed: async (id) => {
            calls.push(id);
            if (!works) throw new Error('the database is away');
            return { sessions: 0, messages: 0, turns: 0, drafts: 0, handoffs: 0, files: 0 };
          },
        },
      });
    await run(false);
    await Promise.all([run(true), run(true), run(true)]);
    expect(calls).toEqual(['default', 'default']);
  });

  test('a connection that was removed, and its data kept, keeps it no longer than set', async () => {
    const other = await mirror.connect('left');
    await mirror.connections.patchSettings('left', { retention: { closedSessionsDays: 30 } });
    const ticketId = other.account.customerCreatesTicket({ email: newEmail(), text: 'Hello' }).id;
    mirror.later(SECOND_MS);
    other.account.setStatus(ticketId, 5);
    await mirror.sync(ticketId, ['webhook'], 'left');
    expect(await mirror.session(ticketId, 'left')).toMatchObject({ status: 'closed_resolved' });
    await mirror.connections.remove('left');
    expect(await mirror.session(ticketId, 'left')).not.toBeNull();
    await clear(31);
    expect(await mirror.session(ticketId, 'left')).toBeNull();
  });

  test('A5 after that a reply is not sent a second time, and its text is not kept', async () => {
    await mirror.set({ channels: { email: { mode: 'autopilot' } } });
    const ask = { email: newEmail(), subject: 'A question', text: 'Where is my parcel' };
    const ticketId = mirror.account.customerCreatesTicket(ask).id;
    await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
    mirror.later(SECOND_MS);
    mirror.account.setStatus(ticketId, 5);
    await mirror.sync(ticketId);
    nextDay();
    await mirror.set({ retention: { closedSessionsDays: 1 } });
    await clear(2);
    expect(await mirror.session(ticketId)).toBeNull();
    const [key] = await mirror.db.outbound.findMany({ where: { ticketId: BigInt(ticketId) } });
    expect(key).toMatchObject({ state: 'sent', bodyHash: '', refusal: null });

    mirror.account.setStatus(ticketId, 2);
    expect((await mirror.sync(ticketId)).waiting).toBeNull();
    const replies = mirror.account.thread(ticketId).filter(({ userId }) => userId === mirror.account.aiAgent.id);
    expect(replies.filter((entry) => !entry.private)).toHaveLength(1);
  });

  test.each(['sent', 'unknown', 'sending', 'rejected'] as const)(
    'A5 a customer who writes again after that is answered that message, and not the old ones: their reply was %s',
    async (state) => {
      const { ticketId, seq } = await writesAfterRemoval('autopilot', async (id) => {
        await takeTurn(mirror, id, 'autopilot', 'On its way');
        await mirror.db.outbound.updateMany({ where: { ticketId: BigInt(id) }, data: { state } });
      });
      expect((await mirror.sync(ticketId)).waiting).toMatchObject({ oldestSeq: seq, newestSeq: seq, count: 1 });
      const { delivery } = await takeTurn(mirror, ticketId, 'autopilot', 'The new one as well');
      expect(delivery).toMatchObject({ outcome: 'sent' });
    },
  );

  test('A5 nor is drafted for what there was a draft for, or a handoff', async () => {
    const drafted = await writesAfterRemoval('assist', (id) => takeTurn(mirror, id, 'assist', 'On its way'));
    expect((await mirror.sync(drafted.ticketId)).waiting).toMatchObject({ oldestSeq: drafted.seq, count: 1 });
    const { handOff } = createHandoffActivities(mirror.deps);
    const handedOff = await writesAfterRemoval('assist', async (id) => {
      await mirror.sync(id);
      await handOff({
        connectionId: 'default',
        ticketId: id,
        turnId: null,
        reasons: ['low_confidence'],
        throughSeq: 0,
      });
    });
    expect((await mirror.sync(handedOff.ticketId)).waiting).toMatchObject({ oldestSeq: handedOff.seq, count: 1 });
  });

  /** A ticket on which something was done, whose session was removed, and whose customer has written again. */
  async function writesAfterRemoval(mode: 'autopilot' | 'assist', done: (ticketId: number) => Promise<unknown>) {
    await mirror.set({ channels: { email: { mode } }, retention: { closedSessionsDays: 1 } });
    const ask = { email: newEmail(), subject: 'A question', text: 'Where is my parcel' };
    const ticketId = mirror.account.customerCreatesTicket(ask).id;
    mirror.later(SECOND_MS);
    await done(ticketId);
    mirror.later(SECOND_MS);
    mirror.account.setStatus(ticketId, 5);
    await mirror.sync(ticketId);
    nextDay();
    await clear(2);
    expect(await mirror.session(ticketId)).toBeNull();
    const { id: seq } = mirror.account.customerReplies(ticketId, { text: 'And where is my other parcel?' });
    mirror.account.setStatus(ticketId, 2);
    return { ticketId, seq };
  }

  test('erased tickets stay, or the next webhook would bring them back', async () => {
    const email = newEmail();
    const ticketId = await closed(email);
    await erase(email);
    nextDay();
    await mirror.set({ retention: { closedSessionsDays: 1 } });
    await clear(1_000);
    await mirror.sync(ticketId);
    expect(await mirror.session(ticketId)).toMatchObject({ closure: 'erased' });
    expect(await mirror.rows(ticketId)).toEqual([]);
  });
});
