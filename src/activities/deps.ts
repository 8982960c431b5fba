import type { WriteTiming } from '../domain/outbound.ts';
import type { Account, Paying } from '../accounts/accounts.ts';
import type { Credits, CreditsAsk } from '../accounts/credits.ts';
import type { InferenceEngine } from '../ai/port.ts';
import type { ArticleFiles } from '../db/knowledge/article-files.ts';
import type { NearArticles } from '../db/knowledge/near-articles.ts';
import type { Attachments } from '../db/conversations/attachments.ts';
import type { Backfills } from '../db/background/backfills.ts';
import type { Connections } from '../db/connections/connections.ts';
import type { Conditions } from '../db/background/conditions.ts';
import type { Contacts } from '../db/conversations/contacts.ts';
import type { Drafts } from '../db/turns/drafts.ts';
import type { EarnedThresholds } from '../db/turns/earned.ts';
import type { Handoffs } from '../db/turns/handoffs.ts';
import type { Looks } from '../db/conversations/looks.ts';
import type { Outbounds } from '../db/turns/outbounds.ts';
import type { Sessions } from '../db/conversations/sessions.ts';
import type { Turns } from '../db/turns/turns.ts';
import type { CitedArticles } from '../domain/knowledge.ts';
import type { Hint } from '../domain/temporal-names.ts';
import type { Storage } from '../storage/port.ts';

/** The tickets' workflows, as background work has to do with them. */
export type TicketRuns = {
  /** Rejects when Temporal has not taken the hint. */
  hint(connectionId: string, ticketId: number, hint: Hint): Promise<void>;
  /**
   * `idle`: its workflow waits for a hint or a time. `failing`: what it is about fails over and over, or the run has failed.
   */
  state(connectionId: string, ticketId: number): Promise<'working' | 'idle' | 'failing' | 'ended'>;
};

export type Log = {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
};

export type ActivityDeps = {
  account(connectionId: string, paying?: Paying): Promise<Account>;
  /** Throws RateLimited while it is not the attempt's turn. */
  takeCredits(connectionId: string, ask: CreditsAsk): Promise<Credits>;
  /** The account's API calls a minute, as its answers have told; null before the first one. */
  perMinute(connectionId: string): Promise<number | null>;
  connections: Pick<Connections, 'claimGroups' | 'setGroups'>;
  conditions: Pick<Conditions, 'note'>;
  contacts: Contacts;
  sessions: Sessions;
  turns: Turns;
  drafts: Drafts;
  earned: Pick<EarnedThresholds, 'of'>;
  outbounds: Outbounds;
  handoffs: Handoffs;
  backfills: Backfills;
  looks: Looks;
  tickets: TicketRuns;
  attachments: Attachments;
  articleFiles: Pick<ArticleFiles, 'of'>;
  /** Where the bytes of attachments and articles' files are kept. */
  storage: Storage;
  cited: CitedArticles;
  nearArticles: NearArticles;
  engine: InferenceEngine;
  /** Where the Inbox is, for a link in private notes; null where nobody but this machine reaches it. */
  inboxUrl: string | null;
  timing: WriteTiming;
  now: () => Date;
  log: Log;
};
