import type { Account } from '../accounts/accounts.ts';
import type { Connector } from '../accounts/connector.ts';
import type { SearchReport } from '../ai/knowledge/explain.ts';
import type { Backfills } from '../db/background/backfills.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { Audit } from '../db/audit.ts';
import type { Question } from '../contract/knowledge.ts';
import type { Removal } from '../db/conversations/removal.ts';
import type { Sessions } from '../db/conversations/sessions.ts';
import type { OwnExamples } from '../db/knowledge/own-examples.ts';
import type { Articles } from '../db/reads/articles.ts';
import type { Attention } from '../db/reads/attention.ts';
import type { DraftFigures } from '../db/reads/draft-figures.ts';
import type { Figures } from '../db/reads/figures.ts';
import type { SessionReads } from '../db/reads/session-reads.ts';
import type { TicketTraces } from '../db/reads/ticket-traces.ts';
import type { Done } from '../db/reads/today.ts';
import type { EarnedThresholds } from '../db/turns/earned.ts';
import type { Outbounds } from '../db/turns/outbounds.ts';
import type { Finding } from '../doctor/finding.ts';
import type { FailingWorkflow } from '../domain/attention.ts';
import type { BackfillControl } from '../domain/backfill.ts';
import type { Heard } from '../domain/insight.ts';
import type { ImportPlan, ImportResult } from '../domain/knowledge.ts';
import type { OwnExample } from '../domain/own-examples.ts';
import type { WriteTiming } from '../domain/outbound.ts';
import type { ReconcileResult } from '../domain/reconcile.ts';
import type { VerifiedAgent } from '../freshdesk/client.ts';
import type { SignalTicket } from '../temporal/signal-ticket.ts';
import type { Terminal } from './terminal.ts';
import type { WouldBe } from './would-be.ts';

/** Where a command writes: results to `out`, everything else to `err`. Texts come with their line ends. */
type Output = { out(text: string): void; err(text: string): void };

/** What commands that touch the database need; `close` ends its connections. Whatever takes long to load is a function. */
export type Opened = {
  connections: Connections;
  audit: Audit;
  removal: Removal;
  traces: TicketTraces;
  sessionReads: SessionReads;
  attention: Attention;
  earned: Pick<EarnedThresholds, 'standing'>;
  figures(): Promise<Figures>;
  /** By connection, what was done since. */
  today(since: Date): Promise<Map<string, Done>>;
  backfills: Pick<Backfills, 'current'>;
  draftFigures(connectionId: string, since: Date): Promise<DraftFigures[]>;
  articles: Articles;
  /** The tickets whose workflow fails; rejects when Temporal does not answer. */
  failingWorkflows(limit: number): Promise<FailingWorkflow[]>;
  /** An account as it is at this moment, with a client for it. Throws ConnectionNotFound, CannotDecrypt. */
  account(connectionId: string): Promise<Account>;
  /** Where Temporal's Web UI lists workflows, such as `http://127.0.0.1:8233/namespaces/default/workflows`; null when not known. */
  temporalUi(): Promise<string | null>;
  sessions: Pick<Sessions, 'forgetRefusedResolve'>;
  outbounds: Pick<Outbounds, 'clear'>;
  timing: WriteTiming;
  /** Where Freshdesk reaches us for this connection. */
  webhookUrl(connectionId: string): string;
  connector(): Promise<Connector>;
  /** What importing a folder would do. */
  planImport(connectionId: string, folder: string): Promise<ImportPlan>;
  /** Makes the connection's knowledge equal to a folder of Markdown (N4). */
  importKnowledge(connectionId: string, folder: string): Promise<ImportResult>;
  /** The same with the account's Freshdesk Solutions; waits while the account's rate limit is used up. */
  syncKnowledge(connectionId: string): Promise<ImportResult>;
  /** What a question finds, without or with internal knowledge. */
  searchKnowledge(connectionId: string, question: string, includeInternal: boolean): Promise<SearchReport>;
  /** What would become of a question on a new ticket, with the settings as they are; nothing is stored or sent. */
  askKnowledge(connectionId: string, question: Question): Promise<WouldBe>;
  ownExamples: OwnExamples;
  /** Of these the ids of those that say the opposite of an example that comes with the product. */
  contradictedExamples(examples: readonly OwnExample[]): Promise<Set<string>>;
  /** What each head of the connection says of a message. Throws where there is no embedding server. */
  testHeads(connectionId: string, text: string): Promise<Heard[]>;
  /** Gives a hint to a ticket's workflow. Throws when Temporal does not answer. */
  signalTicket: SignalTicket;
  /** Throws when Temporal does not answer. */
  backfillControl(): Promise<BackfillControl>;
  /** X2: resolves when a worker has done the pass. Throws when Temporal does not answer. */
  reconcileNow(connectionId: string): Promise<ReconcileResult>;
  close(): Promise<void>;
};

/** One half of the product, for an installation on several machines. */
export type Half = 'api' | 'worker';

/** Built only when a command runs, so that `--help` needs no database and `verify` no token. */
export type CliDeps = {
  env: NodeJS.ProcessEnv;
  version: string;
  output: Output;
  /** Who can be asked; null where nobody sits at a terminal. */
  terminal: Terminal | null;
  /** Where a person watches, for a progress bar; null when nobody does. */
  screen: NodeJS.WriteStream | null;
  /** Has Ctrl-C do this, once, instead of ending the process; what is returned undoes it. */
  onInterrupt(does: () => void): () => void;
  /** Everything of standard input, as text. */
  readInput(): Promise<string>;
  /**
   * Reads the configuration and opens the database; throws ConfigError. For commands that only read (`reads`) nothing is
   * started or migrated: what does not run is said.
   */
  open(how?: { reads: boolean }): Promise<Opened>;
  /** Asks an account who the key belongs to, and stores nothing (C1). Throws ConnectError. */
  verify(account: { baseUrl: string; apiKey: string }): Promise<VerifiedAgent>;
  /** Looks at everything the product stands on, and at one connection or all of them (C6). Throws ConfigError. */
  doctor(what: { connectionId: string | null; testAlert: boolean }): Promise<Finding[]>;
  /** Runs API and worker, or only one of them, until it is told to stop. */
  serve(only: Half | null): Promise<void>;
};
