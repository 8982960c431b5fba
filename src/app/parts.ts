import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { type AccountParts, type Accounts, clientOf, createAccounts, freshdeskClock } from '../accounts/accounts.ts';
import { checkRules, type CheckRulesDeps } from '../accounts/check-rules.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { createMetrics } from '../api/metrics.ts';
import type { EmbedderOptions } from '../ai/understanding/embedder.ts';
import type { Half } from '../cli/deps.ts';
import type { Config } from './config.ts';
import { engineInUse } from './model-config.ts';
import { takeCredits } from '../accounts/credits.ts';
import { requireDataDir } from './data-dir.ts';
import { type Connector, createConnector } from '../accounts/connector.ts';
import { connectDefault } from '../accounts/default-connection.ts';
import { openStoredKeys } from '../accounts/unreadable-key.ts';
import { createDb, type Db } from '../db/client.ts';
import { openRepositories, type Repositories } from '../db/index.ts';
import { engineOf, openUnderstanding } from './engine.ts';
import { createClockWatch } from './machine.ts';
import { migrateWhenUp } from '../db/migrate.ts';
import { createKeyring } from '../db/connections/secrets.ts';
import { isLoopback } from '../domain/machine.ts';
import { SEARCH_ATTRIBUTES } from '../domain/temporal-names.ts';
import { webhookUrlOf } from '../freshdesk/automation-rules.ts';
import { ownEmbedder, ownPostgres, ownTemporal } from '../local/own-servers.ts';
import { startBeside } from '../loops/start-beside-connection.ts';
import { openStorage } from '../storage/open.ts';
import { createBackfillControl } from '../temporal/backfill-control.ts';
import { connectTemporal } from '../temporal/connect.ts';
import { createEndConnection } from '../temporal/end-connection.ts';
import { createFailingWorkflows } from '../temporal/failing-workflows.ts';
import { createReconcileSchedules } from '../temporal/reconcile-schedule.ts';
import { registerSearchAttributes } from '../temporal/search-attributes.ts';
import { createSignalTicket } from '../temporal/signal-ticket.ts';
import { createTicketRuns } from '../temporal/ticket-runs.ts';
import { requireNamespace } from '../temporal/trouble.ts';

/** How a start says it (N7). */
const NO_EMBEDDER =
  'No embedding server: what customers mean is not understood by its meaning, and without a model (AI_PROVIDER) nothing is sent in public, only left as drafts. Start with npm where there is Python 3.10 or newer, or set EMBEDDING_BASE_URL and EMBEDDING_MODEL.';

const silent = (): void => undefined;

/** How long a start waits for servers that others start, unless told otherwise. */
const PATIENCE_MS = 60_000;

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
  workflowBundle?: WorkflowBundleOption;
  /** How long to wait for a given PostgreSQL and Temporal that do not answer yet. */
  patienceMs?: number;
  /** C5: whether a connection that the environment has just made is backfilled; true when left out. */
  backfillNew?: boolean;
};

/** What ends what was started, the last first. */
export type Closers = (() => Promise<unknown>)[];

/** Ends all of it at the same time; after so long, what has not ended is left to the end of the process. */
export async function endTogether(ends: Closers, limitMs: number, late: () => void): Promise<void> {
  const limit = new AbortController();
  const over = sleep(limitMs, 'over' as const, { signal: limit.signal }).catch(() => 'ended' as const);
  const ended = Promise.allSettled(ends.map((end) => end()));
  try {
    if ((await Promise.race([ended, over])) === 'over') late();
  } finally {
    limit.abort();
  }
}

export function createClosers(): { closers: Closers; close: () => Promise<void> } {
  const closers: Closers = [];
  const close = async () => {
    const failures: unknown[] = [];
    for (const closer of closers.splice(0).toReversed()) await closer().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  return { closers, close };
}

export type Servers = {
  databaseUrl: string;
  address: string;
  uiUrl: string | null;
  /** null: there is none, and nothing can be understood by its meaning. */
  embeddings: EmbedderOptions | null;
};

/** PostgreSQL, Temporal and the embedding server: those given, or our own. */
export async function openServers(
  config: Config,
  { say = silent, durable = true }: ServiceOptions,
  closers: Closers,
): Promise<Servers> {
  if (config.databaseUrl === null || config.temporalAddress === null) await requireDataDir(config.dataDir);
  const postgres = config.databaseUrl === null ? await ownPostgres(config.dataDir, durable, say) : null;
  if (postgres !== null) closers.push(postgres.stop);
  const known = { namespace: config.temporalNamespace, searchAttributes: SEARCH_ATTRIBUTES };
  const temporal = config.temporalAddress === null ? await ownTemporal(config.dataDir, known, say) : null;
  if (temporal !== null) closers.push(temporal.stop);
  return {
    databaseUrl: config.databaseUrl ?? postgres?.url ?? '',
    address: config.temporalAddress ?? temporal?.address ?? '',
    uiUrl: temporal?.uiUrl ?? null,
    embeddings: await openEmbeddings(config, say, closers),
  };
}

/** N7: without any, the product runs all the same, and does less. */
export async function openEmbeddings(
  { embeddings, dataDir }: Pick<Config, 'embeddings' | 'dataDir'>,
  say: (line: string) => void,
  closers: Closers,
): Promise<EmbedderOptions | null> {
  if (embeddings.kind === 'server') return embeddings;
  const own = embeddings.kind === 'local' ? await ownEmbedder(dataDir, say) : null;
  if (own !== null) {
    closers.push(own.stop);
    return { baseUrl: own.url, model: own.model, apiKey: null };
  }
  say(NO_EMBEDDER);
  return null;
}

export type Parts = Awaited<ReturnType<typeof openParts>>;

/** Everything that API, workers and loops are made of; afterwards the connection of the environment is there. */
export async function openParts(config: Config, servers: Servers, options: ServiceOptions, closers: Closers) {
  const { log, say = silent, temporalMetrics = null, backfillNew = true } = options;
  const { db, repositories } = await openDatabase(config, servers.databaseUrl, options, closers);
  const { temporal, client } = await openTemporal(config, servers.address, options, closers);
  const { connections } = repositories;
  const metrics = createMetrics({ figures: repositories.figures, temporalMetrics, log });
  const clock = createClockWatch();
  const account = accountsOf(config, repositories, log, (id, call) => {
    metrics.freshdeskCall(id, call);
    clock.saw(call.atMs);
  });
  const beside = besideTickets(client, repositories);
  const storage = await openStorage(config.storage);
  const understanding = openUnderstanding(servers.embeddings, repositories);
  const deps: ActivityDeps = {
    ...repositories,
    account,
    takeCredits: (connectionId, ask) => takeCredits(repositories.limitOf(connectionId), ask),
    storage,
    tickets: createTicketRuns(client, beside.signalTicket),
    engine: engineOf(config, repositories, understanding, log),
    inboxUrl: inboxUrlOf(config),
    timing: config.timing,
    now: () => new Date(),
    log,
  };
  const { freshdesk } = config;
  const { onConnected } = beside;
  const rulesDeps = rulesDepsOf(config, repositories, log);
  if (freshdesk !== null)
    await connectDefault(freshdesk, {
      connections,
      clientOf,
      onConnected,
      backfill: backfillNew,
      checkRules: (id, itsAccount) => checkRules(rulesDeps, id, itsAccount),
      log,
      say,
    });
  return {
    db,
    repositories,
    understanding,
    temporal,
    client,
    namespace: config.temporalNamespace,
    rulesDeps,
    failingWorkflows: createFailingWorkflows(client),
    metrics,
    clock,
    account,
    storage,
    deps,
    ...beside,
    connector: connectorOf(config, repositories, async () => beside, log),
  };
}

/** Without PUBLIC_URL the Inbox is at an address that means another machine in every agent's browser. */
function inboxUrlOf({ webUi, publicUrl }: Config): string | null {
  return webUi && !isLoopback(new URL(publicUrl).hostname) ? publicUrl : null;
}

/** The linked accounts, as everything of this process uses them. */
export function accountsOf(
  { timing }: Pick<Config, 'timing'>,
  { connections, limitOf }: Repositories,
  log: Logger,
  observe?: NonNullable<AccountParts['observe']>,
): Accounts {
  const { requestDeadlineMs } = timing;
  return createAccounts({
    connections,
    limitOf,
    requestDeadlineMs,
    log,
    ...(observe === undefined ? {} : { observe }),
  });
}

/** What Freshdesk's automation rules are compared with (C4). */
function rulesDepsOf(
  { publicUrl }: Config,
  { conditions, connections, installation }: Repositories,
  log: Logger,
): CheckRulesDeps {
  return {
    conditions,
    rulesExpected: async (connectionId) => ({
      connectionId,
      webhookUrl: webhookUrlOf(publicUrl, connectionId),
      mark: await installation.mark(),
      secretFits: (secret) => connections.checkWebhookSecret(connectionId, secret),
    }),
    log,
  };
}

type BesideTickets = ReturnType<typeof besideTickets>;

/** What Temporal does for a connection beside its tickets, and how one of those is told something. */
export function besideTickets(client: Client, { connections, backfills }: Repositories) {
  const backfillControl = createBackfillControl(client, backfills);
  const reconcileSchedules = createReconcileSchedules(client);
  return {
    backfillControl,
    reconcileSchedules,
    signalTicket: createSignalTicket(client),
    onConnected: startBeside({ connections, schedules: reconcileSchedules, backfills: backfillControl }),
    onRemoved: createEndConnection(client),
  };
}

/** The one way to make, change and end connections. Temporal is asked for when something has to be started or ended there. */
export function connectorOf(
  { freshdeskUrl, publicUrl }: Config,
  { connections, conditions, installation }: Repositories,
  beside: () => Promise<BesideTickets>,
  log: Logger,
): Connector {
  return createConnector({
    connections,
    conditions,
    installation,
    clientOf,
    freshdeskUrl,
    publicUrl,
    onConnected: async (id) => (await beside()).onConnected(id),
    onRemoved: async (id) => (await beside()).onRemoved(id),
    log,
  });
}

/** A first start has all of them: their number says enough. */
function migrated(applied: readonly string[]): string {
  return applied.length > 3 ? `${applied.length} migrations, up to ${applied.at(-1)}` : applied.join(', ');
}

async function openDatabase(
  { ai, encryptionKeys, databasePoolSize }: Config,
  databaseUrl: string,
  { log, say = silent, patienceMs = PATIENCE_MS }: ServiceOptions,
  closers: Closers,
): Promise<{ db: Db; repositories: Repositories }> {
  const applied = await migrateWhenUp(databaseUrl, patienceMs, say);
  if (applied.length > 0) say(`Database migrated: ${migrated(applied)}`);
  const db = createDb(databaseUrl, { poolSize: databasePoolSize });
  closers.push(() => db.$disconnect());
  const repositories = openRepositories(db, createKeyring(encryptionKeys), {
    freshdeskClock,
    engine: engineInUse({ ai }),
  });
  await openStoredKeys(repositories.connections, log);
  return { db, repositories };
}

async function openTemporal(
  { temporalNamespace: namespace }: Config,
  address: string,
  { say = silent, patienceMs = PATIENCE_MS }: ServiceOptions,
  closers: Closers,
): Promise<{ temporal: NativeConnection; client: Client }> {
  const temporal = await connectTemporal(address, patienceMs, say);
  closers.push(() => temporal.close());
  await requireNamespace(temporal, address, namespace);
  await registerSearchAttributes(temporal, namespace);
  return { temporal, client: new Client({ connection: temporal, namespace }) };
}
