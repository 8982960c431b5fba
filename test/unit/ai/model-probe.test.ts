import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ModelOptions } from '../../../src/ai/model/client.ts';
import { probeModel } from '../../../src/ai/model/probe.ts';
import { MODEL, startFakeModel, type FakeModel } from '../../../testbed/fake-model.ts';

let model: FakeModel;
beforeAll(async () => {
  model = await startFakeModel();
});
beforeEach(() => model.says({}));
afterAll(() => model.stop());

const options = (changes: Partial<ModelOptions> = {}): ModelOptions => ({
  provider: 'openai-compatible',
  model: MODEL,
  baseUrl: model.url,
  apiKey: model.key,
  price: null,
  timeoutMs: 2_000,
  ...changes,
});

test('C6 a model that answers is well', async () => {
  expect(await probeModel(options())).toEqual({ ok: true, what: `${MODEL} answers at ${model.url}` });
});

test.each([
  ['a wrong key', { apiKey: 'wrong' }, null, 'model_key_refused', 'AI_API_KEY'],
  ['an unknown model', {}, 404, 'model_refused', 'AI_MODEL'],
  ['an overloaded server', {}, 503, 'unreachable', 'AI_BASE_URL'],
  ['nobody there', { baseUrl: 'http://127.0.0.1:9/v1' }, null, 'unreachable', 'AI_BASE_URL'],
] as const)('C6 %s: what it is, and what to do', async (_what, changes, status, reason, hint) => {
  if (status !== null) model.says({ draft: () => ({ status }) });
  const probe = await probeModel(options(changes));
  expect(probe).toMatchObject({ ok: false, reason, fix: expect.stringContaining(hint) });
  expect(JSON.stringify(probe)).not.toContain('wrong');
});

test('N3 OpenAI and Anthropic are spoken to in their own ways, and a wrong key is told as one', async () => {
  for (const provider of ['openai', 'anthropic'] as const) {
    const probe = await probeModel(options({ provider, apiKey: 'wrong' }));
    expect(probe).toMatchObject({ ok: false, reason: 'model_key_refused' });
  }
});
