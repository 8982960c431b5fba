import { DBOS } from '@dbos-inc/dbos-sdk';
import { listen, plan, post, prepare, read, record } from './pipeline.mjs';

/** Each step is written down when it is done, so that a crash goes on behind it: the post is at least once. */
const turn = DBOS.registerWorkflow(
  async (ticketId) => {
    const { question, answered } = await DBOS.runStep(() => read(ticketId), { name: 'read' });
    if (answered) return;
    const answer = await DBOS.runStep(() => plan(question), { name: 'plan' });
    if (answer === null) return;
    const replyId = await DBOS.runStep(() => post(ticketId, answer), { name: 'post' });
    await DBOS.runStep(() => record(ticketId, replyId), { name: 'record' });
  },
  { name: 'turn' },
);

await prepare();
DBOS.setConfig({
  name: 'peer',
  applicationVersion: '1',
  systemDatabaseUrl: process.env.DATABASE_URL,
  systemDatabasePoolSize: 20,
  logLevel: 'error',
});
await DBOS.launch();
// A ticket's first hint starts its turn; the echoes of our own writes find it there.
await listen((ticketId) => DBOS.startWorkflow(turn, { workflowID: `ticket:${ticketId}` })(ticketId));
process.once('SIGTERM', () => void DBOS.shutdown().then(() => process.exit(0)));
