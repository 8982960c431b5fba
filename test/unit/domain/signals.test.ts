import { describe, expect, test } from '@jest/globals';
import {
  BACKGROUND_QUEUE,
  HINT_SIGNAL,
  INFERENCE_QUEUE,
  ticketOfWorkflowId,
  TICKET_WORKFLOW,
  TICKETS_QUEUE,
} from '../../../src/domain/temporal-names.ts';

describe('W1 what the outside and the ticket workflow agree on', () => {
  test('W1 the names stay as they are: workflows that were started by an earlier version go on under them', () => {
    expect({ HINT_SIGNAL, TICKET_WORKFLOW, TICKETS_QUEUE, INFERENCE_QUEUE, BACKGROUND_QUEUE }).toEqual({
      HINT_SIGNAL: 'hint',
      TICKET_WORKFLOW: 'ticketWorkflow',
      TICKETS_QUEUE: 'tickets',
      INFERENCE_QUEUE: 'inference',
      BACKGROUND_QUEUE: 'background',
    });
  });

  test.each([
    'my-ticket:default:7',
    'ticket:default:7:retry',
    'ticket:default:7 ',
    'ticket::7',
    'backfill:default',
    '',
  ])('W1 %j is no ticket’s workflow', (workflowId) => {
    expect(ticketOfWorkflowId(workflowId)).toBeNull();
  });
});
