import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createHandoffActivities } from '../../../src/activities/handoff.ts';
import { createResolveActivities } from '../../../src/activities/resolve.ts';
import { createReports } from '../../../src/db/reads/reports/reports.ts';
import { migrationsDir } from '../../../src/db/migrate.ts';
import { createRemoval } from '../../../src/db/conversations/removal.ts';
import type { Episode } from '../../../src/generated/prisma/client.ts';
import { HOUR_MS, openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { newQuestion, takeTurn } from '../../../testbed/turns.ts';

const [OPEN, RESOLVED] = [2, 4];
const MIGRATION = path.join(migrationsDir, '20261129210922_ledger/migration.sql');

let mirror: Mirror;
beforeAll(async () => {
  mirror = await openMirror();
});
beforeEach(async () => {
  mirror.later(HOUR_MS);
  await mirror.set({ channels: { email: { mode: 'autopilot' } } });
});
afterAll(() => mirror.close());

const episodes = (ticketId: number): Promise<Episode[]> =>
  mirror.db.episode.findMany({ where: { ticketId: BigInt(ticketId) }, orderBy: { startedAt: 'asc' } });
const person = () => mirror.account.humans[0]?.id ?? null;
const ref = (ticketId: number) => ({ connectionId: 'default', ticketId });
const secondAt = (ms: number) => new Date(Math.floor(ms / SECOND_MS) * SECOND_MS);

function writes(ticketId: number, text: string): Date {
  mirror.later(SECOND_MS);
  mirror.account.customerReplies(ticketId, { text });
  const at = secondAt(mirror.clock.ms);
  mirror.later(SECOND_MS);
  return at;
}
const resolve = (ticketId: number, closure: 'resolved' | 'assumed_resolved' = 'assumed_resolved') =>
  createResolveActivities(mirror.deps).resolveTicket({ ...ref(ticketId), turnId: randomUUID(), closure });
const handOff = (ticketId: number, throughSeq = 0) =>
  createHandoffActivities(mirror.deps).handOff({
    ...ref(ticketId),
    turnId: null,
    reasons: ['low_confidence'],
    throughSeq,
  });

async function resolvedByAi(): Promise<number> {
  const ticketId = await newQuestion(mirror);
  await takeTurn(mirror, ticketId, 'autopilot', 'On its way');
  mirror.later(73 * HOUR_MS);
  await resolve(ticketId);
  mirror.later(SECOND_MS);
  await mirror.sync(ticketId);
  return ticketId;
}

describe('G8 the ledger', () => {
  test('G8 a question that the AI answers and resolves: when, on what grounds, and how it ended', async () => {
    const askedAt = secondAt(mirror.clock.ms);
    const ticketId = await resolvedByAi();

    const [row, ...others] = await episodes(ticketId);
    const session = await mirror.session(ticketId);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      sessionId: session?.id,
      number: 1,
      trigger: 'new',
      startedAt: askedAt,
      endedAt: null,
      channel: 'email',
      mode: 'autopilot',
      admittedBy: 'auto_handle',
      backfilled: false,
      contactKey: expect.stringMatching(/^[0-9a-f]{64}$/),
      aiReplies: 1,
      firstPersonReplyAt: null,
      drafts: 0,
      handedOffAt: null,
      routed: false,
      takenAt: null,
      resolvedAt: session?.closedAt,
      resolvedBy: 'ai',
      closure: 'assumed_resolved',
      voided: null,
      topic: 'returns',
      leadTitle: 'Answer',
      confidence: 0.9,
      seeded: false,
    });
    expect(Number(row?.firstAiReplyAt)).toBeGreaterThanOrEqual(askedAt.getTime());
  });

  test('G8 what a reopened session forgets stays; reopened by the customer, given back: each is a conversation of its own', async () => {
    const ticketId = await resolvedByAi();
    const closedAt = (await mirror.session(ticketId))?.closedAt;
    const againAt = writes(ticketId, 'It still has not come');
    await mirror.sync(ticketId);
    await handOff(ticketId, Number((await mirror.rows(ticketId)).at(-1)?.seq));
    mirror.account.assign(ticketId, person());
    mirror.later(SECOND_MS);
    mirror.account.agentReplies(ticketId, { text: 'I am looking into it' });
    mirror.later(SECOND_MS);
    await mirror.sync(ticketId);
    mirror.later(SECOND_MS);
    mirror.account.assign(ticketId, mirror.account.aiAgent.id);
    await mirror.sync(ticketId);
    expect(await episodes(ticketId)).toMatchObject([
      { number: 1, resolvedAt: closedAt, resolvedBy: 'ai', aiReplies: 1, endedAt: againAt },
      {
        number: 2,
        trigger: 'reopened_by_customer',
        startedAt: againAt,
        handoffReasons: ['low_confidence'],
        routed: true,
        resolvedAt: null,
        aiReplies: 0,
        firstPersonReplyAt: expect.any(Date),
        voided: null,
      },
      { number: 3, trigger: 'given_back', firstPersonReplyAt: null, handoffReasons: [], voided: 'nothing_to_answer' },
    ]);

    const thirdAt = writes(ticketId, 'And my refund?');
    await mirror.sync(ticketId);
    const [, second, third] = await episodes(ticketId);
    expect(third).toMatchObject({ startedAt: thirdAt, voided: null });
    expect(second?.endedAt).toEqual(thirdAt);
  });

  test('G8 reopened by a person, taken by a person without a handoff, closed in Freshdesk', async () => {
    const ticketId = await resolvedByAi();
    mirror.account.setStatus(ticketId, OPEN);
    await mirror.sync(ticketId);
    mirror.later(SECOND_MS);
    mirror.account.assign(ticketId, person());
    await mirror.sync(ticketId);
    mirror.later(SECOND_MS);
    mirror.account.setStatus(ticketId, RESOLVED);
    await mirror.sync(ticketId);

    expect((await episodes(ticketId))[1]).toMatchObject({
      trigger: 'reopened_by_person',
      takenAt: expect.any(Date),
      handedOffAt: null,
      resolvedBy: 'freshdesk',
      closure: null,
    });
  });

  test('G8 a draft and its fate, in the conversation that it belongs to', async () => {
    await mirror.set({ channels: { email: { mode: 'assist' } } });
    const ticketId = await newQuestion(mirror);
    await takeTurn(mirror, ticketId, 'assist', 'The parcel is on its way to you.');
    expect((await episodes(ticketId))[0]).toMatchObject({ mode: 'assist', drafts: 1, draftFate: null, aiReplies: 0 });
    mirror.later(SECOND_MS);
    mirror.account.agentReplies(ticketId, { text: 'The parcel is on its way to you.' });
    mirror.later(SECOND_MS);
    await mirror.sync(ticketId);
    expect((await episodes(ticketId))[0]).toMatchObject({ draftFate: 'sent', distance: 0 });
    expect((await episodes(ticketId))[0]?.firstPersonReplyAt).not.toBeNull();
  });

  test('G8 spam and what is deleted is void, unless it had been resolved before it was deleted', async () => {
    const [spam, gone, done] = [await newQuestion(mirror), await newQuestion(mirror), await resolvedByAi()];
    mirror.account.markSpam(spam);
    mirror.account.deleteTicket(gone);
    mirror.account.deleteTicket(done);
    for (const ticketId of [spam, gone, done]) {
      mirror.later(SECOND_MS);
      await mirror.sync(ticketId);
    }
    const voided = async (ticketId: number) => (await episodes(ticketId)).map((row) => row.voided);
    expect(await voided(spam)).toEqual(['spam']);
    expect(await voided(gone)).toEqual(['deleted']);
    expect(await voided(done)).toEqual([null]);
  });

  test('G8 it outlives retention, and a ticket that comes back after it has been there before', async () => {
    const ticketId = await resolvedByAi();
    const [before] = await episodes(ticketId);
    await createRemoval(mirror.db).removeClosed('default', new Date(Date.now() + HOUR_MS));
    expect(await mirror.session(ticketId)).toBeNull();
    expect(await episodes(ticketId)).toEqual([{ ...before, contactKey: null }]);

    writes(ticketId, 'Hello again');
    await mirror.sync(ticketId);
    expect(await episodes(ticketId)).toMatchObject([{ number: 1 }, { number: 1, trigger: 'reopened_by_customer' }]);
  });

  test('G8, K1 it outlives the erasure of who asked, and holds nothing of them', async () => {
    const ticketId = await resolvedByAi();
    const contactId = (await mirror.session(ticketId))?.contactId ?? '';
    await createRemoval(mirror.db).eraseContact('default', contactId);
    const [row] = await episodes(ticketId);
    expect(row).toMatchObject({ aiReplies: 1, resolvedBy: 'ai', voided: null });
    expect(row).toMatchObject({ contactKey: null, tags: [], topic: null, leadTitle: null, leadArticleId: null });

    const open = await newQuestion(mirror);
    await mirror.sync(open);
    await createRemoval(mirror.db).eraseContact('default', (await mirror.session(open))?.contactId ?? '');
    expect(await episodes(open)).toMatchObject([{ voided: 'erased', contactKey: null }]);
  });

  test('G8 thanks alone is nothing to answer', async () => {
    const ticketId = await resolvedByAi();
    writes(ticketId, 'Thank you!');
    await mirror.sync(ticketId);
    const session = await mirror.session(ticketId);
    const seq = (await mirror.rows(ticketId)).at(-1)?.seq;
    await mirror.db.message.updateMany({
      where: { sessionId: session?.id ?? '', seq: seq ?? 0n },
      data: { ignoredBy: 'E9' },
    });
    expect(await episodes(ticketId)).toMatchObject([{ voided: null }, { number: 2, voided: 'nothing_to_answer' }]);
  });

  test('G8 what there was before the ledger is in it, and says so', async () => {
    const ticketId = await resolvedByAi();
    writes(ticketId, 'It is broken');
    await mirror.sync(ticketId);
    await takeTurn(mirror, ticketId, 'autopilot', 'Send it back');
    const written = await mirror.db.episode.findMany({ orderBy: [{ sessionId: 'asc' }, { number: 'asc' }] });
    await mirror.db.episode.deleteMany();
    const seed = /^DO \$\$[\s\S]*?^END \$\$;/mu.exec(readFileSync(MIGRATION, 'utf8'))?.[0] ?? '';
    await mirror.db.$executeRawUnsafe(seed);

    const seeded = await mirror.db.episode.findMany({ orderBy: [{ sessionId: 'asc' }, { number: 'asc' }] });
    expect(seeded.every((row) => row.seeded)).toBe(true);
    const facts = (rows: Episode[]) =>
      rows
        .filter((row) => row.ticketId === BigInt(ticketId))
        .map(({ number, trigger, startedAt, aiReplies, firstAiReplyAt, resolvedBy, mode, leadTitle }) => ({
          number,
          startedAt,
          aiReplies,
          firstAiReplyAt,
          resolvedBy,
          mode,
          leadTitle,
          trigger: number === 1 ? trigger : null,
        }));
    expect(facts(seeded)).toEqual(facts(written));
  });
});

describe('U12 what a resolution has come to, however the ticket went on', () => {
  const DAYS = 24 * HOUR_MS;
  const report = () => createReports(mirror.db, { now: () => new Date(mirror.clock.ms) });
  const cohort = { from: '2026-01-01', to: '2030-01-01', zone: 'UTC' };

  /** As the reports have them, by number. */
  async function outcomes(ticketId: number): Promise<string[]> {
    const { items } = await report().episodes({ ...cohort, figure: 'all' }, { cursor: null, limit: 200 });
    return items
      .filter((item) => item.ticketId === ticketId)
      .toSorted((one, other) => Number(one.startedAt) - Number(other.startedAt))
      .map(({ outcome, returned }) => (returned === null ? outcome : `${outcome}: ${returned}`));
  }

  /** Closings are of the database's clock, and here the time is made. */
  async function resolvedNow(): Promise<number> {
    const ticketId = await resolvedByAi();
    await mirror.db.session.updateMany({
      where: { ticketId: BigInt(ticketId) },
      data: { closedAt: new Date(mirror.clock.ms) },
    });
    return ticketId;
  }

  test('U12 reopened by the customer within 6 days it came back, after 8 it was durable; before that it is too early', async () => {
    const late = await resolvedNow();
    const soon = await resolvedNow();
    expect(await outcomes(soon)).toEqual(['assumed: too_early']);
    mirror.later(6 * DAYS);
    writes(soon, 'It is broken again');
    await mirror.sync(soon);
    mirror.later(2 * DAYS);
    writes(late, 'Another question');
    await mirror.sync(late);
    expect(await outcomes(soon)).toEqual(['assumed: came_back_here', 'open']);
    expect(await outcomes(late)).toEqual(['assumed: durable', 'open']);

    await handOff(soon, Number((await mirror.rows(soon)).at(-1)?.seq));
    mirror.account.assign(soon, person());
    mirror.later(SECOND_MS);
    await mirror.sync(soon);
    mirror.account.assign(soon, mirror.account.aiAgent.id);
    await mirror.sync(soon);
    expect(await outcomes(soon)).toEqual(['assumed: came_back_here', 'handed_off', 'not_counted']);
  });

  test('U12 neither retention nor the erasure of who asked changes what it came to', async () => {
    const [kept, erased] = [await resolvedNow(), await resolvedNow()];
    mirror.later(8 * DAYS);
    const contactId = (await mirror.session(erased))?.contactId ?? '';
    await createRemoval(mirror.db).eraseContact('default', contactId);
    await createRemoval(mirror.db).removeClosed('default', new Date(mirror.clock.ms));
    expect(await mirror.session(kept)).toBeNull();
    expect([await outcomes(kept), await outcomes(erased)]).toEqual([['assumed: durable'], ['assumed: durable']]);
  });

  test('U12 a new ticket of the same contact within the week is a coming back, and thanks are none', async () => {
    const [thanked, again] = [await resolvedNow(), await resolvedNow()];
    const contact = await mirror.db.contact.findFirst({ where: { sessions: { some: { ticketId: BigInt(again) } } } });
    mirror.later(DAYS);
    await newQuestion(mirror, { email: contact?.email ?? '' });
    writes(thanked, 'Thank you!');
    await mirror.sync(thanked);
    const seq = (await mirror.rows(thanked)).at(-1)?.seq ?? 0n;
    await mirror.db.message.updateMany({
      where: { session: { ticketId: BigInt(thanked) }, seq },
      data: { ignoredBy: 'E9' },
    });
    mirror.later(8 * DAYS);
    expect(await outcomes(again)).toEqual(['assumed: came_back_elsewhere']);
    expect(await outcomes(thanked)).toEqual(['assumed: durable', 'not_counted']);
    await createRemoval(mirror.db).removeClosed('default', new Date(mirror.clock.ms));
    expect(await mirror.session(again)).toBeNull();
    expect(await outcomes(again)).toEqual(['assumed: came_back_elsewhere']);
  });
});
