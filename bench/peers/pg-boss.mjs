import { PgBoss } from 'pg-boss';
import { listen, plan, post, prepare, read, record } from './pipeline.mjs';

const QUEUE = 'turns';
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: 20, useListenNotify: true });
boss.on('error', (error) => console.error(error));

await prepare();
await boss.start();
await boss.createQueue(QUEUE, { notify: true, policy: 'exclusive', retryLimit: 5 });
/** A job that fails, or whose process dies, is done again from its beginning: the post is at least once. */
await boss.work(QUEUE, { localConcurrency: 20, pollingIntervalSeconds: 0.5 }, async ([job]) => {
  const { ticketId } = job.data;
  const { question, answered } = await read(ticketId);
  if (answered) return;
  const answer = await plan(question);
  if (answer === null) return;
  await record(ticketId, await post(ticketId, answer));
});
// One job per ticket at a time: what comes meanwhile finds it there.
await listen((ticketId) => boss.send(QUEUE, { ticketId }, { singletonKey: String(ticketId) }));
process.once('SIGTERM', () => void boss.stop({ graceful: true }).then(() => process.exit(0)));
