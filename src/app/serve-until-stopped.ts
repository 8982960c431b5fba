import { pino } from 'pino';
import { freePort } from '../local/processes.ts';
import { installRuntimeWithMetrics, releaseRuntime } from '../temporal/runtime.ts';
import { type Env, type Half, loadConfig } from './config.ts';
import { startService } from './serve.ts';

const READY = {
  both: 'webhooks are accepted and tickets worked',
  api: 'webhooks are accepted; the tickets are worked elsewhere',
  worker: 'tickets are worked; webhooks are accepted elsewhere',
};

/** `serve`: until SIGTERM or SIGINT, or until a worker cannot go on. Throws ConfigError. */
export async function serveUntilStopped(env: Env, only: Half | null): Promise<void> {
  const config = loadConfig(env);
  const log = pino({ level: config.logLevel });
  const say = (line: string) => log.info(line);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
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
