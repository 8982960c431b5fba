// npm run fit: fits the heads on the examples for the local embedding server, and keeps them with the product.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEmbedder } from '../../src/ai/understanding/embedder.ts';
import { EXAMPLES_FOLDER } from '../../src/ai/understanding/examples.ts';
import { storeHeads } from '../../src/ai/understanding/fitted.ts';
import { ownEmbedder } from '../../src/local/own-servers.ts';

const dataDir = mkdtempSync(path.join(tmpdir(), 'opencx-fit-'));
const server = await ownEmbedder(dataDir, console.log);
if (server === null) throw new Error('There is no embedding server: run it with npm run fit.');
try {
  const started = performance.now();
  const { examples } = await storeHeads(
    createEmbedder({ baseUrl: server.url, model: server.model, apiKey: null, timeoutMs: 120_000 }),
    [EXAMPLES_FOLDER],
  );
  console.log(`Fitted on ${examples} examples in ${Math.round((performance.now() - started) / 1000)} s.`);
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
