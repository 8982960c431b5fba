import type { EmbeddingConfig } from '../src/app/model-config.ts';
import { LOCAL_EMBEDDING_MODEL } from '../src/local/embedder.ts';

/** The embedding server that the whole run shares; off where the run has none. */
export function testEmbeddings(): EmbeddingConfig {
  const baseUrl = process.env['TEST_EMBEDDING_URL'];
  return baseUrl === undefined
    ? { kind: 'off' }
    : { kind: 'server', baseUrl, model: LOCAL_EMBEDDING_MODEL, apiKey: null };
}
