import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import type { RequestListener } from 'node:http';
import type { Express } from 'express';
import type { Logger } from 'pino';
import { embedKnowledge } from '../ai/knowledge/embed-knowledge.ts';
import { createApi, createWorkerApi } from '../api/app.ts';
import { within } from '../api/deadline.ts';
import type { Health } from '../api/health.ts';
import { listen } from '../api/server.ts';
import { createExplainSearch } from '../ai/knowledge/explain.ts';
import { createAsk } from './ask.ts';
import { createOneTimeCodes, type OneTimeCodes } from '../api/sign-in.ts';
import type { Opened } from '../cli/deps.ts';
import { type Config, weakSecrets } from './config.ts';
import type { Connector } from '../accounts/connector.ts';
import type { Db } from '../db/client.ts';
import type { Connections } from '../db/connections/connections.ts';
import { createProbes } from './probes.ts';
import { createSignIns } from '../db/sign-ins.ts';
import type { BackfillControl } from '../domain/backfill.ts';
import { workflowsPage } from '../domain/temporal-names.ts';
import { examine } from '../doctor/doctor.ts';
import { importFolder } from '../knowledge-import/folder.ts';
import { createDeliver, watchForAlerts } from '../loops/alerts.ts';
import { keepBeside } from '../loops/start-beside-connection.ts';
import { checkAccounts } from '../loops/check-accounts.ts';
import { embedInBackground } from '../loops/embed-knowledge.ts';
import { syncEveryHour } from '../loops/knowledge-sync.ts';
import { onePerDeployment } from '../loops/one-per-deployment.ts';
import { keepRetention } from '../loops/retention.ts';
import { sweepFiles } from '../loops/sweep-files.ts';
import { wakeTickets } from '../loops/wake.ts';
import { watchMachine } from '../loops/watch-machine.ts';
import { disksOf, foldersOf, MACHINE } from './machine.ts';
import { reconcileNow, type ReconcileSchedules } from '../temporal/reconcile-schedule.ts';
import { createRetryNow } from '../temporal/retry-now.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';
import { startWorkers, type Workers } from '../temporal/workers.ts';
import {
  createClosers,
  endTogether,
  openParts,
  openServers,
  type Closers,
  type Parts,
  type ServiceOptions,
  type Servers,
} from './parts.ts';

/** The whole product, running. */
export type Service = {
  /** Where API and webhooks listen; of a worker alone, health and metrics. */
  url: string;
  databaseUrl: string;
  temporalAddress: string;
  /** Temporal's Web UI; null when the server is not ours. */
  temporalUiUrl: string | null;
  /** The Inbox, and with a code that lets a browser on this machine in as admin, once. */
  signInLink(): string;
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

/** Longer than a worker gives the request in flight; with servers of our own to stop after it, less than 45 s in all. */
const WORK_ENDS_MS = 32_000;

/** Starts everything that `serve` is: servers of our own where none are given, migrations, API and worker. */
export async function startService(config: Config, options: ServiceOptions): Promise<Service> {
  const { log, only = null } = options;
  for (const name of weakSecrets(config))
    log.warn({ name }, `${name} is so short that it can be found by trying: make one with "openssl rand -hex 32"`);
  const { closers, close } = createClosers();
  try {
    await requireFreePort(config.port);
    const servers = await openServers(config, options, closers);
    const parts = await openParts(config, servers, options, closers);
    const work: Closers = [];
    closers.push(() => endTogether(work, WORK_ENDS_MS, () => log.warn('not all that is in flight ended in time')));
    const workers = only === 'api' ? null : await startWork(parts, options, work);
    watchOwnMachine(parts, config, log, work);
    if (config.alertWebhookUrl !== null) watchProblems(parts, config.alertWebhookUrl, log, work);
    const codes = createOneTimeCodes();
    const server = await listen(appOf(parts, { servers, workers, codes }, config, options), config.port);
    work.push(() => server.close());
    return serviceOf(parts, servers, { port: server.port, codes, failed: failureOf(workers), close });
  } catch (error) {
    await close().catch((second: unknown) =>
      log.error({ reason: String(second) }, 'could not end everything after a failed start'),
    );
    throw error;
  }
}

/** Said before anything is started, and not after half a minute. Throws when the port is taken. */
async function requireFreePort(port: number): Promise<void> {
  if (port !== 0) await (await listen(notReadyYet, port)).close();
}

const notReadyYet: RequestListener = (_request, response) => void response.writeHead(503).end();

/** The workers, and what goes on beside them. */
async function startWork(parts: Parts, options: ServiceOptions, work: Closers): Promise<Workers> {
  const { repositories, account, temporal, client, namespace, deps, storage, signalTicket } = parts;
  const { connections, knowledge, knowledgeSyncs, leases, removal } = repositories;
  const { log, workflowBundle } = options;
  const retryNow = createRetryNow(client);
  const workers = await startWorkers({
    connection: temporal,
    namespace,
    deps,
    ...(workflowBundle === undefined ? {} : { workflowBundle }),
  });
  work.push(() => stopWorkers(workers));
  const upkeep = onePerDeployment({
    leases,
    name: 'upkeep',
    log,
    start: () => [
      wakeTickets({ connections, sessions: deps.sessions, looks: deps.looks, signalTicket, retryNow, log }),
      keepBeside({ connections, schedules: parts.reconcileSchedules, backfills: parts.backfillControl, log }),
      checkAccounts({ connections, account, ...parts.rulesDeps, log }),
      sweepFiles({ attachments: deps.attachments, storage, log }),
      syncEveryHour({ account, knowledge, syncs: knowledgeSyncs, connections, log }),
      ...embedLoop(parts, log),
      keepRetention({ removal, log }),
    ],
  });
  work.push(() => upkeep.stop());
  return workers;
}

/** Without an embedder there is nothing to embed with. */
function embedLoop({ understanding: { embedder }, repositories }: Parts, log: Logger) {
  if (embedder === null) return [];
  const { connections, knowledgeVectors: vectors } = repositories;
  const embed = (id: string, limit: number, signal: AbortSignal) =>
    embedKnowledge({ vectors, embedder }, id, limit, signal);
  return [embedInBackground({ connections, embed, log })];
}

function watchOwnMachine({ repositories, clock }: Parts, config: Config, log: Logger, work: Closers): void {
  const watch = watchMachine({
    conditions: repositories.conditions,
    machine: MACHINE,
    disks: () => disksOf(foldersOf(config)),
    clockAheadMs: clock.aheadMs,
    log,
  });
  work.push(() => watch.stop());
}

function watchProblems({ repositories, failingWorkflows }: Parts, url: string, log: Logger, work: Closers): void {
  const { attention, alerts, leases } = repositories;
  // Not in Temporal: what it does must go on while that is down.
  const watch = onePerDeployment({
    leases,
    name: 'alerts',
    log,
    start: () => [watchForAlerts({ attention, failingWorkflows, alerts, deliver: createDeliver(url), log })],
  });
  work.push(() => watch.stop());
}

const ROOT = path.join(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };

type Beside = { servers: Servers; workers: Workers | null; codes: OneTimeCodes };

function appOf(
  parts: Parts,
  { servers, workers, codes }: Beside,
  config: Config,
  { log, only }: ServiceOptions,
): Express {
  const tokens = { admin: config.adminToken, viewer: config.viewerToken };
  const { db, repositories, temporal, client, namespace, metrics, backfillControl, storage, connector } = parts;
  const { signalTicket, failingWorkflows, understanding } = parts;
  const { connections, attention, attachments, audit } = repositories;
  const health = healthOf({ db, temporal, namespace, workers });
  if (only === 'worker') return createWorkerApi({ connections, health, metrics, log });
  return createApi({
    connections,
    sessions: repositories.sessionReads,
    traces: repositories.traces,
    retries: repositories,
    timing: config.timing,
    attention,
    overview: repositories.overview,
    reports: repositories.reports,
    reviews: repositories.reviews,
    changing: repositories.changing,
    operating: {
      doctor: (connectionId) => examineNow(config, servers, temporal, connectionId),
      reconcile: (connectionId) => reconcileNow(client, connectionId),
      directory: async (connectionId) => (await parts.account(connectionId)).freshdesk.directory(),
    },
    knowing: {
      ...repositories,
      search: createExplainSearch({ ...repositories, ...understanding }),
      ask: createAsk(config, repositories, understanding, log),
    },
    audit,
    backfills: backfillControl,
    attachments,
    storage,
    temporal: { signalTicket, failingWorkflows },
    health,
    metrics,
    signIn: {
      tokens,
      signIns: createSignIns(db, tokens),
      codes,
      publicUrl: config.publicUrl,
      version,
      temporalUi: servers.uiUrl === null ? null : workflowsPage(servers.uiUrl, config.temporalNamespace),
    },
    pages: config.webUi ? path.join(ROOT, 'dist/web') : null,
    connector,
    log,
  });
}

/** Rejects when a worker cannot go on; whoever waits for it hears of it, nobody has to. */
function failureOf(workers: Workers | null): Promise<never> {
  const never = new Promise<never>(() => undefined);
  const failed = workers === null ? never : workers.done.then(() => never);
  failed.catch(() => undefined);
  return failed;
}

function serviceOf(
  { repositories, connector, storage, signalTicket, backfillControl, reconcileSchedules }: Parts,
  { databaseUrl, address, uiUrl }: Servers,
  { port, codes, failed, close }: { port: number; codes: OneTimeCodes } & Pick<Service, 'failed' | 'close'>,
): Service {
  const url = `http://127.0.0.1:${port}`;
  const { connections, knowledge, articleFiles } = repositories;
  return {
    url,
    databaseUrl,
    temporalAddress: address,
    temporalUiUrl: uiUrl,
    signInLink: () => `${url}/sign-in#code=${codes.make()}`,
    connections,
    connector,
    importKnowledge: (connectionId, folder) => importFolder({ knowledge, articleFiles, storage }, connectionId, folder),
    signalTicket,
    backfills: backfillControl,
    reconcileSchedules,
    failed,
    close,
  };
}

/** C6: with what the service itself uses. */
async function examineNow(config: Config, servers: Servers, temporal: NativeConnection, connectionId: string | null) {
  const probes = createProbes(config, {
    databaseUrl: servers.databaseUrl,
    temporalAddress: servers.address,
    temporal: async () => temporal,
    embeddings: servers.embeddings,
    connectionId,
  });
  try {
    return await examine(probes);
  } finally {
    await probes.close();
  }
}

/** How long `/readyz` waits for a part of the service. */
const CHECK_MS = 2_000;

type HealthParts = { db: Db; temporal: NativeConnection; namespace: string; workers: Workers | null };

function healthOf({ db, temporal, namespace, workers }: HealthParts): Health {
  return {
    database: async () => void (await within(CHECK_MS, db.$queryRaw`SELECT 1`)),
    temporal: async () =>
      void (await temporal.withDeadline(Date.now() + CHECK_MS, () =>
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
