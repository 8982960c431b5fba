import { randomUUID } from 'node:crypto';
import type { CitedArticles, KnowledgeSearch, Passage } from '../domain/knowledge.ts';
import { guardedPlan } from './guards/guarded-plan.ts';
import type { InferenceEngine, Plan, PlanInput } from './port.ts';
import { questionsOf } from './understanding/question.ts';

/** More stages than any engine has. */
const MOST_STAGES = 10;
const SHOWN = 10;

type Deps = { engine: InferenceEngine; knowledge: KnowledgeSearch; cited: CitedArticles };

/** What the engine would do with a ticket that holds what is in `input`, and what the question finds. Nothing is written. */
export async function askEngine(
  { engine, knowledge, cited }: Deps,
  input: PlanInput,
): Promise<{ plan: Plan; body: string | null; passages: Passage[] }> {
  const turn = { turnId: randomUUID(), sessionId: randomUUID() };
  let made = await engine.plan(input);
  for (let stage = 0; 'next' in made; stage += 1) {
    if (engine.carryOn === undefined || stage === MOST_STAGES) throw new Error('the engine does not come to an end');
    made = await engine.carryOn(input, turn, made);
  }
  const { plan, body } = await guardedPlan(made, input, cited);
  const passages = await knowledge.search({
    connectionId: input.connectionId,
    question: questionsOf(input.thread.map(({ text }) => text)).whole,
    language: plan.language,
    includeInternal: input.mode === 'assist',
    limit: SHOWN,
  });
  return { plan, body, passages };
}
