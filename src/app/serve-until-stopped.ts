import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { AlreadySaid } from '../cli/subcommand.ts';
import { freePort } from '../local/processes.ts';
import { installRuntimeWithMetrics, releaseRuntime } from '../temporal/runtime.ts';
import type { Half } from '../cli/deps.ts';
import { type Config, loadConfig } from './config.ts';
import type { Env } from './environment.ts';
import { createPeopleLog } from './people-log.ts';
import { type Service, startService } from './serve.ts';

const READY = {
  both: 'webhooks are accepted and tickets worked',
  api: 'webhooks are accepted; the tickets are worked elsewhere',
  worker: 'tickets are worked; webhooks are accepted elsewhere',
};

/** So long after the signal the process ends, whatever has not: whoever stops it waits 45 s. */
const LAST_MS = 42_000;
const LAUNCHER_EVERY_MS = 500;

/**
 * `serve`: until SIGTERM, SIGINT or the end of its terminal, until a worker cannot go on, or until the set-up that started it
 * is gone. The caller ends the process then. The log is JSON, and lines for a person where one sits at the terminal, except in production.
 * @throws ConfigError, AlreadySaid
 */
export async function serveUntilStopped(env: Env, only: Half | null): Promise<void> {
  const config = loadConfig(env);
  const forPeople = process.stdout.isTTY && env['NODE_ENV'] !== 'production';
  const { logLevel: level } = config;
  const log = forPeople ? pino({ level }, createPeopleLog(process.stdout)) : pino({ level });
  const stopped = stopOf(env);
  const late = stopped.then(() => sleep(LAST_MS)).then(() => log.warn('not everything ended in time; ending'));
  await Promise.race([serve(config, { only, log, forPeople }, stopped), late]);
}

type Start = { only: Half | null; log: Logger; forPeople: boolean };

async function serve(config: Config, start: Start, stopped: Promise<void>): Promise<void> {
  const { only, log } = start;
  const service = await started(config, start);
  log.info({ api: service.url, temporalUi: service.temporalUiUrl }, `ready: ${READY[only ?? 'both']}`);
  if ((await service.connections.list()).length === 0)
    log.warn('no account is linked yet: run connect, or set FRESHDESK_DOMAIN, FRESHDESK_API_KEY and WEBHOOK_SECRET');
  try {
    await Promise.race([stopped, service.failed]);
  } finally {
    log.info('stopping: what is in flight ends first');
    await service.close();
    log.info('stopped');
  }
}

/** What keeps it from starting is the last line of its log, as everything before it is. */
async function started(config: Config, { log, only, forPeople }: Start): Promise<Service> {
  const temporalMetrics = installRuntimeWithMetrics(log, await freePort());
  try {
    return await startService(config, { log, say: (line) => log.info(line), only, temporalMetrics });
  } catch (error) {
    await releaseRuntime();
    const { wordsOf } = await import('../cli/error-advice.ts');
    log.fatal(wordsOf(error));
    if (forPeople) throw new AlreadySaid();
    throw error;
  }
}

/** Resolves at a signal, or when the set-up was killed, which then could pass nothing on. */
function stopOf(env: Env): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => resolve());
    // Of a terminal that was closed: what is under way ends, and the servers with it.
    for (const stream of [process.stdout, process.stderr])
      stream.removeAllListeners('error').on('error', () => resolve());
    if (Number(env['OPENCX_LAUNCHER']) !== process.ppid) return;
    const launcher = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === launcher) return;
      clearInterval(timer);
      resolve();
    }, LAUNCHER_EVERY_MS);
    timer.unref();
  });
}
