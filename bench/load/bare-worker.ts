/** A worker for `bareTicket` in a process of its own: says `ready`, then for every activity which ticket it was for. */
import '../../testbed/quiet.ts';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { BareActivities } from './bare-workflow.ts';

const [address = '', taskQueue = ''] = process.argv.slice(2);
const activities: BareActivities = {
  async nothing(what) {
    process.send?.(what);
  },
};
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: new URL('./bare-workflow.ts', import.meta.url).pathname,
  activities,
  maxConcurrentActivityTaskExecutions: 50,
});
process.once('SIGTERM', () => worker.shutdown());
process.send?.('ready');
await worker.run();
await connection.close();
process.disconnect();
