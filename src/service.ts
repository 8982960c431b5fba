import { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundle } from '@temporalio/worker';
import type { Logger } from 'pino';
import { clientOf, createAccounts } from './accounts.ts';
import { activityDeps } from './activity-deps.ts';
import { createApi, createWorkerApi } from './api/app.ts';
import type { Health } from './api/health.ts';
import { createMetrics } from './api/metrics.ts';
import { listen } from './api/server.ts';
import type { Opened } from './cli/common.ts';
import { type Config, type Half, weakSecrets } from './config.ts';
import { connectDefault, createConnector, type Connector } from './connect.ts';
import { createArticleFiles } from './db/article-files.ts';
import { createAlerts } from './db/alerts.ts';
import { createAttention } from './db/attention.ts';
import { createDb, type Db } from './db/client.ts';
import { createConnections, type Connections } from './db/connections.ts';
import { createFigures } from './db/figures.ts';
import { createKnowledge } from './db/knowledge.ts';
import { createKnowledgeSyncs } from './db/knowledge-syncs.ts';
import { migrateWhenUp } from './db/migrate.ts';
import { createRemoval } from './db/removal.ts';
import { createKeyring } from './db/secrets.ts';
import { createSessionReads } from './db/session-reads.ts';
import type { BackfillControl } from './domain/backfill.ts';
import { SEARCH_ATTRIBUTES } from './domain/signals.ts';
import { ownPostgres, ownTemporal } from './local/own-servers.ts';
import { importFolder } from './import-folder.ts';
import { createDeliver, watchForAlerts } from './loops/alerts.ts';
import { keepBeside, startBeside } from './loops/beside.ts';
import { checkAccounts } from './loops/check-accounts.ts';
import { syncEveryHour } from './loops/knowledge-sync.ts';
import { keepRetention } from './loops/retention.ts';
import { sweepFiles } from './loops/sweep-files.ts';
import { wakeHeldTickets } from './loops/wake.ts';
import { openStorage } from './storage/open.ts';
import { createBackfillControl } from './temporal/backfill-control.ts';
import { connectTemporal } from './temporal/connect.ts';
import { createEndConnection } from './temporal/end-connection.ts';
import { createFailingWorkflows } from './temporal/failing-workflows.ts';
import { createReconcileSchedules, type ReconcileSchedules } from './temporal/reconcile-schedule.ts';
import { registerSearchAttributes } from './temporal/search-attributes.ts';
import { createSignalTicket, type SignalTicket } from './temporal/signal-ticket.ts';
import { createTicketRuns } from './temporal/ticket-runs.ts';
import { requireNamespace } from './temporal/trouble.ts';
import { startWorkers, type Workers } from './temporal/workers.ts';

/** How long a start waits for servers that others start, unless told otherwise. */
const PATIENCE_MS = 60_000;

/** The whole product, running. */
export type Service = {
  /** Where API and webhooks listen; of a worker alone, health and metrics. */
  url: string;
  databaseUrl: string;
  temporalAddress: string;
  /** Temporal's Web UI; null when the server is not ours. */
  temporalUiUrl: string | null;
  connections: Connections;
  connector: Connector;
  importKnowledge: Opened['importKnowledge'];
  signalTicket: SignalTicket;
  backfills: BackfillControl;
  /** Kept for every connection by themselves; whoever deletes a connection removes its schedule at once. */
  reconcileSchedules: ReconcileSchedules;
  /** Rejects when a worker cannot go on. */
  failed: Promise<never>;
  /** Lets what is in flight end; servers of our own are stopped last. */
  close(): Promise<void>;
};

export type ServiceOptions = {
  log: Logger;
  /** What a person at the terminal should read while it starts. */
  say?: (line: string) => void;
  /** Of API and worker only one, because the other runs elsewhere; null or left out: both. */
  only?: Half | null;
  /** The page of the Temporal SDK's own metrics, which the runtime keeps once per process. */
  temporalMetrics?: (() => Promise<string>) | null;
  /** Of our own servers: false gives up their data at a power cut, for speed. */
  durable?: boolean;
  workflowBundle?: WorkflowBundle;
  /** How long to wait for a given PostgreSQL and Temporal that do not answer yet. */
  patienceMs?: number;
  /** C5: whether a connection that the environment has just made is backfilled; true when left out. */
  backfillNew?: boolean;
};

/** Starts everything that `serve` is: servers of our own where none are given, migrations, API and worker. */
export async function startService(
  config: Config,
  {
    log,
    say = () => undefined,
    only = null,
    temporalMetrics = null,
    durable = true,
    workflowBundle,
    patienceMs = PATIENCE_MS,
    backfillNew = true,
  }: ServiceOptions,
): Promise<Service> {
  for (const name of weakSecrets(config))
    log.warn({ name }, `${name} is so short that it can be found by trying: make one with "openssl rand -hex 32"`);
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
    await resealKeys(connections, log);
    const knowledge = createKnowledge(db);

    const temporal = await connectTemporal(address, patienceMs, say);
    closers.push(() => temporal.close());
    await requireNamespace(temporal, address, namespace);
    await registerSearchAttributes(temporal, namespace);
    const client = new Client({ connection: temporal, namespace });
    const signalTicket = createSignalTicket(client);
    const failingWorkflows = createFailingWorkflows(client);
    const attention = createAttention(db);

    const metrics = createMetrics({ figures: createFigures(db), temporalMetrics, log });
    const accounts = createAccounts({
      db,
      connections,
      requestDeadlineMs: config.timing.requestDeadlineMs,
      log,
      observe: metrics.freshdeskCall,
    });
    const storage = await openStorage(config.storage);
    const tickets = createTicketRuns(client, signalTicket);
    const deps = activityDeps(config, { db, connections, account: accounts, tickets, storage, log });
    const backfills = createBackfillControl(client, deps.backfills);
    const reconcileSchedules = createReconcileSchedules(client);
    const beside = { connections, schedules: reconcileSchedules, backfills };
    const onConnected = startBeside(beside);
    const { freshdeskUrl, publicUrl } = config;
    const onRemoved = createEndConnection(client);
    const connector = createConnector({ connections, clientOf, freshdeskUrl, publicUrl, onConnected, onRemoved, log });
    if (config.freshdesk !== null) {
      await connectDefault(config.freshdesk, { connections, clientOf, onConnected, backfill: backfillNew, log, say });
    }
    const workers =
      only === 'api'
        ? null
        : await startWorkers({
            connection: temporal,
            namespace,
            deps,
            ...(workflowBundle === undefined ? {} : { workflowBundle }),
          });
    if (workers !== null) {
      closers.push(() => stopWorkers(workers));
      const loops = [
        wakeHeldTickets({ connections, sessions: deps.sessions, signalTicket, log }),
        keepBeside({ ...beside, log }),
        checkAccounts({ connections, account: accounts, log }),
        sweepFiles({ attachments: deps.attachments, storage, log }),
        syncEveryHour({ account: accounts, knowledge, syncs: createKnowledgeSyncs(db), connections, log }),
        keepRetention({ removal: createRemoval(db), log }),
      ];
      closers.push(...loops.map((loop) => () => loop.stop()));
    }

    if (config.alertWebhookUrl !== null) {
      const deliver = createDeliver(config.alertWebhookUrl);
      const watch = watchForAlerts({ attention, failingWorkflows, alerts: createAlerts(db), deliver, log });
      closers.push(() => watch.stop());
    }

    const health = healthOf({ db, temporal, namespace, workers });
    const app =
      only === 'worker'
        ? createWorkerApi({ connections, health, metrics, log })
        : createApi({
            connections,
            sessions: createSessionReads(db),
            attention,
            backfills,
            attachments: deps.attachments,
            storage,
            temporal: { signalTicket, failingWorkflows },
            health,
            metrics,
            adminToken: config.adminToken,
            connector,
            log,
          });
    const server = await listen(app, config.port);
    closers.push(() => server.close());
    const never = new Promise<never>(() => undefined);
    const failed = workers === null ? never : workers.done.then(() => never);
    failed.catch(() => undefined); // whoever waits for it hears of it; nobody has to
    return {
      url: `http://127.0.0.1:${server.port}`,
      databaseUrl,
      temporalAddress: address,
      temporalUiUrl: ownServer?.uiUrl ?? null,
      connections,
      connector,
      importKnowledge: (connectionId, folder) =>
        importFolder({ knowledge, articleFiles: createArticleFiles(db), storage }, connectionId, folder),
      signalTicket,
      backfills,
      reconcileSchedules,
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

/** C3: what an older ENCRYPTION_KEY has sealed is sealed with the first one, so that the older one can go. */
async function resealKeys(connections: Connections, log: Logger): Promise<void> {
  const { resealed, unreadable } = await connections.reseal();
  if (resealed.length > 0) log.info({ connections: resealed }, 'sealed API keys with the first ENCRYPTION_KEY');
  if (unreadable.length > 0)
    log.error(
      { connections: unreadable },
      'no key in ENCRYPTION_KEY opens these API keys: put the old one back beside the new one, or run connections rotate-key',
    );
}

type HealthParts = { db: Db; temporal: NativeConnection; namespace: string; workers: Workers | null };

function healthOf({ db, temporal, namespace, workers }: HealthParts): Health {
  return {
    database: async () => void (await db.$queryRaw`SELECT 1`),
    temporal: async () =>
      void (await temporal.withDeadline(Date.now() + 2_000, () =>
        temporal.workflowService.describeNamespace({ namespace }),
      )),
    worker:
      workers === null
        ? null
        : async () => {
            if (!workers.running()) throw new Error('the worker does not run');
          },
  };
}

async function stopWorkers(workers: Workers): Promise<void> {
  workers.shutdown();
  await workers.done.catch(() => undefined);
}
