import type { Logger } from 'pino';
import { createEmbeddedEngine } from '../ai/embedded.ts';
import { createModel } from '../ai/model/client.ts';
import { createModelEngine } from '../ai/model/engine.ts';
import type { InferenceEngine } from '../ai/port.ts';
import type { Repositories } from '../db/index.ts';
import type { Config } from './config.ts';

/** The engine that the environment names; nothing else knows which it is (N1). */
export function engineOf(
  { ai }: Pick<Config, 'ai'>,
  { knowledge, cited, modelCalls }: Pick<Repositories, 'knowledge' | 'cited' | 'modelCalls'>,
  log: Logger,
): InferenceEngine {
  if (ai.provider === 'embedded') return createEmbeddedEngine({ knowledge });
  return createModelEngine({
    model: createModel(ai),
    knowledge,
    cited,
    calls: modelCalls,
    patienceMs: ai.patienceMs,
    now: () => new Date(),
    log,
  });
}
