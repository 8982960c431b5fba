import '../../testbed/quiet.ts';
import { parseArgs } from 'node:util';
import { startTestServer } from '../../testbed/test-server.ts';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { runBackfill, type BackfillReport } from './run-backfill.ts';

const USAGE = `A backfill beside a desk at work: paged, throttled, its worker killed twice.

  npm run bench:backfill -- [--tickets N] [--rate N] [--share N]

  --tickets N   open tickets from before the connection, 2,000 unless given
  --rate N      the account's API calls a minute, 900 unless given: a plan scaled to a few minutes
  --share N     backfill.rateShare, 0.5 unless given
`;

const { values } = parseArgs({
  options: {
    tickets: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '900' },
    share: { type: 'string', default: '0.5' },
    help: { type: 'boolean' },
  },
});
const [tickets, rate, share] = [Number(values.tickets), Number(values.rate), Number(values.share)];
const usable = Number.isInteger(tickets) && tickets >= 20 && rate >= 60 && share > 0 && share <= 1;
if (values.help === true || !usable) {
  process[values.help === true ? 'stdout' : 'stderr'].write(USAGE);
  process.exit(values.help === true ? 0 : 2);
}
process.exitCode = await main();

async function main(): Promise<number> {
  const server = await startTestServer(process.env['DATABASE_URL']);
  await workflowBundle();
  try {
    return judge(await runBackfill({ tickets, rate, share, say: print }));
  } finally {
    await server.stop();
  }
}

function judge(report: BackfillReport): number {
  const { found, done, failed, wrong, answered, live, tooManyRequests, usedShare, pages, refusedPages, kills } = report;
  const slowest = Math.max(...live.with);
  const usual = median(live.without);
  const rows: [string, string, boolean][] = [
    ['tickets found, mirrored, failed', `${found}, ${done}, ${failed}`, found >= tickets && done === found],
    ['mirrors that differ from the account', String(wrong.length), wrong.length === 0],
    ['replies and drafts on tickets from before', String(answered), answered === 0],
    [
      'live tickets without a backfill, median and worst',
      `${seconds(usual)}, ${seconds(Math.max(...live.without))}`,
      true,
    ],
    [
      'live tickets during it, median and worst',
      `${seconds(median(live.with))}, ${seconds(slowest)}`,
      median(live.with) <= 2 * usual,
    ],
    ['429s, at most in one window', String(Math.max(0, ...tooManyRequests)), Math.max(0, ...tooManyRequests) <= 1],
    ['its share of the rate, used', `${Math.round(usedShare * 100)} %`, usedShare >= 0.9],
    ['pages of the list, refused beyond the cap', `${pages}, ${refusedPages}`, true],
    ['workers killed', String(kills), kills === 2],
  ];
  print('');
  for (const [name, figure, holds] of rows) print(`${name.padEnd(52)}${figure.padEnd(18)}${holds ? '' : 'MISSED'}`);
  print(
    `\n${report.requests} requests, ${report.credits} credits in ${seconds(report.tookMs)}; a window: ${report.windows.join(', ')} credits`,
  );
  for (const how of wrong.slice(0, 10)) print(how);
  return rows.every(([, , holds]) => holds) ? 0 : 1;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
