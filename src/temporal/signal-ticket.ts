import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  HINT_SIGNAL,
  TICKET_WORKFLOW,
  TICKETS_QUEUE,
  ticketWorkflowId,
  type Hint,
  type TicketInput,
} from '../domain/temporal-names.ts';
import { fairly } from './fair-share.ts';

const TICKET_ID = defineSearchAttributeKey('TicketId', SearchAttributeType.KEYWORD);
const CONNECTION = defineSearchAttributeKey('Connection', SearchAttributeType.KEYWORD);

/** `signalWithStart` of the ticket's workflow, within a deadline of its own (W4). */
export type SignalTicket = (connectionId: string, ticketId: number, hint: Hint) => Promise<void>;

/**
 * Gives a hint to the ticket's workflow, starting one when none runs (W4). Rejects when Temporal has not taken it within
 * `deadlineMs`: then nothing may be reported as handed over.
 */
export function createSignalTicket(client: Client, deadlineMs = 3_000): SignalTicket {
  return async (connectionId, ticketId, hint) => {
    const input: TicketInput = { connectionId, ticketId };
    await client.withDeadline(Date.now() + deadlineMs, () =>
      client.workflow.signalWithStart(TICKET_WORKFLOW, {
        workflowId: ticketWorkflowId(connectionId, ticketId),
        taskQueue: TICKETS_QUEUE,
        args: [input],
        signal: HINT_SIGNAL,
        signalArgs: [hint],
        typedSearchAttributes: [
          { key: TICKET_ID, value: String(ticketId) },
          { key: CONNECTION, value: connectionId },
        ],
        staticSummary: `Ticket ${ticketId} (${connectionId})`,
        priority: fairly(connectionId),
      }),
    );
  };
}
