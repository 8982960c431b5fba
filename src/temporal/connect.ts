import { setTimeout as sleep } from 'node:timers/promises';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';

const TRY_EVERY_MS = 2_000;
/** A server that takes the connection and says nothing would keep the client for half a minute. */
const LEAST_ATTEMPT_MS = 5_000;

/**
 * Connects to Temporal with the standard TEMPORAL_* client variables (address, TLS, API key); `address` goes before them.
 * Keeps trying for `patienceMs`, because servers of one machine start in any order.
 * @throws Error saying where it tried and what to do
 */
export async function connectTemporal(
  address: string,
  patienceMs: number,
  waiting: (line: string) => void,
): Promise<NativeConnection> {
  const options: NativeConnectionOptions = { ...loadClientConnectConfig().connectionOptions, address };
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await connectWithin(Math.max(LEAST_ATTEMPT_MS, until - Date.now()), options);
    } catch (error) {
      if (Date.now() >= until) {
        throw new Error(
          `Temporal does not answer at ${address}. Start it, or correct TEMPORAL_ADDRESS; left out, a local one is started.`,
          { cause: error },
        );
      }
      waiting(`Temporal does not answer at ${address} yet; trying again`);
      await sleep(TRY_EVERY_MS);
    }
  }
}

/** A connection that comes too late is closed again. */
async function connectWithin(deadlineMs: number, options: NativeConnectionOptions): Promise<NativeConnection> {
  const connecting = NativeConnection.connect(options);
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new Error(`no answer within ${deadlineMs} ms`));
    connecting.then((connection) => connection.close()).catch(() => undefined);
  }, deadlineMs);
  try {
    return await Promise.race([connecting, late]);
  } finally {
    clearTimeout(timer);
  }
}
