/** What needs a person, and what that person can do. Ids, states and field names only: nothing that a customer wrote. */
export type AttentionItem = {
  kind: 'unknown_outbound' | 'broken_connection' | 'refused_resolve' | 'failing_workflow' | 'temporal_unreachable';
  /** null where it concerns them all. */
  connection: string | null;
  ticketId: number | null;
  since: Date;
  what: string;
  whatToDo: string;
};

/** A ticket's workflow that has ended in a failure, or whose code cannot go on. */
export type FailingWorkflow = { connection: string; ticketId: number; since: Date; state: 'failed' | 'stuck' };
