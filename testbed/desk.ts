import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { pino } from 'pino';
import type { SessionDetail, SessionView, MessageView } from '../src/contract/sessions.ts';
import type { SettingsPatch } from '../src/domain/settings.ts';
import { ticketWorkflowId } from '../src/domain/temporal-names.ts';
import { startService, type Service } from '../src/app/serve.ts';
import type { Config } from '../src/app/config.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.ts';
import { createTestDatabase } from './database.ts';
import { createGate } from './gate.ts';
import { runFolder } from './run-folder.ts';
import { openNamespace, startTemporal } from './temporal.ts';
import { testEmbeddings } from './embeddings.ts';
import { until } from './until.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** A support desk: the whole product, running against a simulated account, with a namespace and a database of its own. */
export type Desk = Awaited<ReturnType<typeof openDesk>>;

export const RETURNS_QUESTION = 'How many days do I have to return a jacket I bought?';
export const UNKNOWN_QUESTION = 'Does the moon landing module support Bluetooth pairing with my toaster?';

const KNOWLEDGE: Record<string, string> = {
  'returns.md': `---
title: Returns
---
You can return a jacket or anything else you bought within 30 days of delivery, as long as it is unworn. The return is free of charge.
`,
  'shipping.md': `---
title: Shipping times
---
Standard shipping takes 3 to 5 working days within the country. Express shipping arrives on the next working day.
`,
};

/** Everybody answers at once: no waiting for bursts, and lost replies are looked for after a second. */
const PROMPT: SettingsPatch = {
  intake: { autoHandleAll: true },
  channels: {
    email: { mode: 'autopilot', firstReplyDelaySeconds: 0, burstSeconds: 0 },
    web: { mode: 'autopilot', firstReplyDelaySeconds: 0, burstSeconds: 0 },
    phone: { mode: 'autopilot', firstReplyDelaySeconds: 0, burstSeconds: 0 },
  },
};
const TIMING: Config['timing'] = { requestDeadlineMs: 2_000, settleMs: 1_000 };

export type DeskOptions = {
  settings?: SettingsPatch;
  simulator?: SimulatorOptions;
  timing?: Config['timing'];
  /** Has a Temporal of its own, with its data here, so that it can be stopped and started again. */
  temporalDir?: string | null;
  /** Backfill the account when the desk opens (C5); false when left out, so that no test's ticket is tracked by it. */
  backfill?: boolean;
  /** What the account holds before it is connected. */
  before?: (simulator: Simulator) => void;
  /** Only the API, because the workers are processes of their own; both when left out. */
  only?: 'api' | null;
  /** The engine; the embedded one when left out. */
  ai?: Config['ai'];
  /** Serve the Inbox, which is built when it has to be. */
  webUi?: boolean;
  /** The service reaches its database and Temporal through gates that can be shut. */
  gated?: boolean;
};

export async function openDesk({
  settings = {},
  simulator: options = {},
  timing = TIMING,
  temporalDir = null,
  backfill = false,
  before = () => undefined,
  only = null,
  ai = { provider: 'embedded' },
  webUi = false,
  gated = false,
}: DeskOptions = {}) {
  const simulator = await startSimulator({ webhookRetryDelaysMs: [200, 200, 200], ...options });
  before(simulator);
  const database = await createTestDatabase();
  let own = temporalDir === null ? null : await startTemporal(temporalDir);
  const { address, namespace, client } = own === null ? await openNamespace() : await openOwn(own.address);
  const gates = gated ? { database: await gateTo(database.url), temporal: await gateTo(`http://${address}`) } : null;
  const logLines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const config: Config = {
    databaseUrl: gates?.database.url ?? database.url,
    temporalAddress: gates === null ? address : new URL(gates.temporal.url).host,
    temporalNamespace: namespace,
    port: 0,
    publicUrl: 'https://ai.acme.example',
    adminToken: 'admin-token-of-the-tests',
    viewerToken: 'viewer-token-of-the-tests',
    webUi,
    databasePoolSize: 20,
    encryptionKeys: [randomBytes(32)],
    freshdesk: {
      domain: 'acme.freshdesk.com',
      baseUrl: simulator.url,
      apiKey: simulator.apiKey,
      webhookSecret: 'secret-of-the-tests',
    },
    freshdeskUrl: simulator.url,
    ai,
    embeddings: testEmbeddings(),
    dataDir: tmpdir(),
    alertWebhookUrl: null,
    storage: { kind: 'folder', path: runFolder('attachments') },
    logLevel: 'info',
    timing,
  };
  async function start(): Promise<Service> {
    const how = { log, only, workflowBundle: await workflowBundle(), backfillNew: backfill };
    const started = await startService(config, how);
    simulator.setWebhook({
      url: `${started.url}/webhooks/freshdesk/default`,
      headers: { 'X-Webhook-Secret': 'secret-of-the-tests' },
    });
    return started;
  }
  let service = await start();
  await importKnowledge(service);
  await service.connections.patchSettings('default', { ...PROMPT, handoff: { confidenceThreshold: 0.6 } });
  await service.connections.patchSettings('default', settings);

  async function api<T>(route: string, method = 'GET', body?: unknown): Promise<T> {
    const response = await fetch(`${service.url}/api${route}`, {
      method,
      headers: { authorization: `Bearer ${config.adminToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  const desk = {
    simulator,
    account: simulator.account,
    client,
    config,
    logLines,
    databaseUrl: database.url,
    /** Needs `gated`. */
    gates,
    /** Needs `temporalDir`. */
    stopTemporal: async () => own?.stop(),
    /** The same one as before, on the same port, with its workflows. Needs `temporalDir`. */
    async startTemporal(): Promise<void> {
      own = await startTemporal(temporalDir);
    },
    get service(): Service {
      return service;
    },
    api,
    set: (patch: SettingsPatch) => service.connections.patchSettings('default', patch),
    /** All settings as the desk opened with them. */
    async reset(): Promise<void> {
      simulator.faults.clear();
      await service.connections.patchSettings('default', { ...RESET, ...PROMPT });
      await service.connections.patchSettings('default', settings);
    },
    customerAsks: (
      text = RETURNS_QUESTION,
      ticket: Parameters<Simulator['account']['customerCreatesTicket']>[0] = {},
    ) => simulator.account.customerCreatesTicket({ subject: 'A question', text, ...ticket }).id,
    /** What the customer has been told by the AI. */
    aiReplies: (ticketId: number) => ownEntries(simulator, ticketId).filter((entry) => !entry.private),
    aiNotes: (ticketId: number) => ownEntries(simulator, ticketId).filter((entry) => entry.private),
    ticket: (ticketId: number) => simulator.account.ticket(ticketId),
    async session(ticketId: number): Promise<SessionDetail | null> {
      const { items } = await api<{ items: SessionView[] }>(`/sessions?ticketId=${ticketId}`);
      return items[0] === undefined ? null : api<SessionDetail>(`/sessions/${items[0].id}`);
    },
    async messages(ticketId: number): Promise<MessageView[]> {
      const session = await desk.session(ticketId);
      return session === null
        ? []
        : (await api<{ items: MessageView[] }>(`/sessions/${session.id}/messages?limit=200`)).items;
    },
    hint: (ticketId: number, kind: 'webhook' | 'operator' | 'reconcile' | 'backfill' = 'operator') =>
      service.signalTicket('default', ticketId, { kind }),
    handle: (ticketId: number) => client.workflow.getHandle(ticketWorkflowId('default', ticketId)),
    /** Every webhook is delivered and the ticket's workflow has nothing left to do. */
    async quiet(ticketId: number): Promise<void> {
      await until(`ticket ${ticketId} is quiet`, async () => {
        await simulator.webhooksIdle();
        return isIdle(client, ticketId);
      });
    },
    until,
    async start(): Promise<void> {
      service = await start();
    },
    stop: () => service.close(),
    /** One more article, as a file. */
    addKnowledge: (name: string, content: string) => importKnowledge(service, { ...KNOWLEDGE, [name]: content }),
    async close(): Promise<void> {
      simulator.setWebhook(null);
      await service.close();
      await client.connection.close();
      await own?.stop();
      await simulator.close();
      await gates?.database.gate.shut();
      await gates?.temporal.gate.shut();
      await database.drop();
    },
  };
  return desk;
}

/** An open gate before a server, and the server's address through it. */
async function gateTo(address: string) {
  const url = new URL(address);
  const gate = await createGate({ host: url.hostname, port: Number(url.port) });
  await gate.open();
  url.port = String(gate.port);
  return { gate, url: url.toString() };
}

async function openOwn(address: string) {
  const namespace = 'default';
  return { address, namespace, client: new Client({ connection: await Connection.connect({ address }), namespace }) };
}

const RESET: SettingsPatch = {
  intake: {
    autoHandleAll: true,
    defaultGroupId: null,
    onReassign: 'next_message',
    maxAnswerAgeHours: 24,
    exclude: { groupIds: [], productIds: [], tags: [] },
  },
  reply: { statusAfterReply: null },
  assist: { whenHumanOwned: false },
  handoff: { routing: { kind: 'unassign' }, confidenceThreshold: 0.6 },
  paused: false,
};

async function importKnowledge(service: Service, files = KNOWLEDGE): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'opencx-knowledge-'));
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(path.join(folder, name), content)));
  await service.importKnowledge('default', folder);
  await rm(folder, { recursive: true });
}

function ownEntries({ account }: Simulator, ticketId: number) {
  return account.thread(ticketId).filter((entry) => entry.userId === account.aiAgent.id);
}

/** A timer that runs for longer is a deadline, and nothing that is under way. */
const SHORT_TIMER_MS = 5_000;

/** No activity, no workflow task and no short timer is pending, and the history has not grown while that was looked at. */
async function isIdle(client: Client, ticketId: number): Promise<boolean> {
  const handle = client.workflow.getHandle(ticketWorkflowId('default', ticketId));
  try {
    const { events } = await handle.fetchHistory();
    if (events == null || hasShortTimer(events)) return false;
    const { raw, historyLength } = await handle.describe();
    const busy = (raw.pendingActivities?.length ?? 0) > 0 || raw.pendingWorkflowTask != null;
    return !busy && historyLength === events.length;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

type HistoryEvents = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

function hasShortTimer(events: HistoryEvents): boolean {
  const running = new Set<unknown>();
  for (const { timerStartedEventAttributes: started, ...event } of events) {
    const ended = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
    if (started != null && Number(started.startToFireTimeout?.seconds ?? 0) * 1_000 < SHORT_TIMER_MS)
      running.add(started.timerId);
    if (ended != null) running.delete(ended.timerId);
  }
  return running.size > 0;
}
