import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  generateText,
  NoObjectGeneratedError,
  NoOutputGeneratedError,
  Output,
  type LanguageModel,
} from 'ai';
import type { z } from 'zod';
import { nameOf } from '../../domain/errors.ts';
import { moneyOf, type Price, type Usage } from '../../domain/model-calls.ts';

export type ModelOptions = {
  provider: 'openai' | 'anthropic' | 'openai-compatible';
  model: string;
  /** null: the provider's own address. */
  baseUrl: string | null;
  /** null: none is needed. Never logged. */
  apiKey: string | null;
  /** null: tokens are counted, money is not. */
  price: Price | null;
  /** For one request, below the activity's own limit, so that the provider's error is what is seen. */
  timeoutMs: number;
};

export type Question<T> = {
  system: string;
  prompt: string;
  schema: z.ZodType<T>;
  images?: readonly Image[];
  /** Breaks the request off. */
  signal?: AbortSignal | undefined;
};
export type Image = { data: Uint8Array; mediaType: string };
/** `value` is null when what came back is not what was asked for: garbage, nothing, half a JSON, a refusal. */
export type Asked<T> = { value: T | null; usage: Usage };

export type Model = {
  name: string;
  /** Asks once; nothing is retried here. Throws ModelUnavailable or ModelRefused. */
  ask<T>(question: Question<T>): Promise<Asked<T>>;
};

/** Nothing usable came, and a later try may get something: down, overloaded, too slow, over its limit. */
export class ModelUnavailable extends Error {
  /** null when the provider did not say when to come back. */
  readonly retryAfterMs: number | null;

  constructor(seen: string, retryAfterMs: number | null = null) {
    super(`The AI model is not available (${seen})`);
    this.name = 'ModelUnavailable';
    this.retryAfterMs = retryAfterMs;
  }
}

/** The provider does not want this request, however often it is sent: the key, the model's name or the address is wrong. */
export class ModelRefused extends Error {
  readonly detail: 'model_key_refused' | 'model_refused';

  constructor(status: number) {
    super(`The AI model refused the request with ${status}`);
    this.name = 'ModelRefused';
    this.detail = status === 401 || status === 403 ? 'model_key_refused' : 'model_refused';
  }
}

/** Room for an answer and for what reasoning models think before it. */
const MAX_OUTPUT_TOKENS = 8_000;

export function createModel(options: ModelOptions): Model {
  const model = languageModel(options);
  // The SDK's warnings quote requests, which hold customers' words.
  Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });
  return {
    name: options.model,
    async ask({ system, prompt, schema, images = [], signal }) {
      const late = AbortSignal.timeout(options.timeoutMs);
      try {
        const result = await generateText({
          model,
          system,
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: prompt },
                ...images.map(({ data, mediaType }) => ({ type: 'image' as const, image: data, mediaType })),
              ],
            },
          ],
          output: Output.object({ schema }),
          maxRetries: 0,
          maxOutputTokens: MAX_OUTPUT_TOKENS,
          abortSignal: signal === undefined ? late : AbortSignal.any([late, signal]),
        });
        return { value: readOutput(result, schema), usage: usageOf(result.usage, options.price) };
      } catch (error) {
        if (NoObjectGeneratedError.isInstance(error))
          return { value: null, usage: usageOf(error.usage, options.price) };
        throw failureOf(error);
      }
    },
  };
}

/** The provider's own client; the SDK's retries stay off, because Temporal's count. */
function languageModel({ provider, model, baseUrl, apiKey }: ModelOptions): LanguageModel {
  const key = apiKey === null ? {} : { apiKey };
  const address = baseUrl === null ? {} : { baseURL: baseUrl };
  switch (provider) {
    case 'openai':
      return createOpenAI({ ...key, ...address })(model);
    case 'anthropic':
      return createAnthropic({ ...key, ...address })(model);
    case 'openai-compatible':
      return createOpenAICompatible({
        name: 'model',
        baseURL: baseUrl ?? '',
        ...key,
        supportsStructuredOutputs: true,
        includeUsage: true,
      })(model);
  }
}

/** Asking for an output that was cut off throws. */
function readOutput<T>(result: { output: unknown }, schema: z.ZodType<T>): T | null {
  try {
    const parsed = schema.safeParse(result.output);
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (NoOutputGeneratedError.isInstance(error) || NoObjectGeneratedError.isInstance(error)) return null;
    throw error;
  }
}

/** What a failed request means for the turn. */
function failureOf(error: unknown): Error {
  if (APICallError.isInstance(error)) {
    const { statusCode, responseHeaders } = error;
    if (statusCode === 429) return new ModelUnavailable('429', waitOf(responseHeaders?.['retry-after']));
    if (statusCode === undefined || statusCode === 408 || statusCode >= 500 || statusCode < 400)
      return new ModelUnavailable(statusCode === undefined ? 'no answer' : String(statusCode));
    return new ModelRefused(statusCode);
  }
  const name = nameOf(error);
  return new ModelUnavailable(name === 'TimeoutError' || name === 'AbortError' ? 'timeout' : name);
}

/** Seconds or a date, as HTTP allows. */
function waitOf(header: string | undefined): number | null {
  if (header === undefined) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

function usageOf(
  usage: { inputTokens?: number | undefined; outputTokens?: number | undefined } | undefined,
  price: Price | null,
): Usage {
  const tokens = { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 };
  return { ...tokens, money: moneyOf(price, tokens) };
}
