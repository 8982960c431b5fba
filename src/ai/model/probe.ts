import { generateText } from 'ai';
import { failureOf, languageModel, ModelRefused, type ModelOptions } from './client.ts';

/** `doctor`'s one line about the model (C6). */
export type ModelProbe =
  | { ok: true; what: string }
  | { ok: false; reason: 'unreachable' | 'model_key_refused' | 'model_refused'; what: string; fix: string };

/** Room for one word; reasoning models refuse less. */
const PROBE_TOKENS = 16;

/**
 * Asks the model for one word: that it is reached, that it takes the key, and that it is known by its name. Costs a few
 * tokens; throws nothing.
 */
export async function probeModel(options: ModelOptions): Promise<ModelProbe> {
  const { provider, model, baseUrl, timeoutMs } = options;
  const where = baseUrl ?? provider;
  try {
    await generateText({
      model: languageModel(options),
      prompt: 'Answer with the word ok.',
      maxRetries: 0,
      maxOutputTokens: PROBE_TOKENS,
      abortSignal: AbortSignal.timeout(timeoutMs),
    });
    return { ok: true, what: `${model} answers at ${where}` };
  } catch (error) {
    const failure = failureOf(error);
    if (!(failure instanceof ModelRefused))
      return {
        ok: false,
        reason: 'unreachable',
        what: `${failure.message} at ${where}`,
        fix: 'Look whether it runs and AI_BASE_URL leads to it; meanwhile tickets go to people after 10 minutes.',
      };
    const fix =
      failure.detail === 'model_key_refused'
        ? 'Set AI_API_KEY to a key that this provider accepts, and restart.'
        : `Set AI_MODEL to a model that ${where} knows, and AI_BASE_URL to where its API begins, mostly at /v1.`;
    return { ok: false, reason: failure.detail, what: failure.message, fix };
  }
}
