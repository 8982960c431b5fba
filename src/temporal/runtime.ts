import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import type { Logger } from 'pino';
import { nameOf, withoutWords } from '../domain/errors.ts';

/** The SDK's page comes from this process. */
const SCRAPE_MS = 1_000;

/** All workers but the tickets' have activities only: nothing that an operator could mend. */
const BY_DESIGN = 'No workflows registered';

/**
 * Temporal's own log goes through ours, warnings and errors only. Once per process, before the first worker; shutting down
 * is ours to do, so no signals are taken.
 */
export function installRuntime(log: Logger, metricsPort: number | null = null): void {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      if (message.startsWith(BY_DESIGN)) return;
      const fields = {
        from: 'temporal',
        ...meta,
        ...(meta?.['error'] === undefined ? {} : { error: reasonOf(meta['error']) }),
      };
      if (level === 'ERROR') log.error(fields, message);
      else log.warn(fields, message);
    }),
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
      ...(metricsPort === null ? {} : { metrics: { prometheus: { bindAddress: `127.0.0.1:${metricsPort}` } } }),
    },
    shutdownSignals: [],
  });
}

/**
 * The same, with the SDK's own metrics, which it offers on a port of this machine only; what is returned reads them there. null
 * when the port was taken meanwhile: the product runs all the same, without them.
 */
export function installRuntimeWithMetrics(log: Logger, port: number): (() => Promise<string>) | null {
  try {
    installRuntime(log, port);
  } catch (error) {
    log.warn({ reason: nameOf(error), port }, "no metrics of Temporal's SDK");
    installRuntime(log);
    return null;
  }
  return async () =>
    (await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(SCRAPE_MS) })).text();
}

/** Ends the runtime where nothing came to use it: idle, it would keep the process alive for ever. */
export async function releaseRuntime(): Promise<void> {
  await Runtime.instance().shutdown();
}

/** Our own failures hold ids only and say what happened; other messages may quote what a customer wrote. */
function reasonOf(error: unknown): Record<string, unknown> {
  if (error instanceof ApplicationFailure) return { type: error.type, message: error.message };
  const { name, ...rest } = withoutWords(error);
  return { type: name, ...rest };
}
