import { createEmbedder } from '../src/ai/understanding/embedder.ts';
import { EXAMPLES_FOLDER } from '../src/ai/understanding/examples.ts';
import { loadHeads } from '../src/ai/understanding/fitted.ts';
import { createUnderstand, type Understand } from '../src/ai/understanding/understand.ts';
import type { Embedder } from '../src/domain/embedder.ts';
import { LOCAL_EMBEDDING_MODEL } from '../src/local/embedder.ts';

/** The embedder that the whole run shares. Throws where the run has none. */
export function testEmbedder(): Embedder {
  const baseUrl = process.env['TEST_EMBEDDING_URL'];
  if (baseUrl === undefined)
    throw new Error('TEST_EMBEDDING_URL is not set: run the test with npm test, which gets the embedding server.');
  return createEmbedder({ baseUrl, model: LOCAL_EMBEDDING_MODEL, apiKey: null, timeoutMs: 60_000 });
}

/** The heads that come with the product, over that embedder. */
export function testUnderstand(): Understand {
  const embedder = testEmbedder();
  return createUnderstand(embedder, () => loadHeads(embedder, [EXAMPLES_FOLDER]));
}
