import { Client } from '@temporalio/client';
import { z } from 'zod';
import type { NativeConnection } from '@temporalio/worker';
import { clientOf } from '../accounts/accounts.ts';
import { createModel } from '../ai/model/client.ts';
import { createEmbedder, type EmbedderOptions } from '../ai/understanding/embedder.ts';
import type { Config } from './config.ts';
import { engineInUse } from './model-config.ts';
import { createDb } from '../db/client.ts';
import { ConnectionNotFound } from '../db/connections/connection.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { createKeyring } from '../db/connections/secrets.ts';
import { openRepositories } from '../db/index.ts';
import type { AccountProbe } from '../doctor/account.ts';
import type { Probes } from '../doctor/doctor.ts';
import { testMessage } from '../domain/alerts.ts';
import { workflowItem } from '../domain/attention.ts';
import { webhookUrlOf } from '../freshdesk/automation-rules.ts';
import { createDeliver } from '../loops/alerts.ts';
import { openStorage } from '../storage/open.ts';
import { createFailingWorkflows } from '../temporal/failing-workflows.ts';
import { queuesWithoutWorker } from '../temporal/pollers.ts';
import { hasNamespace, missingSearchAttributes } from '../temporal/search-attributes.ts';
import { disksOf, foldersOf } from './machine.ts';

type ProbeParts = {
  /** null: our own, which does not run. */
  databaseUrl: string | null;
  /** What to say of it where it does not answer. */
  temporalAddress: string;
  /** Connects when first asked; rejects when Temporal does not answer. */
  temporal(): Promise<NativeConnection>;
  /** The embedding server; null where there is none. */
  embeddings: EmbedderOptions | null;
  /** Only this connection; null for all. */
  connectionId: string | null;
  /** Whether a test message is sent to ALERT_WEBHOOK_URL; false when left out. */
  testAlert?: boolean;
  now?: () => Date;
  /** Our clock as it is compared with Freshdesk's, ms. */
  clockMs?: () => number;
};

/** How `doctor` looks at the things it examines (C6). Nothing is migrated, registered or changed. */
export function createProbes(config: Config, parts: ProbeParts): Probes & { close(): Promise<void> } {
  const { databaseUrl, temporalAddress, temporal, connectionId, testAlert = false } = parts;
  const { now = () => new Date(), clockMs = () => Date.now() } = parts;
  const db = createDb(databaseUrl ?? NOWHERE, { poolSize: 2 });
  const { attention, connections, earned, installation, knowledge } = openRepositories(
    db,
    createKeyring(config.encryptionKeys),
    { engine: engineInUse(config) },
  );
  const namespace = config.temporalNamespace;

  async function accounts(): Promise<AccountProbe[]> {
    const one = connectionId === null ? null : await connections.get(connectionId);
    if (connectionId !== null && one === null) throw new ConnectionNotFound(connectionId);
    const asked = one === null ? await connections.list() : [one];
    return Promise.all(
      asked.map(async (connection) => ({
        connection,
        settings: await connections.settings(connection.id),
        freshdesk: async () =>
          clientOf({ baseUrl: connection.baseUrl, apiKey: await connections.apiKey(connection.id) }),
        rules: {
          webhookUrl: webhookUrlOf(config.publicUrl, connection.id),
          mark: (await installation.knownMark()) ?? '',
          secretFits: (secret: string) => connections.checkWebhookSecret(connection.id, secret),
        },
        now: now(),
        clockMs,
        earned: () => earned.standing(connection.id),
        knowledge: () => knowledge.count(connection.id),
      })),
    );
  }

  return {
    pendingMigrations: async () => {
      if (databaseUrl === null) throw new Error(`our own PostgreSQL does not run on ${config.dataDir}`);
      return pendingMigrations(databaseUrl);
    },
    temporal: {
      address: temporalAddress,
      namespace,
      hasNamespace: async () => hasNamespace(await temporal(), namespace),
      missingSearchAttributes: async () => missingSearchAttributes(await temporal(), namespace),
      idleQueues: async () => queuesWithoutWorker(await temporal(), namespace),
    },
    disks: () => disksOf(foldersOf(config)),
    storage: {
      where: config.storage.kind === 'folder' ? config.storage.path : `s3://${config.storage.bucket}`,
      check: async () => (await openStorage(config.storage)).check(),
    },
    model: { name: modelName(config), check: () => checkModel(config) },
    embedder: embedderProbe(config, parts.embeddings),
    alerts: alertsOf(config, testAlert, now),
    async attention() {
      const failing = await temporal()
        .then((connection) => createFailingWorkflows(new Client({ connection, namespace }))(MOST_ITEMS))
        .catch(() => []); // that Temporal does not answer has a line of its own
      const items = [...(await attention.list(MOST_ITEMS)), ...failing.map(workflowItem)];
      return connectionId === null ? items : items.filter((item) => (item.connection ?? connectionId) === connectionId);
    },
    accounts,
    close: () => db.$disconnect(),
  };
}

/** Never connected to: what would ask it says first that there is no database. */
const NOWHERE = 'postgresql://127.0.0.1:1/none';
const MOST_ITEMS = 200;

function alertsOf({ alertWebhookUrl }: Config, test: boolean, now: () => Date): Probes['alerts'] {
  return {
    isSet: alertWebhookUrl !== null,
    send: test ? async () => createDeliver(alertWebhookUrl ?? '')(testMessage(now())) : null,
  };
}

function embedderProbe({ embeddings }: Config, options: EmbedderOptions | null): Probes['embedder'] {
  if (options === null)
    return { missing: embeddings.kind === 'off' ? 'EMBEDDINGS is off' : 'No embedding server runs' };
  return {
    name: options.model,
    check: async () => void (await createEmbedder({ ...options, timeoutMs: MODEL_TIMEOUT_MS }).embed(['ok'], 'query')),
  };
}

/** For the answer to a question of one word. */
const MODEL_TIMEOUT_MS = 20_000;

function modelName({ ai }: Config): string {
  return ai.provider === 'embedded' ? 'embedded' : `${ai.provider} ${ai.model}`;
}

/** Asks the model one small question, the way tickets are asked; it costs some tokens. */
async function checkModel({ ai }: Config): Promise<void> {
  if (ai.provider === 'embedded') return;
  const { value } = await createModel({ ...ai, timeoutMs: Math.min(ai.timeoutMs, MODEL_TIMEOUT_MS) }).ask({
    system: 'You are asked whether you can be reached.',
    prompt: 'Set "reached" to true.',
    schema: z.object({ reached: z.boolean() }),
  });
  if (value === null) throw new Error('It answers, but not in the form that it is asked for: choose another AI_MODEL');
}
