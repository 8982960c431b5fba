import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundle } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import type { Account, ActivityDeps } from './activities/deps.ts';
import { createEmbeddedEngine } from './ai/embedded.ts';
import { readMarkdownFolder } from './ai/markdown-knowledge.ts';
import { createApi } from './api/app.ts';
import { listen, type RunningServer } from './api/server.ts';
import type { CliDeps, Opened } from './cli/common.ts';
import { runCli } from './cli/program.ts';
import { loadConfig, type Config, type Env } from './config.ts';
import { connectDefault } from './connect.ts';
import { createAttention } from './db/attention.ts';
import { createDb, type Db } from './db/client.ts';
import { ConnectionNotFound, createConnections, type Connection, type Connections } from './db/connections.ts';
import { createHandoffs } from './db/handoffs.ts';
import { createKnowledge, type Knowledge } from './db/knowledge.ts';
import { applyMigrations, migrateWhenUp } from './db/migrate.ts';
import { createOutbounds } from './db/outbounds.ts';
import { createRateLimit } from './db/rate-limit.ts';
import { createKeyring } from './db/secrets.ts';
import { createSessionReads } from './db/session-reads.ts';
import { createSessions } from './db/sessions.ts';
import { createTurns } from './db/turns.ts';
import type { ImportResult } from './domain/knowledge.ts';
import type { RateLimit } from './domain/rate-limit.ts';
import { SEARCH_ATTRIBUTES } from './domain/signals.ts';
import { createFreshdesk, type Freshdesk } from './freshdesk/client.ts';
import { watchKey, type KeyWatch } from './freshdesk/watch-key.ts';
import { ownPostgres, ownTemporal } from './local/own-servers.ts';
import { startLocalPostgres } from './local/postgres.ts';
import { connectTemporal } from './temporal/connect.ts';
import { installRuntime, releaseRuntime } from './temporal/runtime.ts';
import { createFailingWorkflows, type FailingWorkflows } from './temporal/failing-workflows.ts';
import { registerSearchAttributes } from './temporal/search-attributes.ts';
import { createSignalTicket, type SignalTicket } from './temporal/signal-ticket.ts';
import { startWorkers, type Workers } from './temporal/workers.ts';
import { wakeHeldTickets } from './wake.ts';

/** How long a start waits for servers that others start, unless told otherwise. */
const PATIENCE_MS = 60_000;
const VERIFY_DEADLINE_MS = 20_000;

/** The whole product, running. */
export type Service = {
  /** Where API and webhooks listen. */
  url: string;
  databaseUrl: string;
  temporalAddress: string;
  /** Temporal's Web UI; null when the server is not ours. */
  temporalUiUrl: string | null;
  connections: Connections;
  importKnowledge: Opened['importKnowledge'];
  signalTicket: SignalTicket;
  /** Rejects when a worker cannot go on. */
  failed: Promise<never>;
  /** Lets what is in flight end; servers of our own are stopped last. */
  close(): Promise<void>;
};

export type ServiceOptions = {
  log: Logger;
  /** What a person at the terminal should read while it starts. */
  say?: (line: string) => void;
  /** Of our own servers: false gives up their data at a power cut, for speed. */
  durable?: boolean;
  workflowBundle?: WorkflowBundle;
  /** How long to wait for a given PostgreSQL and Temporal that do not answer yet. */
  patienceMs?: number;
};

/** Starts everything that `serve` is: servers of our own where none are given, migrations, API and worker. */
export async function startService(
  config: Config,
  { log, say = () => undefined, durable = true, workflowBundle, patienceMs = PATIENCE_MS }: ServiceOptions,
): Promise<Service> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    const failures: unknown[] = [];
    for (const closer of closers.splice(0).toReversed()) await closer().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const postgres = config.databaseUrl === null ? await ownPostgres(config.dataDir, durable, say) : null;
    if (postgres !== null) closers.push(postgres.stop);
    const namespace = config.temporalNamespace;
    const known = { namespace, searchAttributes: SEARCH_ATTRIBUTES };
    const ownServer = config.temporalAddress === null ? await ownTemporal(config.dataDir, known, say) : null;
    if (ownServer !== null) closers.push(ownServer.stop);
    const databaseUrl = config.databaseUrl ?? postgres?.url ?? '';
    const address = config.temporalAddress ?? ownServer?.address ?? '';

    const applied = await migrateWhenUp(databaseUrl, patienceMs, say);
    if (applied.length > 0) say(`Database migrated: ${applied.join(', ')}`);
    const db = createDb(databaseUrl, { poolSize: 20 });
    closers.push(() => db.$disconnect());
    const connections = createConnections(db, createKeyring(config.encryptionKeys));
    const knowledge = createKnowledge(db);

    const temporal = await connectTemporal(address, patienceMs, say);
    closers.push(() => temporal.close());
    await registerSearchAttributes(temporal, namespace);
    const client = new Client({ connection: temporal, namespace });
    const signalTicket = createSignalTicket(client);
    const failingWorkflows = createFailingWorkflows(client);

    const deps = activityDeps(config, db, connections, log);
    if (config.freshdesk !== null) {
      const freshdesk = clientOf(config.freshdesk);
      await connectDefault(config.freshdesk, { connections, freshdesk, log, say });
    }
    const workers = await startWorkers({
      connection: temporal,
      namespace,
      deps,
      ...(workflowBundle === undefined ? {} : { workflowBundle }),
    });
    closers.push(() => stopWorkers(workers));

    const waker = wakeHeldTickets({ connections, sessions: deps.sessions, signalTicket, log });
    closers.push(() => waker.stop());

    const server = await startApi(config, { db, connections, temporal, signalTicket, failingWorkflows, workers, log });
    closers.push(() => server.close());
    const failed = workers.done.then(() => new Promise<never>(() => undefined));
    failed.catch(() => undefined); // whoever waits for it hears of it; nobody has to
    return {
      url: `http://127.0.0.1:${server.port}`,
      databaseUrl,
      temporalAddress: address,
      temporalUiUrl: ownServer?.uiUrl ?? null,
      connections,
      importKnowledge: (connectionId, folder) => importFolder(knowledge, connectionId, folder),
      signalTicket,
      failed,
      close,
    };
  } catch (error) {
    await close().catch((second: unknown) =>
      log.error({ reason: String(second) }, 'could not end everything after a failed start'),
    );
    throw error;
  }
}

/** Everything the activities work with. Clients are kept per key, so that their connections are. */
function activityDeps(config: Config, db: Db, connections: Connections, log: Logger): ActivityDeps {
  const clients = new Map<string, { apiKey: string; baseUrl: string; freshdesk: Freshdesk }>();

  async function account(connectionId: string): Promise<Account> {
    const connection = await connections.get(connectionId);
    if (connection === null) throw new ConnectionNotFound(connectionId);
    const [settings, apiKey] = [await connections.settings(connectionId), await connections.apiKey(connectionId)];
    const { baseUrl } = connection;
    let kept = clients.get(connectionId);
    if (kept?.apiKey !== apiKey || kept.baseUrl !== baseUrl) {
      const limit = createRateLimit(db, connectionId);
      const freshdesk = createFreshdesk({ baseUrl, apiKey, limit, deadlineMs: config.timing.requestDeadlineMs });
      kept = { apiKey, baseUrl, freshdesk };
      clients.set(connectionId, kept);
    }
    return { connection, settings, freshdesk: watchKey(kept.freshdesk, keyWatch(connections, connection, log)) };
  }

  const knowledge = createKnowledge(db);
  return {
    account,
    sessions: createSessions(db),
    turns: createTurns(db),
    outbounds: createOutbounds(db),
    handoffs: createHandoffs(db),
    knowledge,
    engine: createEmbeddedEngine({ knowledge }),
    timing: config.timing,
    now: () => new Date(),
    log,
  };
}

/** C8: a key that is refused breaks the connection, and one that works again heals it. */
function keyWatch(connections: Connections, { id, state, stateReason }: Connection, log: Logger): KeyWatch {
  return {
    async refused(reason) {
      if (state === 'broken' && stateReason === reason) return;
      await connections.setState(id, 'broken', reason);
      log.error(
        { connection: id, reason },
        'Freshdesk refuses the API key: nothing is written until it works or is replaced',
      );
    },
    async accepted() {
      if (state === 'active' || stateReason === 'not_admin') return;
      await connections.setState(id, 'active', null);
      log.info({ connection: id }, 'Freshdesk accepts the API key again');
    },
  };
}

/** Before there is a connection there is no budget to share: a verification is three calls. */
function clientOf({ baseUrl, apiKey }: { baseUrl: string; apiKey: string }): Freshdesk {
  const limit: RateLimit = {
    acquire: () => Promise.resolve(),
    learned: () => Promise.resolve(),
    closedFor: () => Promise.resolve(),
  };
  return createFreshdesk({ baseUrl, apiKey, limit, deadlineMs: VERIFY_DEADLINE_MS });
}

type ApiParts = {
  db: Db;
  connections: Connections;
  temporal: NativeConnection;
  signalTicket: SignalTicket;
  failingWorkflows: FailingWorkflows;
  workers: Workers;
  log: Logger;
};

async function startApi(
  config: Config,
  { db, connections, temporal, signalTicket, failingWorkflows, workers, log }: ApiParts,
): Promise<RunningServer> {
  const health = {
    database: async () => void (await db.$queryRaw`SELECT 1`),
    temporal: async () =>
      void (await temporal.withDeadline(Date.now() + 2_000, () =>
        temporal.workflowService.describeNamespace({ namespace: config.temporalNamespace }),
      )),
    worker: async () => {
      if (!workers.running()) throw new Error('the worker does not run');
    },
  };
  const app = createApi({
    connections,
    sessions: createSessionReads(db),
    attention: createAttention(db),
    temporal: { signalTicket, failingWorkflows },
    health,
    adminToken: config.adminToken,
    publicUrl: config.publicUrl,
    log,
  });
  return listen(app, config.port);
}

async function stopWorkers(workers: Workers): Promise<void> {
  workers.shutdown();
  await workers.done.catch(() => undefined);
}

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

async function importFolder(knowledge: Knowledge, connectionId: string, folder: string): Promise<ImportResult> {
  return knowledge.replaceFolder(connectionId, await readMarkdownFolder(folder));
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
