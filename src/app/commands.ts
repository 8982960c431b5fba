import type { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { CliDeps, Opened } from '../cli/deps.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Repositories } from '../db/index.ts';
import { workflowsPage } from '../domain/temporal-names.ts';
import { webhookUrlOf } from '../freshdesk/automation-rules.ts';
import { type Config, loadConfig } from './config.ts';
import type { Env } from './environment.ts';
import { engineInUse } from './model-config.ts';
import type { Understanding } from './engine.ts';

/** How long a command waits for PostgreSQL, and for Temporal. */
const CLI_PATIENCE_MS = 5_000;

/**
 * Without DATABASE_URL, the database of `serve`: the running one is used, and started for a command that writes. What
 * only some commands need is loaded when they ask for it: Temporal, Freshdesk, the storage, the knowledge.
 */
export async function openForCli(env: Env, say: (line: string) => void, { reads } = { reads: false }): Promise<Opened> {
  const config = loadConfig(env);
  const { db, stop } = await (reads ? readDatabase(config, say) : openDatabase(config, say));
  const { createKeyring } = await import('../db/connections/secrets.ts');
  const { openRepositories } = await import('../db/index.ts');
  const freshdeskClock = async (account: { baseUrl: string; apiKey: string }) =>
    (await import('../accounts/accounts.ts')).freshdeskClock(account);
  const repositories = openRepositories(db, createKeyring(config.encryptionKeys), {
    freshdeskClock,
    engine: engineInUse(config),
  });
  const { knowledge, articleFiles, backfills } = repositories;
  const temporal = lazyTemporal(config, say);
  const understanding = lazyUnderstanding(config, repositories, say);
  return {
    ...repositories,
    timing: config.timing,
    webhookUrl: (connectionId) => webhookUrlOf(config.publicUrl, connectionId),
    async account(connectionId) {
      const { accountsOf } = await import('./parts.ts');
      return accountsOf(config, repositories, await logOf(config))(connectionId);
    },
    temporalUi: () => temporalUiOf(config),
    async connector() {
      const { besideTickets, connectorOf } = await import('./parts.ts');
      const beside = async () => besideTickets(await temporal.client(), repositories);
      return connectorOf(config, repositories, beside, await logOf(config));
    },
    async planImport(connectionId, folder) {
      const { planImport } = await import('../knowledge-import/folder.ts');
      return planImport({ knowledge }, connectionId, folder);
    },
    async importKnowledge(connectionId, folder) {
      const { openStorage } = await import('../storage/open.ts');
      const { importFolder } = await import('../knowledge-import/folder.ts');
      return importFolder(
        { knowledge, articleFiles, storage: await openStorage(config.storage) },
        connectionId,
        folder,
      );
    },
    async syncKnowledge(connectionId) {
      const { accountsOf } = await import('./parts.ts');
      const { syncSolutions } = await import('../knowledge-import/solutions.ts');
      return syncSolutions({ account: accountsOf(config, repositories, await logOf(config)), knowledge }, connectionId);
    },
    async searchKnowledge(connectionId, question, includeInternal) {
      const { createExplainSearch } = await import('../ai/knowledge/explain.ts');
      const explainSearch = createExplainSearch({ knowledge, ...(await understanding.get()) });
      return explainSearch({ connectionId, question, includeInternal });
    },
    async askKnowledge(connectionId, question) {
      const { createAsk } = await import('./ask.ts');
      const { plainText } = await import('../ai/answering/plain-text.ts');
      const ask = createAsk(config, repositories, await understanding.get(), await logOf(config));
      const plan = await ask(connectionId, question);
      return { ...plan, text: plan.html === null ? null : plainText(plan.html) };
    },
    async contradictedExamples(examples) {
      const { EXAMPLES_FOLDER, readExamples } = await import('../ai/understanding/examples.ts');
      const { contradicted } = await import('../ai/understanding/own-heads.ts');
      return new Set([...contradicted(examples, readExamples(EXAMPLES_FOLDER).examples)].map(({ id }) => id));
    },
    async testHeads(connectionId, text) {
      const { understand } = await understanding.get();
      if (understand === null)
        throw new Error('Without an embedding server there are no heads. Set EMBEDDING_BASE_URL and EMBEDDING_MODEL.');
      return (await understand({ connectionId, waiting: [text], before: '', subject: '' })).heard;
    },
    async signalTicket(...hint) {
      const { createSignalTicket } = await import('../temporal/signal-ticket.ts');
      return createSignalTicket(await temporal.client(), CLI_PATIENCE_MS)(...hint);
    },
    async failingWorkflows(limit) {
      const { createFailingWorkflows } = await import('../temporal/failing-workflows.ts');
      return createFailingWorkflows(await temporal.client())(limit);
    },
    async backfillControl() {
      const { createBackfillControl } = await import('../temporal/backfill-control.ts');
      return createBackfillControl(await temporal.client(), backfills);
    },
    async reconcileNow(connectionId) {
      const { reconcileNow } = await import('../temporal/reconcile-schedule.ts');
      return reconcileNow(await temporal.client(), connectionId);
    },
    close: async () => {
      await understanding.close();
      await temporal.close();
      await stop();
    },
  };
}

/** The database, migrated. `stop` ends the connections, and the server where the command has started one. */
async function openDatabase({ databaseUrl: given, dataDir }: Config, say: (line: string) => void) {
  const own = given === null ? await startOwnPostgres(dataDir, say) : null;
  const databaseUrl = given ?? own?.url ?? '';
  const { migrateWhenUp } = await import('../db/migrate.ts');
  await migrateWhenUp(databaseUrl, CLI_PATIENCE_MS, say).catch(async (error: unknown) => {
    await own?.stop();
    throw error;
  });
  const { createDb } = await import('../db/client.ts');
  const db = createDb(databaseUrl, { poolSize: 4 });
  const stop = async () => {
    await db.$disconnect();
    await own?.stop();
  };
  return { db, stop };
}

/** The database as it is: nothing is started, and nothing migrated. */
async function readDatabase({ databaseUrl: given, dataDir }: Config, say: (line: string) => void) {
  const databaseUrl = given ?? (await runningOwnPostgres(dataDir));
  if (databaseUrl === null)
    throw new Error(
      `The service does not run here, and so its database in ${dataDir} does not either: start it (npm start), or set DATABASE_URL.`,
    );
  const { migrationsWhenUp } = await import('../db/migrate.ts');
  const pending = await migrationsWhenUp(databaseUrl, CLI_PATIENCE_MS, say);
  if (pending.length > 0)
    throw new Error(`The database lacks ${pending.length} migrations: start the service, which migrates it.`);
  const { createDb } = await import('../db/client.ts');
  const db = createDb(databaseUrl, { poolSize: 4 });
  return { db, stop: () => db.$disconnect() };
}

async function runningOwnPostgres(dataDir: string): Promise<string | null> {
  const { runningPostgres } = await import('../local/postgres.ts');
  return runningPostgres(dataDir);
}

async function startOwnPostgres(dataDir: string, say: (line: string) => void) {
  const { requireDataDir } = await import('./data-dir.ts');
  await requireDataDir(dataDir);
  const { startLocalPostgres } = await import('../local/postgres.ts');
  return startLocalPostgres({ dataDir, durable: true, log: say });
}

/** What a command did, it prints; its log is for what went wrong. */
async function logOf({ logLevel }: Config, quietest: 'warn' | 'error' = 'warn') {
  const { pino } = await import('pino');
  return pino({ level: logLevel === 'info' ? quietest : logLevel }, pino.destination(2));
}

/** C6: with the database and the Temporal that `serve` uses; what does not answer is a finding, and is not started. */
export async function examineForCli(env: Env, what: Parameters<CliDeps['doctor']>[0]): Promise<Finding[]> {
  const config = loadConfig(env);
  const temporal = lazyTemporal(config, () => undefined, 0);
  const { createProbes } = await import('./probes.ts');
  const { examine } = await import('../doctor/doctor.ts');
  const probes = createProbes(config, {
    embeddings: await runningEmbeddings(config),
    databaseUrl: config.databaseUrl ?? (await runningOwnPostgres(config.dataDir)),
    temporalAddress: (await temporalAddressOf(config)) ?? NO_LOCAL_TEMPORAL,
    temporal: temporal.connection,
    ...what,
  });
  try {
    return await examine(probes);
  } finally {
    await probes.close();
    await temporal.close();
  }
}

async function runningEmbeddings({ embeddings, dataDir }: Config) {
  if (embeddings.kind === 'server') return embeddings;
  const { LOCAL_EMBEDDING_MODEL, runningEmbedder } = await import('../local/embedder.ts');
  const baseUrl = embeddings.kind === 'local' ? await runningEmbedder(dataDir) : null;
  return baseUrl === null ? null : { baseUrl, model: LOCAL_EMBEDDING_MODEL, apiKey: null };
}

const NO_LOCAL_TEMPORAL = 'this machine, where the service does not run';

async function temporalAddressOf({ temporalAddress, dataDir }: Config): Promise<string | null> {
  if (temporalAddress !== null) return temporalAddress;
  const { runningTemporal } = await import('../local/temporal.ts');
  return runningTemporal(dataDir);
}

/** Where the Web UI of our own Temporal lists the workflows; of another one nobody has said where that is. */
async function temporalUiOf({ temporalAddress, temporalNamespace, dataDir }: Config): Promise<string | null> {
  if (temporalAddress !== null) return null;
  const { runningTemporalUi } = await import('../local/temporal.ts');
  const ui = await runningTemporalUi(dataDir);
  return ui === null ? null : workflowsPage(ui, temporalNamespace);
}

/** With the embedder that there is; a local one runs from the first question until the command ends. */
function lazyUnderstanding(config: Config, repositories: Repositories, say: (line: string) => void) {
  let opened: Promise<{ understanding: Understanding; close: () => Promise<void> }> | null = null;
  async function open() {
    const { openUnderstanding } = await import('./engine.ts');
    const { createClosers, openEmbeddings } = await import('./parts.ts');
    const { closers, close } = createClosers();
    return { understanding: openUnderstanding(await openEmbeddings(config, say, closers), repositories), close };
  }
  return {
    get: async () => (await (opened ??= open())).understanding,
    close: async () => (await opened?.catch(() => null))?.close(),
  };
}

/** Most commands do not need Temporal, so it is connected to when one asks. */
function lazyTemporal(config: Config, say: (line: string) => void, patienceMs = CLI_PATIENCE_MS) {
  const namespace = config.temporalNamespace;
  let connecting: Promise<{ address: string; connected: NativeConnection }> | null = null;
  let opening: Promise<Client> | null = null;

  async function connect() {
    const address = await temporalAddressOf(config);
    if (address === null)
      throw new Error(
        'Temporal does not run here: start the service (npm start; if it runs already, stop it first), or set TEMPORAL_ADDRESS.',
      );
    const { installRuntime } = await import('../temporal/runtime.ts');
    const { connectTemporal } = await import('../temporal/connect.ts');
    // The client logs every try that fails; the command says it once.
    installRuntime(await logOf(config, 'error'));
    return { address, connected: await connectTemporal(address, patienceMs, say) };
  }

  async function open(): Promise<Client> {
    const { address, connected } = await (connecting ??= connect());
    const { requireNamespace } = await import('../temporal/trouble.ts');
    await requireNamespace(connected, address, namespace);
    const { Client: TemporalClient } = await import('@temporalio/client');
    return new TemporalClient({ connection: connected, namespace });
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
