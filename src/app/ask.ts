import type { Logger } from 'pino';
import { framed } from '../ai/answering/render.ts';
import { askEngine } from '../ai/ask.ts';
import { createPassingCalls } from '../ai/model/passing-calls.ts';
import type { PlanInput } from '../ai/port.ts';
import type { AskedPlan, Question } from '../contract/knowledge.ts';
import type { Repositories } from '../db/index.ts';
import { weighed } from '../domain/earned.ts';
import type { Config } from './config.ts';
import { engineOf, type Understanding } from './engine.ts';

/** No turn: nothing of it would be graded. */
const NO_SAMPLE = 'f'.repeat(8);
/** A person waits at the other end. */
const PATIENCE_MS = 90_000;

/** What the AI would do with a new ticket by today's settings. Of an engine that costs money it costs money, and no budget counts it. */
export function createAsk(
  config: Pick<Config, 'ai'>,
  repositories: Repositories,
  understanding: Pick<Understanding, 'understand' | 'byMeaning'>,
  log: Logger,
) {
  const { knowledge, cited, connections, earned, modelCalls } = repositories;
  return async (connectionId: string, { question, subject, channel, mode }: Question): Promise<AskedPlan> => {
    const settings = await connections.settings(connectionId);
    // Of its own for each question: what it remembers goes with it.
    const calls = createPassingCalls((...which) => modelCalls.since(...which));
    const engine = engineOf(config, { ...repositories, modelCalls: calls }, understanding, log);
    const now = new Date();
    const input: PlanInput = {
      connectionId,
      ticketId: 0,
      channel,
      mode,
      subject,
      thread: [{ author: 'customer', visibility: 'public', text: question, at: now, waiting: true }],
      settings,
      now,
      signal: AbortSignal.timeout(PATIENCE_MS),
    };
    const { plan, body, passages } = await askEngine({ engine, knowledge, cited }, input);
    const standing = await earned.of(connectionId, plan);
    const { threshold, heldBack } = weighed({
      settings,
      plan,
      earned: standing,
      mode,
      turnId: NO_SAMPLE,
      begun: false,
    });
    return {
      verdict: plan.verdict,
      html: body === null ? null : framed(body, settings.channels[channel]),
      confidence: plan.confidence,
      threshold,
      heldBack: mode === 'autopilot' ? heldBack : null,
      reasons: plan.reasons,
      detail: plan.detail ?? null,
      topic: plan.topic,
      sentiment: plan.sentiment,
      language: plan.language,
      summary: plan.summary,
      sources: plan.sources,
      passages,
      engine: plan.engine,
      model: plan.model,
      tokens: plan.tokens,
      money: plan.money ?? null,
      insight: plan.insight ?? null,
    };
  };
}
