import { randomUUID } from 'node:crypto';
import { createInferenceActivities } from '../src/activities/inference.ts';
import { createReplyActivities } from '../src/activities/reply.ts';
import { prepareArticle } from '../src/ai/knowledge/markdown-knowledge.ts';
import type { InferenceEngine, Source } from '../src/ai/port.ts';
import { createKnowledge } from '../src/db/knowledge/knowledge.ts';
import type { WritingMode } from '../src/domain/ticket.ts';
import { SECOND_MS, type Mirror } from './activities.ts';

/** An engine that always says the same, from the articles named. */
export function saying(markdown: string, sources: Source[] = [], confidence = 0.9): InferenceEngine {
  return {
    plan: () =>
      Promise.resolve({
        verdict: 'answer',
        markdown,
        confidence,
        topic: 'returns',
        reasons: [],
        sources,
        summary: `Somebody asked; the answer is ${markdown}`,
        sentiment: 'neutral',
        language: null,
        engine: 'scripted',
        model: null,
        tokens: null,
      }),
  };
}

/** Plans what waits as the workflow does, with these words, which an article says while they are planned. Gives the turn's id. */
export async function planWords(
  mirror: Mirror,
  ticketId: number,
  mode: WritingMode,
  words: string,
  confidence?: number,
): Promise<string> {
  const { waiting } = await mirror.sync(ticketId);
  if (waiting === null) throw new Error(`nothing waits on ticket ${ticketId}`);
  const knowledge = createKnowledge(mirror.db);
  await knowledge.replaceFolder('default', [prepareArticle('answer.md', `# Answer\n\n${words}`)]);
  const { id: articleId, title } = await mirror.db.knowledgeArticle.findFirstOrThrow({
    where: { connectionId: 'default', sourceId: 'answer.md' },
  });
  const { planTurn } = createInferenceActivities({
    ...mirror.deps,
    engine: saying(words, [{ articleId, title, score: 1 }], confidence),
  });
  const turnId = randomUUID();
  const { oldestSeq: fromSeq, newestSeq: throughSeq } = waiting;
  await planTurn({ connectionId: 'default', ticketId, turnId, rule: 'E7', mode, fromSeq, throughSeq });
  await knowledge.replaceFolder('default', []);
  return turnId;
}

/** One turn over the activities, as the workflow takes it: what waits is planned and delivered. */
export async function takeTurn(
  mirror: Mirror,
  ticketId: number,
  mode: WritingMode,
  words: string,
  confidence?: number,
) {
  const turnId = await planWords(mirror, ticketId, mode, words, confidence);
  const { deliverReply, deliverDraft } = createReplyActivities(mirror.deps);
  const deliver = mode === 'autopilot' ? deliverReply : deliverDraft;
  return { turnId, delivery: await deliver({ connectionId: 'default', ticketId, turnId, final: false }) };
}

let customers = 0;

/** A ticket of a customer who has not written before, as mirrored a second later; returns its id. */
export async function newQuestion(
  mirror: Mirror,
  ticket: Parameters<Mirror['account']['customerCreatesTicket']>[0] = {},
): Promise<number> {
  const { id } = mirror.account.customerCreatesTicket({
    email: `customer-${(customers += 1)}@customer.example`,
    subject: 'A question',
    text: 'Where is my parcel?',
    ...ticket,
  });
  mirror.later(SECOND_MS);
  await mirror.sync(id);
  return id;
}
