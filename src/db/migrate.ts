import { setTimeout as sleep } from 'node:timers/promises';
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { MIGRATION_LOCK } from './locks.ts';
import { connectionTrouble, DatabaseUnusable } from './trouble.ts';

/** The same folder from `src/db` and from `dist/db`. */
export const migrationsDir = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

const LOCK_LIMIT_MS = 120_000;

type Migration = { readonly name: string; readonly sql: string; readonly checksum: string };
type AppliedRow = { readonly migration_name: string; readonly checksum: string; readonly finished: boolean };

/** As Prisma makes it. */
const CREATE_TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Applies the migrations that the database lacks, each in a transaction, and records them as Prisma does, so that
 * `prisma migrate deploy` agrees about what is there. Processes that start together take turns.
 * @returns the names of those applied now, in order
 * @throws when an applied migration has changed since, one was left unfinished, or one fails (nothing of it stays)
 */
export async function applyMigrations(databaseUrl: string, folder: string = migrationsDir): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = open(databaseUrl);
  await client.connect();
  try {
    await client.query(`SET lock_timeout = ${LOCK_LIMIT_MS}`);
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query('RESET lock_timeout');
    await client.query(CREATE_TABLE);
    const missing = await missingOf(client, migrations);
    for (const migration of missing) await apply(client, migration);
    return missing.map((migration) => migration.name);
  } finally {
    await client.end(); // ends the lock with the connection
  }
}

/** The migrations that the database lacks, in order; changes nothing. Throws as `applyMigrations` does. */
export async function pendingMigrations(databaseUrl: string, folder: string = migrationsDir): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const client = open(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ found: boolean }>(
      `SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS found`,
    );
    const pending = rows[0]?.found === true ? await missingOf(client, migrations) : migrations;
    return pending.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** A connection that breaks between two queries fails the next one, and ends no process. */
function open(databaseUrl: string): pg.Client {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  return client;
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => {
      const sql = await readFile(path.join(folder, name, 'migration.sql'), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

async function missingOf(client: pg.Client, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<AppliedRow>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
       FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  const unfinished = rows.find((row) => !row.finished);
  if (unfinished !== undefined) {
    throw new Error(
      `The migration ${unfinished.migration_name} failed half-way in an earlier run. Put the database right, then mark ` +
        `it with: npx prisma migrate resolve --rolled-back ${unfinished.migration_name} (or --applied).`,
    );
  }
  const checksums = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  const changed = migrations.find(({ name, checksum }) => (checksums.get(name) ?? checksum) !== checksum);
  if (changed !== undefined) {
    throw new Error(
      `The migration ${changed.name} differs from the one this database was migrated with. ` +
        'Applied migrations are never edited: restore its migration.sql and put the change into a new migration.',
    );
  }
  return migrations.filter(({ name }) => !checksums.has(name));
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksum, name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The migration ${name} failed and was rolled back: ${reason}`, { cause });
  }
}

const TRY_EVERY_MS = 2_000;

/**
 * Migrates, waiting up to `patienceMs` for a PostgreSQL that does not answer yet: servers of one machine start in any order.
 * @throws DatabaseUnusable when it does not come up, or does not let us in
 */
export function migrateWhenUp(databaseUrl: string, patienceMs: number, say: (line: string) => void): Promise<string[]> {
  return whenUp(() => applyMigrations(databaseUrl), patienceMs, say);
}

/** The migrations that the database lacks, waited for in the same way; changes nothing. Throws as `migrateWhenUp` does. */
export function migrationsWhenUp(
  databaseUrl: string,
  patienceMs: number,
  say: (line: string) => void,
): Promise<string[]> {
  return whenUp(() => pendingMigrations(databaseUrl), patienceMs, say);
}

async function whenUp<T>(ask: () => Promise<T>, patienceMs: number, say: (line: string) => void): Promise<T> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const trouble = connectionTrouble(error);
      if (trouble === null) throw error;
      if (trouble.kind === 'refused' || Date.now() >= until) throw new DatabaseUnusable(trouble, error);
      say('PostgreSQL does not answer yet; trying again');
      await sleep(TRY_EVERY_MS);
    }
  }
}
