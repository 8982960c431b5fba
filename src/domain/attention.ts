export const KINDS = [
  'unknown_outbound',
  'broken_connection',
  'model_refused',
  'refused_resolve',
  'refused_handoff',
  'failed_copy',
  'unreadable_ticket',
  'unreadable_entries',
  'failing_workflow',
  'temporal_unreachable',
  'webhook_rules',
  'missed_webhooks',
  'disk_space',
  'clock_off',
  'autopilot_closed',
] as const;

/** What needs a person, and what that person can do. Ids, states and field names only: nothing that a customer wrote. */
export type AttentionItem = {
  kind: (typeof KINDS)[number];
  /** null where it concerns them all. */
  connection: string | null;
  ticketId: number | null;
  since: Date;
  what: string;
  whatToDo: string;
};

/** A ticket's workflow that has ended in a failure, or whose code cannot go on. */
export type FailingWorkflow = { connection: string; ticketId: number; since: Date; state: 'failed' | 'stuck' };

/** The item for one of them. */
export function workflowItem({ connection, ticketId, since, state }: FailingWorkflow): AttentionItem {
  return {
    kind: 'failing_workflow',
    connection,
    ticketId,
    since,
    what:
      state === 'failed'
        ? "The ticket's workflow has ended in a failure. The ticket is not worked until something happens on it."
        : "The ticket's workflow fails again and again and goes no further.",
    whatToDo:
      state === 'failed'
        ? "Read the failure in Temporal's Web UI, and look after the ticket in Freshdesk; its next change is worked again."
        : "Read the failure in Temporal's Web UI, and look after the ticket in Freshdesk; a version that is mended goes on by itself.",
  };
}

/** Whether workflows fail is not known. */
export function temporalUnreachable(since: Date): AttentionItem {
  return {
    kind: 'temporal_unreachable',
    connection: null,
    ticketId: null,
    since,
    what: 'Temporal does not answer: no ticket is worked, and nobody can say which workflows fail.',
    whatToDo: 'Start Temporal, or correct TEMPORAL_ADDRESS; /readyz tells when it answers.',
  };
}
