import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

// Import this first in tests with Temporal: the runtime can be installed once, before anything uses it.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});
