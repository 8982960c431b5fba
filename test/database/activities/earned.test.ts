import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createInferenceActivities } from '../../../src/activities/inference.ts';
import { createReplyActivities } from '../../../src/activities/reply.ts';
import { createEmbeddedEngine } from '../../../src/ai/embedded.ts';
import { prepareArticle } from '../../../src/ai/knowledge/markdown-knowledge.ts';
import { createKnowledge } from '../../../src/db/knowledge/knowledge.ts';
import { createAttention } from '../../../src/db/reads/attention.ts';
import { createEarnedThresholds } from '../../../src/db/turns/earned.ts';
import { createReviews } from '../../../src/db/turns/reviews.ts';
import { createConditions } from '../../../src/db/background/conditions.ts';
import { earnedInWords } from '../../../src/domain/earned.ts';
import { openMirror, SECOND_MS, type Mirror } from '../../../testbed/activities.ts';
import { newQuestion, planWords, takeTurn } from '../../../testbed/turns.ts';

const ANSWER = 'You can return a jacket within 30 days of delivery, as long as it is unworn.';
const AI = 'scripted';

describe('autopilot that is earned', () => {
  let mirror: Mirror;
  beforeAll(async () => {
    mirror = await openMirror({
      settings: { handoff: { confidenceThreshold: 'earned' }, autopilot: { sampleShare: 0 } },
    });
  });
  beforeEach(async () => {
    await mirror.db.grade.deleteMany();
    await mirror.db.earnedThreshold.deleteMany();
    await mirror.db.audit.deleteMany();
    await mirror.set({ autopilot: { sampleShare: 0 } });
  });
  afterAll(() => mirror.close());

  const earned = () => createEarnedThresholds(mirror.db, { engine: AI });
  const reviews = () => createReviews(mirror.db, { now: mirror.deps.now });
  const attention = async () =>
    (await createAttention(mirror.db, createConditions(mirror.db), earned()).list(10)).map(({ kind }) => kind);
  const audited = async () =>
    (await mirror.db.audit.findMany({ where: { by: 'grades' }, orderBy: { at: 'asc' } })).map(({ what, changes }) => ({
      what,
      changes,
    }));
  /** So many answers that people have graded a while ago. */
  const graded = (n: number, confidence: number, right = true) =>
    mirror.db.grade.createMany({
      data: Array.from({ length: n }, () => ({
        turnId: randomUUID(),
        connectionId: 'default',
        engine: AI,
        confidence,
        right,
        at: mirror.deps.now(),
      })),
    });
  const opened = (threshold: number) =>
    mirror.db.earnedThreshold.create({
      data: { connectionId: 'default', engine: AI, threshold, since: mirror.deps.now() },
    });
  const written = (ticketId: number) =>
    mirror.account
      .thread(ticketId)
      .filter((entry) => entry.userId === mirror.account.aiAgent.id)
      .map((entry) => (entry.private ? 'note' : 'reply'));
  async function turnOf(turnId: string) {
    const { mode, heldBack, threshold, outcome, reasons } = (await mirror.deps.turns.find(turnId)) ?? {};
    return { mode, heldBack, threshold, outcome, reasons };
  }
  /** A draft that a person has sent as it was, or replaced. */
  async function draftGraded(reply: string, confidence?: number): Promise<void> {
    const ticketId = await newQuestion(mirror);
    await takeTurn(mirror, ticketId, 'autopilot', ANSWER, confidence);
    mirror.later(SECOND_MS);
    mirror.account.agentReplies(ticketId, { text: reply });
    mirror.later(SECOND_MS);
    await mirror.sync(ticketId);
  }

  test('N11 without evidence an answer on autopilot is a private draft: nothing is public, and nobody gets the ticket', async () => {
    const ticketId = await newQuestion(mirror);
    const { turnId, delivery } = await takeTurn(mirror, ticketId, 'autopilot', ANSWER);
    expect(delivery).toMatchObject({ outcome: 'sent', owner: 'none' });
    expect(written(ticketId)).toEqual(['note']);
    expect(mirror.account.ticket(ticketId)).toMatchObject({ responderId: null });
    expect(mirror.account.ticket(ticketId).tags).toContain('opencx_assist_mode');
    expect(await turnOf(turnId)).toEqual({
      mode: 'assist',
      heldBack: 'unearned',
      threshold: null,
      outcome: 'drafted',
      reasons: [],
    });
    expect(await mirror.session(ticketId)).toMatchObject({ status: 'open', aiReplied: false });
  });

  test('N11 the hundredth right one opens it, the audit says so, and the next answer is public', async () => {
    await graded(70, 0.5, false);
    await graded(29, 0.85);
    await draftGraded(ANSWER, 0.85);
    expect(await audited()).toEqual([
      {
        what: 'autopilot_earned',
        changes: [{ path: 'handoff.confidenceThreshold', old: null, new: 0.51 }],
      },
    ]);
    const ticketId = await newQuestion(mirror);
    const { turnId } = await takeTurn(mirror, ticketId, 'autopilot', ANSWER, 0.51);
    expect(written(ticketId)).toEqual(['reply']);
    expect(await turnOf(turnId)).toMatchObject({ mode: 'autopilot', heldBack: null, threshold: 0.51 });
    const below = await newQuestion(mirror);
    const held = await takeTurn(mirror, below, 'autopilot', ANSWER, 0.5);
    expect(written(below)).toEqual(['note']);
    expect(await turnOf(held.turnId)).toMatchObject({ heldBack: 'below_earned', threshold: 0.51 });
    expect(await attention()).toEqual([]);
  });

  test('N11 a draft that is replaced is wrong, one that is changed a lot says nothing', async () => {
    await draftGraded('Please send me a photo, and the number of your order.');
    await draftGraded(`${ANSWER} Keep the labels on it, and tell us the number of your order when you send it.`);
    expect(await mirror.db.grade.findMany({ select: { right: true, confidence: true, engine: true } })).toEqual([
      { right: false, confidence: 0.9, engine: AI },
    ]);
  });

  test('N11 a review says more than what became of the draft, and its end brings that back', async () => {
    await draftGraded('Please send me a photo, and the number of your order.');
    const { turnId } = await mirror.db.grade.findFirstOrThrow();
    const right = async () => (await mirror.db.grade.findUnique({ where: { turnId } }))?.right;
    await reviews().put(turnId, { grade: 'good', harmful: false, note: null }, 'admin');
    expect(await right()).toBe(true);
    await reviews().remove(turnId, 'admin');
    expect(await right()).toBe(false);
  });

  test('N11 too many wrong ones close it: answers are drafts again, the audit and what needs a person say so', async () => {
    await opened(0.8);
    mirror.later(SECOND_MS);
    await graded(7, 0.9, false);
    const ticketId = await newQuestion(mirror);
    const { turnId } = await takeTurn(mirror, ticketId, 'autopilot', ANSWER);
    expect(written(ticketId)).toEqual(['reply']);
    mirror.later(SECOND_MS);
    await reviews().put(turnId, { grade: 'poor', harmful: false, note: null }, 'admin');
    expect(await audited()).toEqual([
      { what: 'autopilot_closed', changes: [{ path: 'handoff.confidenceThreshold', old: 0.8, new: null }] },
    ]);
    expect(await attention()).toEqual(['autopilot_closed']);
    expect(earnedInWords(await earned().standing('default'))).toBe(
      'earned: closed 2026-01-05; 0 of 100 graded since; answers are left as drafts',
    );
    const next = await newQuestion(mirror);
    await takeTurn(mirror, next, 'autopilot', ANSWER);
    expect(written(next)).toEqual(['note']);
    await mirror.set({ handoff: { confidenceThreshold: 0.6 } });
    expect(await attention()).toEqual([]);
    await mirror.set({ handoff: { confidenceThreshold: 'earned' } });
  });

  test('N11 what another engine has earned counts for nothing', async () => {
    await mirror.db.earnedThreshold.create({
      data: { connectionId: 'default', engine: 'another', threshold: 0.3, since: mirror.deps.now() },
    });
    const ticketId = await newQuestion(mirror);
    await takeTurn(mirror, ticketId, 'autopilot', ANSWER);
    expect(written(ticketId)).toEqual(['note']);
  });

  test('N11 a share of the answers goes on being graded as drafts', async () => {
    await opened(0.8);
    await mirror.set({ autopilot: { sampleShare: 1 } });
    const ticketId = await newQuestion(mirror);
    const { turnId } = await takeTurn(mirror, ticketId, 'autopilot', ANSWER);
    expect(written(ticketId)).toEqual(['note']);
    expect(await turnOf(turnId)).toMatchObject({ heldBack: 'sample', threshold: 0.8 });
  });

  test('N11 a plan that is asked for again is held back again, and says that people get the ticket the AI has', async () => {
    await opened(0.8);
    const ticketId = await newQuestion(mirror);
    await takeTurn(mirror, ticketId, 'autopilot', ANSWER);
    expect(mirror.account.ticket(ticketId).responderId).toBe(mirror.account.aiAgent.id);
    mirror.later(SECOND_MS);
    mirror.account.customerReplies(ticketId, { text: 'And a coat?' });
    mirror.later(SECOND_MS);
    const turnId = await planWords(mirror, ticketId, 'autopilot', ANSWER, 0.7);
    expect(await turnOf(turnId)).toMatchObject({
      mode: 'assist',
      heldBack: 'below_earned',
      reasons: ['low_confidence'],
    });
    const { planTurn } = createInferenceActivities(mirror.deps);
    const again = { connectionId: 'default', ticketId, turnId, rule: 'E4', mode: 'autopilot' as const };
    expect(await planTurn({ ...again, fromSeq: 0, throughSeq: 0 })).toMatchObject({
      verdict: 'answer',
      as: 'assist',
      reasons: ['low_confidence'],
    });
  });

  test('N11 a draft names the three nearest articles to the person, with a link where Freshdesk has a page of it', async () => {
    const knowledge = createKnowledge(mirror.db);
    await knowledge.replaceFolder('default', [
      prepareArticle('a.md', '# Returning a jacket\n\nYou can return a jacket within 30 days of delivery.'),
      prepareArticle('b.md', '# Jackets\n\nEvery jacket is sewn in Porto, and can be washed at 30 degrees.'),
      prepareArticle('c.md', '# Days\n\nOn these days nobody is here to return a call: Sunday.'),
      prepareArticle('d.md', '# Return labels\n\nYou can print labels.'),
    ]);
    const [solution] = await mirror.db.knowledgeArticle.findMany({ where: { sourceId: 'a.md' } });
    await mirror.db.knowledgeArticle.update({
      where: { id: solution?.id ?? '' },
      data: { origin: 'freshdesk', sourceId: '77' },
    });
    const ticketId = await newQuestion(mirror, { text: 'How many days do I have to return a jacket?' });
    const { waiting } = await mirror.sync(ticketId);
    const { planTurn } = createInferenceActivities(mirror.deps);
    const turn = { connectionId: 'default', ticketId, turnId: randomUUID(), rule: 'E6', mode: 'autopilot' as const };
    const [fromSeq, throughSeq] = [waiting?.oldestSeq ?? 0, waiting?.newestSeq ?? 0];
    await planTurn({ ...turn, fromSeq, throughSeq });
    const nearest = (await mirror.deps.turns.find(turn.turnId))?.nearest;
    expect(nearest).toHaveLength(3);
    expect(nearest?.[0]).toEqual({
      title: 'Returning a jacket',
      url: `${mirror.simulator.url}/a/solutions/articles/77`,
    });
    const { deliverDraft } = createReplyActivities(mirror.deps);
    await deliverDraft({ connectionId: 'default', ticketId, turnId: turn.turnId, final: false });
    const [note] = mirror.account.thread(ticketId).filter((entry) => entry.private);
    expect(note?.body).toContain(`href="${mirror.simulator.url}/a/solutions/articles/77"`);
    for (const { title } of nearest ?? []) expect(note?.body).toContain(title);
    await mirror.db.knowledgeArticle.deleteMany();
  });

  test('N7 what was found by words alone is a draft, whatever number is set, and proves nothing when it is sent', async () => {
    await mirror.set({ handoff: { confidenceThreshold: 0 } });
    const { db } = mirror;
    const knowledge = createKnowledge(db);
    await knowledge.replaceFolder('default', [prepareArticle('returns.md', `# Returning a jacket\n\n${ANSWER}`)]);
    const ticketId = await newQuestion(mirror, { text: 'How many days do I have to return a jacket?' });
    const { waiting } = await mirror.sync(ticketId);
    const { planTurn } = createInferenceActivities({ ...mirror.deps, engine: createEmbeddedEngine({ knowledge }) });
    const turn = { connectionId: 'default', ticketId, turnId: randomUUID(), rule: 'E6', mode: 'autopilot' as const };
    const [fromSeq, throughSeq] = [waiting?.oldestSeq ?? 0, waiting?.newestSeq ?? 0];
    expect(await planTurn({ ...turn, fromSeq, throughSeq })).toMatchObject({ verdict: 'answer', as: 'assist' });
    const { deliverReply } = createReplyActivities(mirror.deps);
    await deliverReply({ connectionId: 'default', ticketId, turnId: turn.turnId, final: false });
    expect(written(ticketId)).toEqual(['note']);
    expect(await turnOf(turn.turnId)).toMatchObject({ heldBack: 'no_embedder', outcome: 'drafted' });
    const { html } = await db.draft.findUniqueOrThrow({ where: { turnId: turn.turnId } });
    mirror.account.agentReplies(ticketId, { html });
    await mirror.sync(ticketId);
    expect(await db.draft.findUnique({ where: { turnId: turn.turnId } })).toMatchObject({ fate: 'sent' });
    expect(await db.grade.count()).toBe(0);
    await mirror.set({ handoff: { confidenceThreshold: 'earned' } });
    await knowledge.replaceFolder('default', []);
  });
});
