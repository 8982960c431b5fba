import type { Settings } from './settings.ts';

/** What the outside and the backfill workflow agree on (section 11 of the rules). Ids, enums and numbers only. */

type BackfillState = 'running' | 'paused' | 'completed' | 'failed';

/** How far a backfill is (B5). Tickets that exclusions keep out are not among `found`. */
export type BackfillProgress = {
  id: string;
  state: BackfillState;
  found: number;
  /** Their mirror is there. */
  done: number;
  /** Could not be mirrored; their own workflows go on trying. */
  failed: number;
  /** Tickets a minute, over the last minutes. */
  ratePerMinute: number;
  /** null while nothing can be said: nothing has been mirrored for a while. */
  etaSeconds: number | null;
  startedAt: Date;
  endedAt: Date | null;
};

export type BackfillOptions = {
  /** Tickets updated in the last so many days. */
  days: number;
  /** Counts, and mirrors nothing. */
  dryRun: boolean;
};

/** B4: the part of the rate limit that backfill, reconcile and knowledge may take; they leave the rest to live tickets. */
export function backgroundShare({ backfill }: Pick<Settings, 'backfill'>): number {
  return backfill.rateShare;
}

/** A trial account's limit: there is none below it. */
const LEAST_PER_MINUTE = 50;

export const DEFAULT_DAYS = 180;
export const MOST_DAYS = 3_650;

export const BACKFILL_WORKFLOW = 'backfillWorkflow';
/** Says that the backfill is to pause, or to go on. */
export const BACKFILL_SIGNAL = 'backfill';
export type BackfillOrder = 'pause' | 'resume';

export type BackfillInput = BackfillOptions & {
  connectionId: string;
  backfillId: string;
  /** What a run that continues as new hands to the next. */
  carried?: { cursor: ListCursor | null; paused: boolean };
};

/** One backfill per connection at a time. */
export function backfillWorkflowId(connectionId: string): string {
  return `backfill:${connectionId}`;
}

/**
 * Where the reading of a ticket list stands: tickets updated since (Freshdesk's clock, ms, inclusive), and the page. The page
 * is beyond 1 only within one second, because tickets that change while pages are read pull the others forward.
 */
export type ListCursor = { sinceMs: number; page: number };

/** A ticket as a list shows it, as far as it matters whether the mirror is behind. */
export type ListedTicket = { id: number; updatedAtMs: number };

/** What the mirror knows of a ticket: Freshdesk's times, ms. */
export type MirroredTicket = {
  ticketUpdatedAtMs: number;
  lookedAtMs: number;
  gone: boolean;
  /** Its requester was erased from our side: it is not mirrored any more. */
  erased: boolean;
};

/**
 * X1: whether a list shows something that the mirror may not have. Freshdesk tells whole seconds, so a look within the
 * very second of the change may have come before it.
 */
export function isBehind(mirrored: MirroredTicket | null, listed: ListedTicket): boolean {
  if (mirrored?.erased === true) return false;
  if (mirrored === null || mirrored.gone) return true;
  return mirrored.ticketUpdatedAtMs < listed.updatedAtMs || mirrored.lookedAtMs <= listed.updatedAtMs;
}

/**
 * How long to wait between two pages of a ticket list, ms. Freshdesk limits lists separately, and says nowhere to how many:
 * a tenth of the whole limit on small plans, a fifth and more on the others.
 */
export function listPauseMs(perMinute: number | null, share: number): number {
  const total = perMinute ?? LEAST_PER_MINUTE;
  const lists = total * (total < 400 ? 0.1 : 0.2);
  return Math.ceil(60_000 / Math.max(1, lists * share));
}

/** What the first look at a ticket costs: the ticket with its requester, and a page of its thread. */
const CREDITS_A_TICKET = 3;
/** A little faster than the share, so that what a stop has cost is made up for; the share itself holds all the same. */
const HURRY = 1.05;

/**
 * How long to wait between waking two tickets, ms: evenly, rather than all that a minute allows at its beginning, because
 * live tickets share the machine too.
 */
export function wakePauseMs(perMinute: number | null, share: number): number {
  return Math.ceil((60_000 * CREDITS_A_TICKET) / Math.max(1, (perMinute ?? LEAST_PER_MINUTE) * share * HURRY));
}

/** What people do with backfills; the same for the command line and the API. */
export type BackfillControl = {
  /** Starts one. Throws BackfillRuns while another one of the connection has not ended. */
  start(connectionId: string, options: BackfillOptions): Promise<BackfillProgress>;
  /** The connection's newest; null when there never was one. */
  current(connectionId: string): Promise<BackfillProgress | null>;
  /** The connection's, the newest first; at most twenty. */
  list(connectionId: string): Promise<BackfillProgress[]>;
  /** Pauses it or lets it go on; doing it again changes nothing. Throws NoBackfill when none is under way. */
  setState(connectionId: string, state: 'paused' | 'running'): Promise<BackfillProgress>;
  /** The first of the tickets that the current one could not mirror. */
  failed(connectionId: string, limit: number): Promise<number[]>;
};

export class BackfillRuns extends Error {
  constructor(connectionId: string) {
    super(
      `A backfill of the connection "${connectionId}" has not ended yet: see how far it is ("backfill --status"), pause it, or wait for its end.`,
    );
    this.name = 'BackfillRuns';
  }
}

export class NoBackfill extends Error {
  constructor(connectionId: string) {
    super(`No backfill of the connection "${connectionId}" is under way. Start one first.`);
    this.name = 'NoBackfill';
  }
}
