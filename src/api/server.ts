import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Express } from 'express';

export type RunningServer = {
  /** The port in use, also when 0 asked for any free one. */
  port: number;
  /** Takes no more requests, waits for those in flight up to `graceMs`, then cuts the connections. */
  close(graceMs?: number): Promise<void>;
};

/** Listens on all addresses, or on `host`. Rejects when the port is taken. */
export async function listen(app: Express, port: number, host?: string): Promise<RunningServer> {
  // A body of 256 KiB needs no minutes: whoever sends that slowly holds a connection on purpose.
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 15_000 }, app);
  server.listen(port, host);
  await once(server, 'listening');
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
