import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, pino } from 'pino';
import { freePort } from '../local/processes.ts';
import { installRuntimeWithMetrics, releaseRuntime } from '../temporal/runtime.ts';
import { type Config, type Env, type Half, loadConfig } from './config.ts';
import { startService } from './serve.ts';

const READY = {
  both: 'webhooks are accepted and tickets worked',
  api: 'webhooks are accepted; the tickets are worked elsewhere',
  worker: 'tickets are worked; webhooks are accepted elsewhere',
};

/** So long after the signal the process ends, whatever has not: whoever stops it waits 45 s. */
const LAST_MS = 42_000;
const LAUNCHER_EVERY_MS = 500;

/**
 * `serve`: until SIGTERM or SIGINT, until a worker cannot go on, or until the set-up that started it is gone. The caller ends
 * the process then. Throws ConfigError.
 */
export async function serveUntilStopped(env: Env, only: Half | null): Promise<void> {
  const config = loadConfig(env);
  const log = pino({ level: config.logLevel });
  const stopped = stopOf(env);
  const late = stopped.then(() => sleep(LAST_MS)).then(() => log.warn('not everything ended in time; ending'));
  await Promise.race([serve(config, only, log, stopped), late]);
}

async function serve(config: Config, only: Half | null, log: Logger, stopped: Promise<void>): Promise<void> {
  const say = (line: string) => log.info(line);
  const temporalMetrics = installRuntimeWithMetrics(log, await freePort());
  const service = await startService(config, { log, say, only, temporalMetrics }).catch(async (error: unknown) => {
    await releaseRuntime();
    throw error;
  });
  log.info({ api: service.url, temporalUi: service.temporalUiUrl }, `ready: ${READY[only ?? 'both']}`);
  try {
    await Promise.race([stopped, service.failed]);
  } finally {
    log.info('stopping: what is in flight ends first');
    await service.close();
  }
}

/** Resolves at a signal, or when the set-up was killed, which then could pass nothing on. */
function stopOf(env: Env): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
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
