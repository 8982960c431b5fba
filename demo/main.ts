import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { installRuntime, releaseRuntime } from '../src/temporal/runtime.ts';
import { openDesk, type Desk } from './desk.ts';
import { createTell, narrate } from './narrator.ts';
import { playAll } from './day.ts';
import { judge, table } from './outcome.ts';
import { ROUTED_STORIES } from './routed-stories.ts';
import { STORIES } from './stories.ts';

const USAGE = `A day at a support desk: the product at work on a simulated Freshdesk account. Needs no keys.

  npm run demo -- [flags]

  --once   end after the table: status 0 when every ticket ended as scripted, else 1
  --help   this text

Starts PostgreSQL, Temporal with its Web UI, the simulated account, API and worker, on free ports and with data in a
temporary folder that is removed at the end. DATABASE_URL and TEMPORAL_ADDRESS name servers of yours to use instead: in a
database and a namespace of the demo's own, which are removed as well.
`;
/** As shells do it: 128 + the number of SIGINT. */
const INTERRUPTED = 130;
const KEPT_LOG_LINES = 30;

function readFlags(args: string[]): { once: boolean } {
  try {
    const { values } = parseArgs({
      args,
      options: { once: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    return { once: values.once === true };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

function addresses({ service, simulator, adminToken, namespace }: Desk): string {
  const query = encodeURIComponent('`Connection`="default"');
  const ui =
    service.temporalUiUrl === null
      ? `of the server at ${service.temporalAddress}, namespace ${namespace}`
      : `${service.temporalUiUrl}/namespaces/${namespace}/workflows?query=${query}`;
  const bearer = `-H 'Authorization: Bearer ${adminToken}'`;
  const next = STORIES.length + ROUTED_STORIES.length + 1;
  const control = `curl -s ${simulator.url}/control/tickets`;
  return [
    `Inbox             ${service.signInLink()}`,
    '                  (the link signs in once, on this machine)',
    `Temporal Web UI   ${ui}`,
    `API               ${service.url}/api`,
    `Freshdesk         ${simulator.url} (simulated)`,
    '',
    'All sessions, and the decisions on one of them:',
    `  curl -s ${bearer} '${service.url}/api/sessions?connection=default'`,
    `  curl -s ${bearer} ${service.url}/api/sessions/ID`,
    'A ticket of your own, another message on it, and a person who takes it over:',
    `  ${control} -d '{"email":"kim.lee@customer.example","name":"Kim Lee","subject":"Gift card","text":"How long is a gift card valid?"}'`,
    `  ${control}/${next}/customer-replies -d '{"text":"And where do I enter the code of a gift card?"}'`,
    `  ${control}/${next}/assign -d '{"agentId":${simulator.account.humans[0]?.id ?? null}}'`,
    '',
  ].join('\n');
}

async function run(flags: { once: boolean }): Promise<number> {
  const print = (text: string): void => void process.stdout.write(text);
  const tell = createTell(print);
  const say = (line: string): void => tell('desk', line);
  const logLines: string[] = [];
  const log = pino(
    { level: 'warn' },
    { write: (line: string) => void logLines.splice(0, logLines.length, ...logLines.slice(1 - KEPT_LOG_LINES), line) },
  );
  installRuntime(log);

  const stopping = new AbortController();
  const stopped = once(stopping.signal, 'abort');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stopping.signal.aborted) say('stopping: everything that was started is ended first');
      stopping.abort();
    });
  }

  say('starting PostgreSQL, Temporal, a simulated Freshdesk account, API and worker');
  let desk: Desk | null = null;
  try {
    desk = await openDesk({ env: process.env, log, say });
    if (stopping.signal.aborted) return INTERRUPTED;
    say(`ready: ${STORIES.length} customers write, and later ${ROUTED_STORIES.length} more`);
    narrate(desk.simulator, tell);
    const repliesAtS: number[] = [];
    desk.simulator.requests.onRequest(({ path }) => {
      if (path.endsWith('/reply')) repliesAtS.push(performance.now() / 1_000);
    });
    const rows = await Promise.race([playAll(desk, tell, stopping.signal), desk.service.failed]);
    if (stopping.signal.aborted) return INTERRUPTED;

    const failed = rows.filter((row) => !judge(row).ok);
    print(`\n${table(rows)}\n\n`);
    if (failed.length > 0) process.stderr.write(`The end of the log:\n${logLines.join('')}\n`);
    say(
      `${rows.length - failed.length} of ${rows.length} tickets ended as scripted; the first reply came ${repliesAtS[0]?.toFixed(1) ?? '?'} s after the start`,
    );
    if (flags.once) return failed.length === 0 ? 0 : 1;
    print(`\n${addresses(desk)}\n`);
    say('what you do now is told here; Ctrl-C ends it');
    await Promise.race([stopped, desk.service.failed]);
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`\nThe demo ${desk === null ? 'could not start' : 'broke off'}: ${reasonOf(error)}\n`);
    if (logLines.length > 0) process.stderr.write(`The end of the log:\n${logLines.join('')}\n`);
    return 1;
  } finally {
    stopping.abort();
    await (desk === null ? releaseRuntime() : desk.close());
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const flags = readFlags(process.argv.slice(2));
if (existsSync('.env')) process.loadEnvFile('.env');
process.exitCode = await run(flags);
