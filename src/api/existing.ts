import { type Connection, ConnectionNotFound } from '../db/connections/connection.ts';
import type { Connections } from '../db/connections/connections.ts';

/** Throws ConnectionNotFound. */
export async function existing(connections: Pick<Connections, 'get'>, id: string): Promise<Connection> {
  const connection = await connections.get(id);
  if (connection === null) throw new ConnectionNotFound(id);
  return connection;
}
