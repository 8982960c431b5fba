#!/usr/bin/env node
import './node-version.ts';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { clientOf, createAccounts } from './accounts/accounts.ts';
import { explainSearch } from './ai/knowledge/explain.ts';
import type { CliDeps, Opened } from './cli/common.ts';
import { runCli } from './cli/program.ts';
import { createTerminal } from './cli/terminal.ts';
import { loadConfig, type Config, type Env, type Half } from './app/config.ts';
import { createConnector } from './accounts/connector.ts';
import { startBeside } from './loops/start-beside-connection.ts';
import { createBackfills } from './db/background/backfills.ts';
import { createArticleFiles } from './db/knowledge/article-files.ts';
import { createDb } from './db/client.ts';
import { ConnectionNotFound } from './db/connections/connection.ts';
import { createConnections } from './db/connections/connections.ts';
import { createKnowledge } from './db/knowledge/knowledge.ts';
import { migrateWhenUp } from './db/migrate.ts';
import { createOutbounds } from './db/turns/outbounds.ts';
import { createRemoval } from './db/conversations/removal.ts';
import { createKeyring } from './db/connections/secrets.ts';
import { syncSolutions } from './knowledge-import/solutions.ts';
import { createSessions } from './db/conversations/sessions.ts';
import { createTicketTraces } from './db/reads/ticket-traces.ts';
import { examine } from './doctor/doctor.ts';
import type { Finding } from './doctor/finding.ts';
import { startLocalPostgres } from './local/postgres.ts';
import { freePort } from './local/processes.ts';
import { runningTemporal } from './local/temporal.ts';
import { importFolder } from './knowledge-import/folder.ts';
import { startService } from './app/serve.ts';
import { openStorage } from './storage/open.ts';
import { createProbes } from './app/probes.ts';
import { createBackfillControl } from './temporal/backfill-control.ts';
import { connectTemporal } from './temporal/connect.ts';
import { createEndConnection } from './temporal/end-connection.ts';
import { createReconcileSchedules } from './temporal/reconcile-schedule.ts';
import { createSignalTicket } from './temporal/signal-ticket.ts';
import { installRuntime, installRuntimeWithMetrics, releaseRuntime } from './temporal/runtime.ts';
import { requireNamespace } from './temporal/trouble.ts';

/** How long a command waits for PostgreSQL, and for Temporal. */
const CLI_PATIENCE_MS = 5_000;

const READY = {
  both: 'webhooks are accepted and tickets worked',
  api: 'webhooks are accepted; the tickets are worked elsewhere',
  worker: 'tickets are worked; webhooks are accepted elsewhere',
};

/** `serve`: until SIGTERM or SIGINT, or until a worker cannot go on. */
async function serve(env: Env, only: Half | null): Promise<void> {
  const config = loadConfig(env);
  const log = pino({ level: config.logLevel });
  const say = (line: string) => log.info(line);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const temporalMetrics = installRuntimeWithMetrics(log, await freePort());
  const service = await startService(config, { log, say, only, temporalMetrics }).catch(async (error: unknown) => {
    await releaseRuntime();
    throw error;
  });
  log.info({ api: service.url, temporalUi: service.temporalUiUrl }, `ready: ${READY[only ?? 'both']}`);
  try {
    await Promise.race([stopped, service.failed]);
  } finally {
    log.info('stopping: what is in flight ends first');
    await service.close();
  }
}

/** Without DATABASE_URL, the database of `serve`: the running one is used, and started for the command when none runs. */
async function openForCli(env: Env, say: (line: string) => void): Promise<Opened> {
  const config = loadConfig(env);
  const own =
    config.databaseUrl === null ? await startLocalPostgres({ dataDir: config.dataDir, durable: true, log: say }) : null;
  const databaseUrl = config.databaseUrl ?? own?.url ?? '';
  await migrateWhenUp(databaseUrl, CLI_PATIENCE_MS, say).catch(async (error: unknown) => {
    await own?.stop();
    throw error;
  });
  const db = createDb(databaseUrl, { poolSize: 4 });
  const knowledge = createKnowledge(db);
  const articleFiles = createArticleFiles(db);
  const temporal = lazyTemporal(config, say);
  const connections = createConnections(db, createKeyring(config.encryptionKeys));
  const backfills = createBackfills(db);
  // What a command did, it prints; its log is for what went wrong.
  const level = config.logLevel === 'info' ? 'warn' : config.logLevel;
  const log = pino({ level }, pino.destination(2));
  const account = createAccounts({ db, connections, requestDeadlineMs: config.timing.requestDeadlineMs, log });
  return {
    connections,
    backfills,
    connector: createConnector({
      connections,
      clientOf,
      freshdeskUrl: config.freshdeskUrl,
      publicUrl: config.publicUrl,
      onConnected: async (id) => {
        const client = await temporal.client();
        const schedules = createReconcileSchedules(client);
        await startBeside({ connections, schedules, backfills: createBackfillControl(client, backfills) })(id);
      },
      onRemoved: async (id) => createEndConnection(await temporal.client())(id),
      log,
    }),
    removal: createRemoval(db),
    traces: createTicketTraces(db),
    sessions: createSessions(db),
    outbounds: createOutbounds(db),
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
async function doctor(
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

async function main(): Promise<void> {
  // Whoever reads the output has gone, as `head` does when it has enough: nobody is left to tell.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  if (existsSync('.env')) process.loadEnvFile('.env');
  const env = process.env;
  const args = process.argv.slice(2);
  // With --json, standard error is for one object.
  const say = (line: string) => void (args.includes('--json') || process.stderr.write(`${line}\n`));
  const deps: CliDeps = {
    env,
    output: { out: (line) => void process.stdout.write(line), err: (line) => void process.stderr.write(line) },
    terminal: process.stdin.isTTY && process.stderr.isTTY ? createTerminal(process.stdin, process.stderr) : null,
    screen: process.stderr.isTTY ? process.stderr : null,
    readInput: () => text(process.stdin),
    open: () => openForCli(env, say),
    verify: (account) => clientOf(account).verify(),
    doctor: (what) => doctor(env, what, say),
    serve: (only) => serve(env, only),
  };
  const status = await runCli(deps, args);
  // A server that never answered is still being waited for somewhere below: what was said gets out first.
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((written) => void stream.write('', () => written()));
  process.exit(status);
}

if (import.meta.main) await main();
