import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { SettingsPatch } from '../src/domain/settings.ts';
import { errorCode, freePort } from '../src/local/processes.ts';
import { connectTemporal } from '../src/temporal/connect.ts';
import { loadConfig, type Config } from '../src/app/config.ts';
import { startService, type Service } from '../src/app/serve.ts';
import { startSimulator, type Simulator } from '../simulator/simulator.ts';
import { borrowDatabase, borrowNamespace } from './borrowed.ts';

/** The whole product at work on a simulated Freshdesk account. */
export type Desk = {
  simulator: Simulator;
  service: Service;
  /** To look at the workflows, as the Web UI does. */
  temporal: Client;
  namespace: string;
  adminToken: string;
  webhook: { url: string; secret: string };
  /** Asks the API; throws unless it answers 2xx. */
  api<T>(route: string): Promise<T>;
  /** Ends everything that was started and removes its data; says so where that fails. */
  close(): Promise<void>;
};

export type DeskOptions = {
  env: Readonly<Record<string, string | undefined>>;
  log: Logger;
  say: (line: string) => void;
};

/** After which a customer outside e-mail and portal is taken to need nothing more. */
const SILENCE_SECONDS = 4;
/** What a desk would set, with shorter waits: e-mail is answered, the portal drafted for, the rest resolved soon. */
const SETTINGS: SettingsPatch = {
  intake: { autoHandleAll: true },
  channels: {
    email: { mode: 'autopilot', firstReplyDelaySeconds: 2, burstSeconds: 2 },
    web: { mode: 'assist', firstReplyDelaySeconds: 2, burstSeconds: 2 },
    other: {
      mode: 'autopilot',
      firstReplyDelaySeconds: 2,
      burstSeconds: 2,
      autoResolveAfterHours: SILENCE_SECONDS / 3_600,
    },
  },
  // Nobody has graded anything on the first day: the desk says itself how sure an answer has to be.
  handoff: { confidenceThreshold: 0.6 },
};
/** Shorter than in earnest, so that what gets lost is found within seconds and Ctrl-C waits for nothing. */
const TIMING: Config['timing'] = { requestDeadlineMs: 5_000, settleMs: 3_000 };
const KNOWLEDGE = path.join(import.meta.dirname, 'knowledge');
const USUAL_PORT = 3000;

/** Brings everything up on free ports, with data in a temporary folder. When a part fails, the others are ended again. */
export async function openDesk({ env, log, say }: DeskOptions): Promise<Desk> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = () => closeAll(closers, say);
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'opencx-demo-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    // Started by root, PostgreSQL runs as another user, who has to get in.
    if (process.getuid?.() === 0) await chmod(folder, 0o755);
    const simulator = await startSimulator({ webhookRetryDelaysMs: [1_000, 5_000, 15_000] });
    closers.push(() => simulator.close());
    const config = await configOf(env, folder, simulator, say, closers);
    const secret = config.freshdesk?.webhookSecret ?? '';
    const webhookAt = (base: string) => {
      const url = `${base}/webhooks/freshdesk/default`;
      simulator.setWebhook({ url, headers: { 'X-Webhook-Secret': secret } });
      return { url, secret };
    };
    // The rules are looked at from the start on: without an address they would be a thing to attend to.
    webhookAt(config.publicUrl);
    const service = await start(config, { log, say, durable: false, backfillNew: false }); // the account is empty
    closers.push(() => service.close());
    const connection = await connectTemporal(service.temporalAddress, 10_000, say);
    closers.push(() => connection.close());

    const imported = await service.importKnowledge('default', KNOWLEDGE);
    say(`Knowledge of the shop: ${imported.added} articles`);
    await service.connections.patchSettings('default', SETTINGS);
    const webhook = webhookAt(service.url);
    closers.push(async () => simulator.setWebhook(null));
    return {
      simulator,
      service,
      temporal: new Client({ connection, namespace: config.temporalNamespace }),
      namespace: config.temporalNamespace,
      adminToken: config.adminToken,
      webhook,
      api: (route) => getJson(`${service.url}/api${route}`, config.adminToken),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Another demo may take the usual port while this one's servers start: then any other is as good. */
async function start(config: Config, options: Parameters<typeof startService>[1]): Promise<Service> {
  try {
    return await startService(config, options);
  } catch (error) {
    if (!(error instanceof Error) || errorCode(error.cause) !== 'EADDRINUSE') throw error;
    return startService({ ...config, port: 0 }, options);
  }
}

async function configOf(
  env: DeskOptions['env'],
  folder: string,
  simulator: Simulator,
  say: DeskOptions['say'],
  closers: (() => Promise<unknown>)[],
): Promise<Config> {
  const config = loadConfig({
    DATABASE_URL: env['DATABASE_URL'],
    TEMPORAL_ADDRESS: env['TEMPORAL_ADDRESS'],
    PORT: String(await freePort(USUAL_PORT)),
    ADMIN_TOKEN: randomBytes(16).toString('hex'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    FRESHDESK_DOMAIN: 'acme.freshdesk.com',
    FRESHDESK_API_KEY: simulator.apiKey,
    FRESHDESK_URL: simulator.url,
    WEBHOOK_SECRET: randomBytes(16).toString('hex'),
    DATA_DIR: folder,
    AI_PROVIDER: env['AI_PROVIDER'],
    AI_MODEL: env['AI_MODEL'],
    AI_BASE_URL: env['AI_BASE_URL'],
    AI_API_KEY: env['AI_API_KEY'],
  });
  let { databaseUrl, temporalNamespace } = config;
  if (databaseUrl !== null) {
    const database = await borrowDatabase(databaseUrl);
    closers.push(database.giveBack);
    databaseUrl = database.url;
    say(`PostgreSQL of DATABASE_URL, in a database of the demo's own (${database.name})`);
  }
  if (config.temporalAddress !== null) {
    const namespace = await borrowNamespace(config.temporalAddress, say);
    closers.push(namespace.giveBack);
    temporalNamespace = namespace.name;
    say(`Temporal at ${config.temporalAddress}, in a namespace of the demo's own (${namespace.name})`);
  }
  return { ...config, databaseUrl, temporalNamespace, timing: TIMING };
}

/** The last one first. A part that cannot be ended does not keep the others running. */
async function closeAll(closers: (() => Promise<unknown>)[], say: DeskOptions['say']): Promise<void> {
  for (const closer of closers.splice(0).toReversed()) {
    await closer().catch((error: unknown) =>
      say(`could not clean up: ${error instanceof Error ? error.message : String(error)}`),
    );
  }
}

async function getJson<T>(url: string, token: string): Promise<T> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
  return (await response.json()) as T;
}
