import type { TicketRef } from '../src/domain/ticket.ts';
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { createAccounts } from '../src/accounts/accounts.ts';
import { takeCredits } from '../src/accounts/credits.ts';
import type { ActivityDeps } from '../src/activities/deps.ts';
import { createSyncActivities } from '../src/activities/sync.ts';
import { createEmbeddedEngine } from '../src/ai/embedded.ts';
import type { InferenceEngine } from '../src/ai/port.ts';
import { createDb } from '../src/db/client.ts';
import { createKeyring } from '../src/db/connections/secrets.ts';
import { openRepositories } from '../src/db/index.ts';
import type { KnowledgeSearch } from '../src/domain/knowledge.ts';
import type { SettingsPatch } from '../src/domain/settings.ts';
import type { HintKind } from '../src/domain/temporal-names.ts';
import { isThrottled, type Snapshot } from '../src/domain/snapshot.ts';
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator/simulator.ts';
import { createFolderStorage } from '../src/storage/folder.ts';
import { newConnection } from './api.ts';
import { createTestDatabase } from './database.ts';
import { runFolder } from './run-folder.ts';

export const SECOND_MS = 1_000;
export const HOUR_MS = 3_600_000;

/** When the mirror's account was connected; every test begins a minute later. */
export const CONNECTED_AT_MS = Date.UTC(2026, 0, 5, 9);

type LogLine = { level: number; msg: string; [field: string]: unknown };

/** The activities over a real database and a simulated account, without Temporal. One clock for Freshdesk and for us. */
export type Mirror = Awaited<ReturnType<typeof openMirror>>;

export async function openMirror({
  simulator: options = {},
  settings = {},
}: { simulator?: SimulatorOptions; settings?: SettingsPatch } = {}) {
  const clock = { ms: CONNECTED_AT_MS };
  const now = () => new Date(clock.ms);
  const accountOptions: SimulatorOptions = {
    now,
    reopening: false,
    ratePerMinute: 1_000_000,
    subLimits: null,
    ...options,
  };
  const database = await createTestDatabase();
  const db = createDb(database.url, { poolSize: 8 });
  const repositories = openRepositories(db, createKeyring([randomBytes(32)]), { now });
  const { connections, knowledge } = repositories;
  const simulators: Simulator[] = [];
  const logLines: LogLine[] = [];
  const tickets = ticketsWithoutTemporal((ref, kind) => syncTicket({ ...ref, hints: [kind] }));

  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(JSON.parse(line) as LogLine) });
  const timing = { requestDeadlineMs: 5_000, settleMs: 1_000 };
  const deps: ActivityDeps = {
    ...repositories,
    account: createAccounts({
      connections,
      limitOf: repositories.limitOf,
      requestDeadlineMs: timing.requestDeadlineMs,
      log,
    }),
    takeCredits: (id, ask) => takeCredits(repositories.limitOf(id), ask),
    tickets: tickets.runs,
    storage: createFolderStorage(runFolder('attachments')),
    engine: findingByWords(knowledge),
    inboxUrl: 'https://ai.acme.example',
    timing,
    now,
    log,
  };
  const { syncTicket } = createSyncActivities(deps);

  /** Another account, linked as `id`; accounts count tickets and entries alike, so their ids coincide. */
  async function connect(id: string): Promise<Simulator> {
    const simulator = await startSimulator(accountOptions);
    simulators.push(simulator);
    const { aiAgent, state } = simulator.account;
    const statuses = state.statuses.map((status) => ({ id: status.id, label: status.label }));
    await connections.save(
      newConnection({
        id,
        domain: `${id}.freshdesk.com`,
        baseUrl: simulator.url,
        apiKey: simulator.apiKey,
        agent: aiAgent,
        connectedAt: now(),
        statuses,
        supportEmails: state.emailConfigs.map((config) => config.email),
        mailboxes: state.emailConfigs.map(({ id: mailbox, toEmail, email }) => ({
          id: mailbox,
          toEmail,
          replyEmail: email,
        })),
      }),
    );
    await connections.patchSettings(id, {
      intake: { autoHandleAll: true },
      channels: { email: { mode: 'autopilot' } },
      handoff: { confidenceThreshold: 0.6 },
    });
    await connections.patchSettings(id, settings);
    return simulator;
  }
  const simulator = await connect('default');
  clock.ms += 60 * SECOND_MS;

  const sessionOf = ({ connectionId, ticketId }: TicketRef) =>
    db.session.findUnique({ where: { connectionId_ticketId: { connectionId, ticketId: BigInt(ticketId) } } });
  const refTo = (ticketId: number, connectionId: string): TicketRef => ({ connectionId, ticketId });

  return {
    clock,
    db,
    deps,
    simulator,
    account: simulator.account,
    connections,
    connect,
    logLines,
    /** Time goes by for Freshdesk and for us. */
    later: (ms: number) => void (clock.ms += ms),
    set: (patch: SettingsPatch) => connections.patchSettings('default', patch),
    async sync(ticketId: number, hints: HintKind[] = ['webhook'], connectionId = 'default'): Promise<Snapshot> {
      const looked = await syncTicket({ ...refTo(ticketId, connectionId), hints });
      if (isThrottled(looked)) throw new Error(`the rate limit let ticket ${ticketId} wait`);
      return looked;
    },
    /** What stands in for the tickets' workflows: a hint is a look at once, unless a test says otherwise. */
    tickets,
    session: (ticketId: number, connectionId = 'default') => sessionOf(refTo(ticketId, connectionId)),
    /** The mirrored thread as rows, oldest first. */
    async rows(ticketId: number, connectionId = 'default') {
      const session = await sessionOf(refTo(ticketId, connectionId));
      return session === null ? [] : db.message.findMany({ where: { sessionId: session.id }, orderBy: { seq: 'asc' } });
    },
    /** Requests for the thread, as their page numbers. */
    pagesRead: (ticketId: number) =>
      simulator.requests
        .find({ path: `/tickets/${ticketId}/conversations` })
        .map(({ query }) => Number(new URLSearchParams(query).get('page'))),
    async close(): Promise<void> {
      for (const one of simulators) await one.close();
      await db.$disconnect();
      await database.drop();
    },
  };
}

/** The embedded engine without an embedder, which may send what it finds: fast, and the same in every run. */
function findingByWords(knowledge: KnowledgeSearch): InferenceEngine {
  const engine = createEmbeddedEngine({ knowledge });
  return { plan: async (input) => ({ ...(await engine.plan(input)), draftOnly: false }) };
}

type Runs = ActivityDeps['tickets'];

/** Tickets that look as soon as they are told to, without anything of Temporal. */
function ticketsWithoutTemporal(look: (ref: TicketRef, kind: HintKind) => Promise<unknown>) {
  const hints: { ticketId: number; kind: HintKind }[] = [];
  const told = { hints, onHint: look, state: (async () => 'working') as Runs['state'] };
  const runs: Runs = {
    async hint(connectionId, ticketId, { kind }) {
      hints.push({ ticketId, kind });
      await told.onHint({ connectionId, ticketId }, kind);
    },
    state: (connectionId, ticketId) => told.state(connectionId, ticketId),
  };
  return Object.assign(told, { runs });
}

/** What of a thread the mirror promises, in one comparable shape. */
export type Shown = { id: string; author: string; visibility: string; text: string; at: string };

/** The ticket as Freshdesk shows it. Only for plain words: tags and space are cut out, nothing is decoded. */
export function shownInFreshdesk({ account }: Pick<Simulator, 'account'>, ticketId: number): Shown[] {
  const ticket = account.ticket(ticketId);
  const description = {
    id: `ticket:${ticketId}`,
    author: 'customer',
    visibility: 'public',
    text: bare(ticket.description),
    at: ticket.createdAt,
  };
  const entries = account.thread(ticketId).map((entry) => ({
    id: `conversation:${entry.id}`,
    author: entry.userId === account.aiAgent.id ? 'ai' : entry.incoming ? 'customer' : 'agent',
    visibility: entry.private ? 'private' : 'public',
    text: bare(entry.body),
    at: entry.createdAt,
  }));
  return [description, ...entries];
}

/** The same of our mirror. */
export async function shownInMirror(
  mirror: Pick<Mirror, 'rows'>,
  ticketId: number,
  connectionId = 'default',
): Promise<Shown[]> {
  const rows = await mirror.rows(ticketId, connectionId);
  return rows.map(({ freshdeskId, author, visibility, text, createdAt }) => ({
    id: freshdeskId,
    author,
    visibility,
    text: bare(text),
    at: createdAt.toISOString().replace('.000', ''),
  }));
}

function bare(html: string): string {
  return html.replaceAll(/<[^>]*>|\s+/g, '');
}
