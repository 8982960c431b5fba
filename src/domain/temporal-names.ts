/** What the outside and the ticket workflow agree on: names, queues, and the one signal. Ids and constants only. */

/** Who noticed that a ticket changed. `backfill` also tracks a ticket that the gate would not admit (B3). */
export type HintKind = 'webhook' | 'reconcile' | 'backfill' | 'operator';
/** Something about the ticket changed; what it is, is read from Freshdesk (W1). */
export type Hint = { kind: HintKind };

/** B4: whether it ends the wait of a look for its share of the rate limit. Other numbers of them break open runs. */
export function isUrgent(kind: HintKind): boolean {
  return kind === 'webhook' || kind === 'operator';
}

export const HINT_SIGNAL = 'hint';
export const TICKET_WORKFLOW = 'ticketWorkflow';
/** Workflows and Freshdesk activities. */
export const TICKETS_QUEUE = 'tickets';
export const INFERENCE_QUEUE = 'inference';
/** Copies of attachments: a file host that does not answer holds up copies, and no answer (L4). */
export const FILES_QUEUE = 'files';
/** Backfill and reconcile: what waits there holds up neither a ticket nor the end of a worker. */
export const BACKGROUND_QUEUE = 'background';

export type TicketInput = {
  connectionId: string;
  ticketId: number;
  /** What a run that continues as new hands to the next: nothing may be lost on the way (S4). */
  carried?: CarriedState;
};

export type CarriedState = {
  hints: HintKind[];
  /** The next look without a hint: the workflow's clock, ms; null when nothing is due of itself. */
  alarmAtMs: number | null;
  /** How old the new run may get; left out by a run that goes on only when Temporal suggests it. */
  goOnAfterMs?: number;
  /** What the Web UI shows, which does not outlive a run. */
  details?: string;
};

/** What operators filter by in Temporal's Web UI; registered under these names and types. */
export const SEARCH_ATTRIBUTES = {
  TicketId: 'Keyword',
  Connection: 'Keyword',
  Channel: 'Keyword',
  SessionStatus: 'Keyword',
  TicketOwner: 'Keyword',
  HandoffReason: 'KeywordList',
} as const;

const HINT_KINDS: readonly unknown[] = ['webhook', 'reconcile', 'backfill', 'operator'] satisfies HintKind[];

/** One workflow per ticket: this id is what keeps two of them from running. */
export function ticketWorkflowId(connectionId: string, ticketId: number): string {
  return `ticket:${connectionId}:${ticketId}`;
}

/** The way back; null for other workflows. A connection's id may hold colons, a ticket's holds none. */
export function ticketOfWorkflowId(workflowId: string): { connection: string; ticketId: number } | null {
  const [, connection, digits] = /^ticket:(.+):(\d+)$/.exec(workflowId) ?? [];
  return connection === undefined ? null : { connection, ticketId: Number(digits) };
}

/** Whether a signal's argument is a hint; keys that a later version added are ignored. */
export function isHint(value: unknown): value is Hint {
  return typeof value === 'object' && value !== null && 'kind' in value && HINT_KINDS.includes(value.kind);
}

/** Where a Web UI lists the workflows of a namespace. */
export function workflowsPage(uiUrl: string, namespace: string): string {
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows`;
}
