import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { codeOf } from '../domain/errors.ts';

export type RunningServer = {
  /** The port in use, also when 0 asked for any free one. */
  port: number;
  /** Takes no more requests, waits for those in flight up to `graceMs`, then cuts the connections. */
  close(graceMs?: number): Promise<void>;
};

/** Listens on all addresses, or on `host`. Rejects when the port is taken, and says which one it is. */
export async function listen(app: RequestListener, port: number, host?: string): Promise<RunningServer> {
  // A body of 256 KiB needs no minutes: whoever sends that slowly holds a connection on purpose.
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000 }, app);
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw explained(error, port);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close(graceMs = 5_000) {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function explained(error: unknown, port: number): unknown {
  const options = { cause: error };
  if (codeOf(error) === 'EADDRINUSE')
    return new Error(`Port ${port} is taken, by this service or by another program: end that, or set PORT.`, options);
  if (codeOf(error) === 'EACCES')
    return new Error(`Port ${port} is not for this user: set PORT to one above 1023, behind a proxy.`, options);
  return error;
}
