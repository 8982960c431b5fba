// npm run bench:reconcile [-- --tickets N]: every tenth webhook dropped, every tenth doubled, then one reconcile pass.
import '../testbed/quiet.ts';
import { parseArgs } from 'node:util';
import { reconcileNow } from '../src/temporal/reconcile-schedule.ts';
import { openDesk, RETURNS_QUESTION } from '../testbed/desk.ts';
import { workflowBundle } from '../testbed/workflow-bundle.ts';
import { until } from '../testbed/until.ts';
import { startTestServer } from '../testbed/test-server.ts';
import { checkInvariants } from './chaos/invariants.ts';

const LIMIT_MS = 5 * 60_000;

const { values } = parseArgs({ options: { tickets: { type: 'string', default: '300' } } });
const server = await startTestServer(process.env['DATABASE_URL']);
await workflowBundle();
try {
  process.exitCode = await main(Number(values.tickets));
} finally {
  await server.stop();
}

async function main(tickets: number): Promise<number> {
  const desk = await openDesk({
    simulator: { ratePerMinute: 100_000, subLimits: null },
    settings: { limits: { repliesPerConnectionPerHour: 100_000 } },
  });
  try {
    const { faults } = desk.simulator;
    const ids = Array.from({ length: tickets }, (_, nth) => {
      if (nth % 10 === 9) faults.add({ kind: 'drop' });
      if (nth % 10 === 4) faults.add({ kind: 'duplicate' });
      return desk.customerAsks(RETURNS_QUESTION, { email: `many${nth}@shop.example` });
    });
    const answered = () => ids.filter((id) => desk.aiReplies(id).length > 0).length;
    const dropped = Math.floor(tickets / 10);
    await until('those that were told are answered', () => answered() >= tickets - dropped, LIMIT_MS);
    print(`${tickets} tickets, ${dropped} webhooks dropped: ${tickets - answered()} unanswered`);
    const startedAt = performance.now();
    const { looked, missing, failed } = await reconcileNow(desk.client, 'default');
    print(`one pass: ${looked} looked at, ${missing} behind, ${failed} failed, ${seconds(startedAt)}`);
    await until('all are answered', () => answered() === tickets, LIMIT_MS);
    for (const id of ids) await desk.quiet(id);
    const { broken } = await checkInvariants(desk.simulator, desk.databaseUrl, ids);
    print(
      `unanswered ${tickets - answered()}, answered twice ${ids.filter((id) => desk.aiReplies(id).length > 1).length}`,
    );
    print(`wrong in the mirror or elsewhere: ${broken.length}`);
    for (const { ticketId, invariant, how } of broken.slice(0, 10)) print(`#${ticketId} ${invariant}: ${how}`);
    return broken.length === 0 ? 0 : 1;
  } finally {
    await desk.close();
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
