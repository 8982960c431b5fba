import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { applyMigrations } from '../../src/db/migrate.ts';
import { ownOwner, ownerRuns, readOwner, writeOwner } from '../../src/local/ownership.ts';
import { type LocalServer, startLocalPostgres } from '../../src/local/postgres.ts';

/** Runs leave a folder each; the name says whose, so that users of one machine do not meet. */
const runsDir = path.join(tmpdir(), `opencx-freshdesk-test-${process.getuid?.() ?? 0}`);
const quiet = (): void => undefined;

export type TestServer = {
  /** A migrated database that nobody connects to: tests copy it. */
  readonly templateUrl: string;
  readonly stop: () => Promise<void>;
};

/** One PostgreSQL for the whole run: the one `databaseUrl` names, else one of our own without fsync. */
export async function startTestServer(databaseUrl: string | undefined): Promise<TestServer> {
  const own = databaseUrl === undefined || databaseUrl === '' ? await startOwnServer() : null;
  const serverUrl = own?.url ?? databaseUrl ?? '';
  const name = `opencx_template_${randomUUID().slice(0, 8)}`;
  try {
    await administer(serverUrl, `CREATE DATABASE "${name}"`);
    const templateUrl = withDatabase(serverUrl, name);
    await applyMigrations(templateUrl);
    return {
      templateUrl,
      stop: own?.stop ?? (() => administer(serverUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)),
    };
  } catch (error) {
    await own?.stop();
    throw error;
  }
}

async function startOwnServer(): Promise<LocalServer> {
  mkdirSync(runsDir, { recursive: true });
  chmodSync(runsDir, 0o755); // PostgreSQL of root's test run is another user's process
  await reapLeftovers();
  const runDir = path.join(runsDir, `run-${process.pid}-${randomUUID().slice(0, 8)}`);
  mkdirSync(runDir);
  chmodSync(runDir, 0o755);
  writeOwner(path.join(runDir, 'run.json'), await ownOwner());
  const server = await startLocalPostgres({ dataDir: runDir, durable: false, log: quiet });
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(runDir, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}

/** Ends the servers of runs that were killed, and only those. */
async function reapLeftovers(): Promise<void> {
  for (const name of readdirSync(runsDir)) {
    const runDir = path.join(runsDir, name);
    const owner = readOwner(path.join(runDir, 'run.json'));
    if (owner === null || (await ownerRuns(owner))) continue;
    if (existsSync(path.join(runDir, 'postgres/db/postmaster.pid'))) {
      const leftover = await startLocalPostgres({ dataDir: runDir, durable: false, log: quiet });
      await leftover.stop();
    }
    rmSync(runDir, { recursive: true, force: true });
  }
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.toString();
}

/** Runs one statement that PostgreSQL wants outside a transaction, connected to the database of the URL. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
