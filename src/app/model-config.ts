import type { ModelOptions } from '../ai/model/client.ts';
import { priceOf, type Price } from '../domain/model-calls.ts';
import { headerWord, isOn, webUrl, type Read, type Report } from './environment.ts';

/** Which engine works out the answers (N2, N3), and how long a model that is down is tried again (N6). */
export type AiConfig = { provider: 'embedded' } | (ModelOptions & { patienceMs: number });

const MODEL_PROVIDERS: readonly ModelOptions['provider'][] = ['openai', 'anthropic', 'openai-compatible'];

/** Where texts become vectors (N7): a server of our own, the one that is named, or none. */
export type EmbeddingConfig =
  { kind: 'local' } | { kind: 'server'; baseUrl: string; model: string; apiKey: string | null } | { kind: 'off' };

/** What turns call the engine in use: its model's name, where it has one. */
export function engineInUse({ ai: chosen }: { ai: AiConfig }): string {
  return chosen.provider === 'embedded' ? chosen.provider : chosen.model;
}

export function ai(read: Read, problem: Report): AiConfig {
  const name = read('AI_PROVIDER') ?? 'embedded';
  if (name === 'embedded') return { provider: 'embedded' };
  const provider = MODEL_PROVIDERS.find((known) => known === name);
  if (provider === undefined) {
    problem(
      `AI_PROVIDER is "${name}": it must be one of embedded, ${MODEL_PROVIDERS.join(', ')}; embedded needs no key`,
    );
    return { provider: 'embedded' };
  }
  const [model, apiKey] = [read('AI_MODEL'), read('AI_API_KEY')];
  const baseUrl = webUrl('AI_BASE_URL', read('AI_BASE_URL'), 'http://127.0.0.1:11434/v1', problem);
  if (model === null) problem(`AI_MODEL is missing: with AI_PROVIDER=${provider}, name the model that answers`);
  if (provider === 'openai-compatible') {
    if (read('AI_BASE_URL') === null)
      problem(
        'AI_BASE_URL is missing: with AI_PROVIDER=openai-compatible, where is it? Such as http://127.0.0.1:11434/v1',
      );
  } else if (apiKey === null) problem(`AI_API_KEY is missing: with AI_PROVIDER=${provider}, its API key`);
  headerWord('AI_API_KEY', apiKey, problem);
  return {
    provider,
    model: model ?? '',
    baseUrl,
    apiKey,
    price: price(read, problem) ?? priceOf(model ?? ''),
    timeoutMs: 120_000,
    patienceMs: 600_000,
  };
}

export function embeddings(read: Read, problem: Report): EmbeddingConfig {
  const on = isOn('EMBEDDINGS', read('EMBEDDINGS'), problem);
  const baseUrl = webUrl('EMBEDDING_BASE_URL', read('EMBEDDING_BASE_URL'), 'http://127.0.0.1:11434/v1', problem);
  const [model, apiKey] = [read('EMBEDDING_MODEL'), read('EMBEDDING_API_KEY')];
  headerWord('EMBEDDING_API_KEY', apiKey, problem);
  if (!on) return { kind: 'off' };
  const given = read('EMBEDDING_BASE_URL') !== null;
  if (given && model === null)
    problem(
      'EMBEDDING_MODEL is missing: with EMBEDDING_BASE_URL, name the model that embeds, such as multilingual-e5-small',
    );
  if (!given && (model !== null || apiKey !== null))
    problem('EMBEDDING_BASE_URL is missing: where is the server of EMBEDDING_MODEL? Such as http://127.0.0.1:11434/v1');
  return baseUrl === null ? { kind: 'local' } : { kind: 'server', baseUrl, model: model ?? '', apiKey };
}

/** Per million tokens; both or none. */
function price(read: Read, problem: Report): Price | null {
  const [input, output] = [read('AI_PRICE_INPUT'), read('AI_PRICE_OUTPUT')];
  if (input === null && output === null) return null;
  const valid = [input, output].every((value) => value !== null && /^\d+(?:\.\d+)?$/.test(value));
  if (!valid)
    problem(
      'AI_PRICE_INPUT and AI_PRICE_OUTPUT are set both or not at all: prices per million tokens, such as 2.5 and 10',
    );
  return { input: Number(input), output: Number(output) };
}
