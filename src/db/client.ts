import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../generated/prisma/client.ts';

export type Db = PrismaClient;

/**
 * A statement without an answer for so long has nobody at its other end any more: a server that hangs, or a network that
 * swallows what is sent. Longer than any statement of ours takes; `query_timeout` in the address says otherwise.
 */
const ANSWER_LIMIT_MS = 60_000;

/** Of so many statements PostgreSQL keeps the plan, on each connection: more than a ticket needs, and each takes its memory. */
const MOST_PREPARED = 200;
/** So many texts are remembered to tell which of them come again. */
const MOST_SEEN = 1_000;

/**
 * Opens a pool to PostgreSQL; nothing connects before the first query. The caller ends it with `$disconnect()`.
 * `poolSize` is the most connections this process holds (default 10): keep the sum over all processes below the server's.
 * Statements that come again are prepared, unless the address says `pgbouncer=true`: a pooler that gives every transaction
 * another connection may not know them there.
 */
export function createDb(databaseUrl: string, { poolSize = 10 }: { poolSize?: number } = {}): Db {
  const pool = {
    connectionString: databaseUrl,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    query_timeout: ANSWER_LIMIT_MS,
    keepAlive: true,
  };
  const isPooled = URL.parse(databaseUrl)?.searchParams.get('pgbouncer') === 'true';
  return new PrismaClient({
    adapter: new PrismaPg(pool, isPooled ? {} : { statementNameGenerator: statementNames() }),
  });
}

/** It asks for whatever columns there are. */
const ANY_COLUMNS = /(?:\bSELECT\s+|\bRETURNING\s+|\.)\*/i;

/**
 * Names what comes a second time; `''` prepares nothing. Lists of values make ever new texts, which are seen once. What asks for
 * any columns is not prepared: PostgreSQL refuses it for good once a newer version's migration has added one.
 */
export function statementNames(): (statement: { sql: string }) => string {
  const seen = new Set<string>();
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    if (names.size >= MOST_PREPARED || ANY_COLUMNS.test(sql)) return '';
    if (seen.delete(sql)) {
      const name = createHash('sha256').update(sql).digest('base64url');
      names.set(sql, name);
      return name;
    }
    if (seen.size >= MOST_SEEN) seen.clear();
    seen.add(sql);
    return '';
  };
}
