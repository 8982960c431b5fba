import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { explainSearch } from '../ai/knowledge/explain.ts';
import type { CliDeps, Opened } from '../cli/common.ts';
import { createDb } from '../db/client.ts';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import { createKeyring } from '../db/connections/secrets.ts';
import { openRepositories } from '../db/index.ts';
import { migrateWhenUp } from '../db/migrate.ts';
import { examine } from '../doctor/doctor.ts';
import type { Finding } from '../doctor/finding.ts';
import { importFolder } from '../knowledge-import/folder.ts';
import { syncSolutions } from '../knowledge-import/solutions.ts';
import { startLocalPostgres } from '../local/postgres.ts';
import { runningTemporal } from '../local/temporal.ts';
import { openStorage } from '../storage/open.ts';
import { connectTemporal } from '../temporal/connect.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { createSignalTicket } from '../temporal/signal-ticket.ts';
import { requireNamespace } from '../temporal/trouble.ts';
import { type Config, type Env, loadConfig } from './config.ts';
import { accountsOf, besideTickets, connectorOf } from './parts.ts';
import { createProbes } from './probes.ts';

/** How long a command waits for PostgreSQL, and for Temporal. */
const CLI_PATIENCE_MS = 5_000;

/** Without DATABASE_URL, the database of `serve`: the running one is used, and started for the command when none runs. */
export async function openForCli(env: Env, say: (line: string) => void): Promise<Opened> {
  const config = loadConfig(env);
  const own =
    config.databaseUrl === null ? await startLocalPostgres({ dataDir: config.dataDir, durable: true, log: say }) : null;
  const databaseUrl = config.databaseUrl ?? own?.url ?? '';
  await migrateWhenUp(databaseUrl, CLI_PATIENCE_MS, say).catch(async (error: unknown) => {
    await own?.stop();
    throw error;
  });
  const db = createDb(databaseUrl, { poolSize: 4 });
  const temporal = lazyTemporal(config, say);
  const repositories = openRepositories(db, createKeyring(config.encryptionKeys));
  const { connections, knowledge, articleFiles } = repositories;
  // What a command did, it prints; its log is for what went wrong.
  const level = config.logLevel === 'info' ? 'warn' : config.logLevel;
  const log = pino({ level }, pino.destination(2));
  const account = accountsOf(config, repositories, log);
  const beside = async () => besideTickets(await temporal.client(), repositories);
  return {
    ...repositories,
    connector: connectorOf(config, repositories, beside, log),
    timing: config.timing,
    importKnowledge: async (connectionId, folder) => {
      const storage = await openStorage(config.storage);
      return importFolder({ knowledge, articleFiles, storage }, connectionId, folder);
    },
    syncKnowledge: (connectionId) => syncSolutions({ account, knowledge }, connectionId),
    async searchKnowledge(connectionId, question, includeInternal) {
      if ((await connections.get(connectionId)) === null) throw new ConnectionNotFound(connectionId);
      return explainSearch(knowledge, { connectionId, question, includeInternal });
    },
    signalTicket: async (...hint) => createSignalTicket(await temporal.client(), CLI_PATIENCE_MS)(...hint),
    temporal: temporal.client,
    close: async () => {
      await temporal.close();
      await db.$disconnect();
      await own?.stop();
    },
  };
}

/** C6: with the database and the Temporal that `serve` uses; what does not answer is a finding. */
export async function examineForCli(
  env: Env,
  what: Parameters<CliDeps['doctor']>[0],
  say: (line: string) => void,
): Promise<Finding[]> {
  const config = loadConfig(env);
  const own =
    config.databaseUrl === null ? await startLocalPostgres({ dataDir: config.dataDir, durable: true, log: say }) : null;
  const temporal = lazyTemporal(config, () => undefined, 0);
  const probes = createProbes(config, {
    databaseUrl: config.databaseUrl ?? own?.url ?? '',
    temporalAddress: config.temporalAddress ?? (await runningTemporal(config.dataDir)) ?? NO_LOCAL_TEMPORAL,
    temporal: temporal.connection,
    ...what,
  });
  try {
    return await examine(probes);
  } finally {
    await probes.close();
    await temporal.close();
    await own?.stop();
  }
}

const NO_LOCAL_TEMPORAL = 'this machine, where the service does not run';

/** Most commands do not need Temporal, so it is connected to when one asks. */
function lazyTemporal(config: Config, say: (line: string) => void, patienceMs = CLI_PATIENCE_MS) {
  const namespace = config.temporalNamespace;
  let connecting: Promise<{ address: string; connected: NativeConnection }> | null = null;
  let opening: Promise<Client> | null = null;

  async function connect() {
    const address = config.temporalAddress ?? (await runningTemporal(config.dataDir));
    if (address === null)
      throw new Error(
        'Temporal does not run here: start the service (npm start; if it runs already, stop it first), or set TEMPORAL_ADDRESS.',
      );
    // The client logs every try that fails; the command says it once.
    installRuntime(pino({ level: config.logLevel === 'info' ? 'error' : config.logLevel }, pino.destination(2)));
    return { address, connected: await connectTemporal(address, patienceMs, say) };
  }

  async function open(): Promise<Client> {
    const { address, connected } = await (connecting ??= connect());
    await requireNamespace(connected, address, namespace);
    return new Client({ connection: connected, namespace });
  }

  return {
    connection: async (): Promise<NativeConnection> => (await (connecting ??= connect())).connected,
    client: (): Promise<Client> => (opening ??= open()),
    async close(): Promise<void> {
      await connecting?.then(
        ({ connected }) => connected.close(),
        () => undefined,
      );
    },
  };
}
