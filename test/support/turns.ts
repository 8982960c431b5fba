import { randomUUID } from 'node:crypto';
import { createInferenceActivities } from '../../src/activities/inference.ts';
import { createReplyActivities } from '../../src/activities/reply.ts';
import type { InferenceEngine } from '../../src/ai/port.ts';
import type { Mirror } from './activities.ts';

/** An engine that always says the same. */
export function saying(markdown: string): InferenceEngine {
  return {
    plan: () =>
      Promise.resolve({
        verdict: 'answer',
        markdown,
        confidence: 0.9,
        topic: 'returns',
        reasons: [],
        sources: [],
        summary: `Somebody asked; the answer is ${markdown}`,
        sentiment: 'neutral',
        language: 'en',
        engine: 'scripted',
        model: null,
        tokens: null,
      }),
  };
}

/** One turn over the activities, as the workflow takes it: what waits is planned and delivered. Gives the turn's id. */
export async function takeTurn(mirror: Mirror, ticketId: number, mode: 'autopilot' | 'assist', words: string) {
  const { waiting } = await mirror.sync(ticketId);
  if (waiting === null) throw new Error(`nothing waits on ticket ${ticketId}`);
  const deps = { ...mirror.deps, engine: saying(words) };
  const turnId = randomUUID();
  const ref = { connectionId: 'default', ticketId };
  const { oldestSeq: fromSeq, newestSeq: throughSeq } = waiting;
  await createInferenceActivities(deps).planTurn({ ...ref, turnId, rule: 'E7', mode, fromSeq, throughSeq });
  const { deliverReply, deliverDraft } = createReplyActivities(deps);
  const delivery = await (mode === 'autopilot' ? deliverReply : deliverDraft)({ ...ref, turnId, final: false });
  return { turnId, delivery };
}
