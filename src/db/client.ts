import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/prisma/client.ts';

export type Db = PrismaClient;

/**
 * A statement without an answer for so long has nobody at its other end any more: a server that hangs, or a network that
 * swallows what is sent. Longer than any statement of ours takes; `query_timeout` in the address says otherwise.
 */
const ANSWER_LIMIT_MS = 60_000;

/**
 * Opens a pool to PostgreSQL; nothing connects before the first query. The caller ends it with `$disconnect()`.
 * `poolSize` is the most connections this process holds (default 10): keep the sum over all processes below the server's.
 */
export function createDb(databaseUrl: string, { poolSize = 10 }: { poolSize?: number } = {}): Db {
  return new PrismaClient({
    adapter: new PrismaPg({
      connectionString: databaseUrl,
      max: poolSize,
      connectionTimeoutMillis: 5_000,
      query_timeout: ANSWER_LIMIT_MS,
      keepAlive: true,
    }),
  });
}
