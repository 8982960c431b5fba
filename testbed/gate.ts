import { once } from 'node:events';
import net from 'node:net';

/**
 * A way to a server on this machine that can be shut: whoever uses it then finds nobody there. Frozen, it takes everything
 * and passes nothing on, as a server does that hangs.
 */
export type Gate = {
  readonly port: number;
  open(): Promise<void>;
  shut(): Promise<void>;
  freeze(): void;
  thaw(): void;
};

/** Shut at first; the port stays the same. */
export async function createGate(to: { host: string; port: number }): Promise<Gate> {
  const sockets = new Set<net.Socket>();
  let frozen = false;
  const server = net.createServer((outer) => {
    const inner = net.connect(to);
    for (const socket of [outer, inner]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    outer.on('close', () => inner.destroy()).pipe(inner);
    inner.on('close', () => outer.destroy()).pipe(outer);
    if (frozen) for (const socket of [outer, inner]) socket.pause();
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the gate has no port');
    return address.port;
  };
  const shut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  await shut();
  const freeze = (): void => {
    frozen = true;
    for (const socket of sockets) socket.pause();
  };
  const thaw = (): void => {
    frozen = false;
    for (const socket of sockets) socket.resume();
  };
  return { port, open: async () => void (await listen(port)), shut, freeze, thaw };
}
