import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { type ApiDeps, createApi } from '../src/api/app.ts';
import { createExplainSearch } from '../src/ai/knowledge/explain.ts';
import { createAsk } from '../src/app/ask.ts';
import { createMetrics } from '../src/api/metrics.ts';
import { listen } from '../src/api/server.ts';
import { createOneTimeCodes } from '../src/api/sign-in.ts';
import { createConnector, type Connector, type ConnectorDeps } from '../src/accounts/connector.ts';
import { createAttachments } from '../src/db/conversations/attachments.ts';
import { createAudit } from '../src/db/audit.ts';
import { createAttention } from '../src/db/reads/attention.ts';
import { createBackfills } from '../src/db/background/backfills.ts';
import { createDb } from '../src/db/client.ts';
import { createConnections, type Connections, type NewConnection } from '../src/db/connections/connections.ts';
import { createFigures } from '../src/db/reads/figures.ts';
import { createKeyring } from '../src/db/connections/secrets.ts';
import { createSessions } from '../src/db/conversations/sessions.ts';
import { openRepositories } from '../src/db/index.ts';
import { createSessionReads } from '../src/db/reads/session-reads.ts';
import { createTicketTraces } from '../src/db/reads/ticket-traces.ts';
import { createOutbounds } from '../src/db/turns/outbounds.ts';
import { createSignIns } from '../src/db/sign-ins.ts';
import { createFolderStorage } from '../src/storage/folder.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { runFolder } from './run-folder.ts';

export const ADMIN_TOKEN = 'admin-token-of-the-tests';
export const VIEWER_TOKEN = 'viewer-token-of-the-tests';
export const WEBHOOK_SECRET = 'webhook-secret-of-the-tests';
/** The mark of the installation that the tests are. */
export const INSTALLATION = 'a1b2c3d4';
export const API_KEY = 'freshdesk-key-of-the-tests';

export function newConnection(changes: Partial<NewConnection> = {}): NewConnection {
  return {
    id: 'default',
    // One account is connected once.
    domain: `${changes.id === undefined || changes.id === 'default' ? 'acme' : changes.id}.freshdesk.com`,
    baseUrl: 'https://acme.freshdesk.com',
    agent: { id: 1_001, name: 'Robin', email: 'robin@acme.example' },
    connectedAt: new Date('2026-01-01T00:00:00Z'),
    statuses: [{ id: 2, label: 'Open' }],
    supportEmails: [],
    mailboxes: [],
    apiKey: API_KEY,
    webhookSecret: WEBHOOK_SECRET,
    ...changes,
  };
}

/** A migrated database of its own, or one that a test has made, with the connection `default`. */
export async function openTestConnections(given: TestDatabase | null = null) {
  const database = given ?? (await createTestDatabase());
  const db = createDb(database.url, { poolSize: 4 });
  const connections = createConnections(db, createKeyring([randomBytes(32)]));
  await connections.save(newConnection());
  const close = async () => {
    await db.$disconnect();
    await database.drop();
  };
  return { db, databaseUrl: database.url, connections, close };
}

/** No account is at the end of it: a test of connecting gives one (`clientOf`, `freshdeskUrl`). */
export function connectorFor(connections: Connections, changes: Partial<ConnectorDeps> = {}): Connector {
  const unexpected = () => {
    throw new Error('this test must not ask Freshdesk');
  };
  return createConnector({
    connections,
    conditions: { note: async () => undefined },
    installation: { mark: async () => INSTALLATION },
    clientOf: unexpected,
    freshdeskUrl: null,
    publicUrl: 'https://ai.acme.example',
    onConnected: async () => undefined,
    onRemoved: async () => undefined,
    log: pino({ level: 'silent' }),
    ...changes,
  });
}
const noTemporal = () => Promise.reject(new Error('this test has no Temporal'));

export type Signal = { connectionId: string; ticketId: number; kind: string };

/** The real API on a loopback port over a real database; signals are collected instead of sent. */
export async function startTestApi({
  connecting = {},
  database = null,
  ...changes
}: Partial<ApiDeps> & { connecting?: Partial<ConnectorDeps>; database?: TestDatabase | null } = {}) {
  const { db, databaseUrl, connections, close } = await openTestConnections(database);
  const signals: Signal[] = [];
  const logLines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const metrics = createMetrics({ figures: createFigures(db), log, freshForMs: 0 });
  const storage = createFolderStorage(runFolder('attachments'));
  const tokens = { admin: ADMIN_TOKEN, viewer: VIEWER_TOKEN };
  const codes = createOneTimeCodes();
  const repositories = openRepositories(db, createKeyring([randomBytes(32)]));
  const app = createApi({
    connections,
    sessions: createSessionReads(db),
    traces: createTicketTraces(db),
    retries: { outbounds: createOutbounds(db), sessions: createSessions(db) },
    timing: { requestDeadlineMs: 5_000, settleMs: 1_000 },
    attention: createAttention(db),
    overview: repositories.overview,
    reports: repositories.reports,
    reviews: repositories.reviews,
    changing: repositories.changing,
    operating: {
      doctor: async () => [],
      reconcile: async () => ({ looked: 0, missing: 0, ticketIds: [], failed: 0 }),
      directory: async () => ({ groups: [], agents: [], statuses: [], products: [] }),
    },
    knowing: {
      ...repositories,
      search: createExplainSearch(repositories),
      ask: createAsk({ ai: { provider: 'embedded' } }, repositories, { understand: null, byMeaning: null }, log),
    },
    audit: createAudit(db),
    backfills: {
      start: noTemporal,
      current: async (connectionId) => createBackfills(db).current(connectionId),
      list: async (connectionId) => createBackfills(db).list(connectionId),
      setState: noTemporal,
      failed: async () => [],
    },
    attachments: createAttachments(db),
    storage,
    temporal: {
      failingWorkflows: async () => [],
      signalTicket: async (connectionId, ticketId, { kind }) => void signals.push({ connectionId, ticketId, kind }),
    },
    health: { database: async () => undefined, temporal: async () => undefined, worker: async () => undefined },
    metrics,
    signIn: {
      tokens,
      signIns: createSignIns(db, tokens),
      codes,
      publicUrl: 'https://ai.acme.example',
      version: '1.0',
      temporalUi: null,
    },
    pages: null,
    connector: connectorFor(connections, connecting),
    mostFailedLogins: 1_000,
    readyForMs: 0,
    log,
    ...changes,
  });
  const server = await listen(app, 0, '127.0.0.1');
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    app,
    metrics,
    token: ADMIN_TOKEN,
    codes,
    port: server.port,
    db,
    databaseUrl,
    connections,
    storage,
    signals,
    logLines,
    /** A request with the admin token; JSON in, JSON out. */
    async api(path: string, { method = 'GET', body }: { method?: string; body?: unknown } = {}) {
      const response = await fetch(`${url}/api${path}`, {
        method,
        headers: {
          authorization: `Bearer ${ADMIN_TOKEN}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json: unknown = await response.json();
      return { status: response.status, type: response.headers.get('content-type'), body: json };
    },
    async close() {
      await server.close();
      await close();
    },
  };
}
