// node tools/setup/download-temporal.mjs cli|temporal-test-server VERSION FOLDER
// Temporal's SDK downloads the program into the folder and starts it once, which shows that it is whole.
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [artifact, version, downloadDir] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const server = { executable: { type: 'cached-download', version, downloadDir } };
try {
  const env = await (artifact === 'cli'
    ? TestWorkflowEnvironment.createLocal({ server })
    : TestWorkflowEnvironment.createTimeSkipping({ server }));
  await env.teardown();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
process.exit(0);
