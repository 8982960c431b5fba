import type { Logger } from 'pino';
import { createEmbeddedEngine } from '../ai/embedded.ts';
import type { ByMeaning } from '../ai/knowledge/beside.ts';
import { createMeaning } from '../ai/knowledge/meaning.ts';
import { createModel } from '../ai/model/client.ts';
import { createModelEngine } from '../ai/model/engine.ts';
import type { InferenceEngine } from '../ai/port.ts';
import { createEmbedder, type EmbedderOptions } from '../ai/understanding/embedder.ts';
import { EXAMPLES_FOLDER } from '../ai/understanding/examples.ts';
import { loadHeads } from '../ai/understanding/fitted.ts';
import { createUnderstand, type Understand } from '../ai/understanding/understand.ts';
import type { Repositories } from '../db/index.ts';
import type { Embedder } from '../domain/embedder.ts';
import type { Config } from './config.ts';

/** What every engine of the process shares: read once, and the same for all. All is null without an embedder (N7). */
export type Understanding = {
  embedder: Embedder | null;
  understand: Understand | null;
  byMeaning: ByMeaning | null;
};

/** With the embedder that there is, or with none. */
export function openUnderstanding(
  options: EmbedderOptions | null,
  { knowledgeVectors: vectors, ownExamples }: Pick<Repositories, 'knowledgeVectors' | 'ownExamples'>,
): Understanding {
  if (options === null) return { embedder: null, understand: null, byMeaning: null };
  const embedder = createEmbedder(options);
  return {
    embedder,
    understand: createUnderstand(
      embedder,
      () => loadHeads(embedder, [EXAMPLES_FOLDER]),
      (connectionId) => ownExamples.list(connectionId),
    ),
    byMeaning: { vectors, meaning: createMeaning({ vectors, embedder }) },
  };
}

/** The engine that the environment names; nothing else knows which it is (N1). */
export function engineOf(
  { ai }: Pick<Config, 'ai'>,
  { knowledge, cited, modelCalls }: Pick<Repositories, 'knowledge' | 'cited' | 'modelCalls'>,
  { understand, byMeaning }: Pick<Understanding, 'understand' | 'byMeaning'>,
  log: Logger,
): InferenceEngine {
  if (ai.provider === 'embedded') return createEmbeddedEngine({ knowledge, understand, byMeaning });
  return createModelEngine({
    model: createModel(ai),
    knowledge,
    understand,
    byMeaning,
    cited,
    calls: modelCalls,
    patienceMs: ai.patienceMs,
    now: () => new Date(),
    log,
  });
}
