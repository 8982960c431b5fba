/** What the outside and the reconcile workflow agree on (section 12 of the rules). */

export const RECONCILE_WORKFLOW = 'reconcileWorkflow';

export type ReconcileInput = { connectionId: string };

/** What one pass found. */
export type ReconcileResult = {
  /** Tickets that the lists named. */
  looked: number;
  /** Tickets of which something was missing; all were told about it. */
  missing: number;
  /** The first of them, at most 1,000. */
  ticketIds: number[];
  /** Of those, still without a mirror when the pass ended. */
  failed: number;
  /** Tickets that nothing was missing of, and that waited for the AI with no workflow at work; left out when it failed. */
  woken?: number;
};

/** What a pass says of the webhooks, by the changes that were old enough for one to have come. */
export type Heard = {
  /** Changes that we knew of. */
  told: number;
  /** Changes that nobody had told us about. */
  untold: number;
};

/** A change that is older than this, and whose ticket's workflow does nothing, no webhook has told of. */
export const TOLD_WITHIN_MS = 2 * 60_000;

/** So many passes in a row that find such changes are no accident any more. */
export const MISSED_PASSES = 3;

/** For a person, when it goes on. */
export function missedInWords(
  connection: string,
  { passes, tickets, lastWebhookAt }: { passes: number; tickets: number; lastWebhookAt: Date | null },
): { what: string; whatToDo: string } {
  const last = lastWebhookAt === null ? 'none has come so far' : `the last one came at ${lastWebhookAt.toISOString()}`;
  return {
    what: `The last ${passes} reconcile passes found ${tickets} changed ${tickets === 1 ? 'ticket' : 'tickets'} that no webhook told of; ${last}. Customers wait minutes longer for their answers.`,
    whatToDo: `See the automation rules in Freshdesk, that PUBLIC_URL is reached from outside over HTTPS, and Freshdesk's mails about failed webhooks; "doctor --connection ${connection}" looks at the rules.`,
  };
}

/** Which list: `updated` holds neither spam nor what is in the trash. */
export type ReconcileList = 'updated' | 'spam' | 'deleted';
export const RECONCILE_LISTS: readonly ReconcileList[] = ['updated', 'spam', 'deleted'];

/** The schedule of a connection's passes. */
export function reconcileScheduleId(connectionId: string): string {
  return `reconcile:${connectionId}`;
}
