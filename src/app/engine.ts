import type { Logger } from 'pino';
import { createEmbeddedEngine } from '../ai/embedded.ts';
import { createModel } from '../ai/model/client.ts';
import { createModelEngine } from '../ai/model/engine.ts';
import type { InferenceEngine } from '../ai/port.ts';
import { createEmbedder, type EmbedderOptions } from '../ai/understanding/embedder.ts';
import { EXAMPLES_FOLDER } from '../ai/understanding/examples.ts';
import { loadHeads } from '../ai/understanding/fitted.ts';
import { createUnderstand, type Understand } from '../ai/understanding/understand.ts';
import type { Repositories } from '../db/index.ts';
import type { Config } from './config.ts';

/** What every engine of the process shares: read once, and the same for all. */
export type Understanding = { understand: Understand | null };

/** With the embedder that there is, or with none (N7). */
export function openUnderstanding(options: EmbedderOptions | null): Understanding {
  if (options === null) return { understand: null };
  const embedder = createEmbedder(options);
  return { understand: createUnderstand(embedder, () => loadHeads(embedder, [EXAMPLES_FOLDER])) };
}

/** The engine that the environment names; nothing else knows which it is (N1). */
export function engineOf(
  { ai }: Pick<Config, 'ai'>,
  { knowledge, cited, modelCalls }: Pick<Repositories, 'knowledge' | 'cited' | 'modelCalls'>,
  { understand }: Understanding,
  log: Logger,
): InferenceEngine {
  if (ai.provider === 'embedded') return createEmbeddedEngine({ knowledge, understand });
  return createModelEngine({
    model: createModel(ai),
    knowledge,
    understand,
    cited,
    calls: modelCalls,
    patienceMs: ai.patienceMs,
    now: () => new Date(),
    log,
  });
}
