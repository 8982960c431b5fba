import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { clientOf } from './accounts.ts';
import type { CliDeps, Opened } from './cli/common.ts';
import { runCli } from './cli/program.ts';
import { loadConfig, type Env } from './config.ts';
import { createDb } from './db/client.ts';
import { createConnections } from './db/connections.ts';
import { createKnowledge } from './db/knowledge.ts';
import { applyMigrations } from './db/migrate.ts';
import { createKeyring } from './db/secrets.ts';
import { startLocalPostgres } from './local/postgres.ts';
import { importFolder, startService } from './service.ts';
import { installRuntime, releaseRuntime } from './temporal/runtime.ts';

/** `serve`: until SIGTERM or SIGINT, or until a worker cannot go on. */
async function serve(env: Env): Promise<void> {
  const config = loadConfig(env);
  const log = pino({ level: config.logLevel });
  const say = (line: string) => log.info(line);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  installRuntime(log);
  const service = await startService(config, { log, say }).catch(async (error: unknown) => {
    await releaseRuntime();
    throw error;
  });
  log.info({ api: service.url, temporalUi: service.temporalUiUrl }, 'ready: webhooks are accepted and tickets worked');
  try {
    await Promise.race([stopped, service.failed]);
  } finally {
    log.info('stopping: what is in flight ends first');
    await service.close();
  }
}

/** Without DATABASE_URL, the database of `serve`: the running one is used, and started for the command when none runs. */
async function openForCli(env: Env): Promise<Opened> {
  const config = loadConfig(env);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const own =
    config.databaseUrl === null ? await startLocalPostgres({ dataDir: config.dataDir, durable: true, log: say }) : null;
  const databaseUrl = config.databaseUrl ?? own?.url ?? '';
  await applyMigrations(databaseUrl);
  const db = createDb(databaseUrl, { poolSize: 4 });
  const knowledge = createKnowledge(db);
  return {
    connections: createConnections(db, createKeyring(config.encryptionKeys)),
    importKnowledge: (connectionId, folder) => importFolder(knowledge, connectionId, folder),
    close: async () => {
      await db.$disconnect();
      await own?.stop();
    },
  };
}

async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const env = process.env;
  const deps: CliDeps = {
    env,
    output: { out: (line) => void process.stdout.write(line), err: (line) => void process.stderr.write(line) },
    readInput: () => text(process.stdin),
    open: () => openForCli(env),
    verify: (account) => clientOf(account).verify(),
    serve: () => serve(env),
  };
  process.exitCode = await runCli(deps, process.argv.slice(2));
}

if (import.meta.main) await main();
