import { proxyActivities } from '@temporalio/workflow';
import type { createAttachmentActivities } from '../activities/attachments.ts';
import type { createHandoffActivities } from '../activities/handoff.ts';
import type { createInferenceActivities } from '../activities/inference.ts';
import type { createReplyActivities } from '../activities/reply.ts';
import type { createResolveActivities } from '../activities/resolve.ts';
import type { createSyncActivities } from '../activities/sync.ts';
import { COPY_ATTEMPTS } from '../domain/attachments.ts';
import { FILES_QUEUE, INFERENCE_QUEUE, TICKETS_QUEUE } from '../domain/temporal-names.ts';
import type { Snapshot } from '../domain/snapshot.ts';

type Sync = ReturnType<typeof createSyncActivities>;
type Inference = ReturnType<typeof createInferenceActivities>;
type Reply = ReturnType<typeof createReplyActivities>;
type Attachments = ReturnType<typeof createAttachmentActivities>;
type Handoff = ReturnType<typeof createHandoffActivities>;
type Resolve = ReturnType<typeof createResolveActivities>;
export type TicketActivities = Sync & Attachments & Inference & Reply & Handoff & Resolve;

/** How long a request to Freshdesk may take before anybody has told us otherwise. */
const USUAL_DEADLINE_MS = 20_000;
/** A write of which nothing is heard within its request's deadline and this was killed with its worker (A5). */
const BEYOND_DEADLINE_MS = 5_000;

const FRESHDESK_RETRY = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '5 minutes' } as const;

/** One proxy per kind of risk. Reading is retried for as long as it takes; what is written gives up after a day. */
export function activitiesFor(snapshot: Pick<Snapshot, 'timing'> | null): TicketActivities {
  const deadlineMs = snapshot?.timing.requestDeadlineMs ?? USUAL_DEADLINE_MS;
  const sync = proxyActivities<Sync>({
    taskQueue: TICKETS_QUEUE,
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: '15 seconds',
    retry: FRESHDESK_RETRY,
    summary: 'read the ticket',
  });
  // An answer waits for the files, but not for long: the activity gives up at its last attempt, and says so (F1, F2).
  const attachments = proxyActivities<Attachments>({
    taskQueue: FILES_QUEUE,
    startToCloseTimeout: '3 minutes',
    heartbeatTimeout: '40 seconds',
    scheduleToCloseTimeout: '10 minutes',
    retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumAttempts: COPY_ATTEMPTS },
    summary: 'copy the attachments',
  });
  const model = {
    taskQueue: INFERENCE_QUEUE,
    startToCloseTimeout: '3 minutes',
    heartbeatTimeout: '20 seconds',
  } as const;
  const inference = proxyActivities<Inference>({
    ...model,
    // The engine gives up after five failures of its own (N6); a database that is away counts as none (L8).
    scheduleToCloseTimeout: '1 day',
    retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
    summary: 'plan the answer',
  });
  // How long a model that is down is tried again is the stage's to say (N6): it knows when it began.
  const paid = (summary: string) =>
    proxyActivities<Inference>({
      ...model,
      scheduleToCloseTimeout: '1 hour',
      retry: { initialInterval: '2 seconds', backoffCoefficient: 2, maximumInterval: '1 minute' },
      summary,
    });
  const write = {
    taskQueue: TICKETS_QUEUE,
    // A worker that has too much to do is slow, and not dead: tried again beside what still goes on, it would have more to do.
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: deadlineMs + BEYOND_DEADLINE_MS,
    scheduleToCloseTimeout: '1 day',
    retry: FRESHDESK_RETRY,
  } as const;
  return {
    syncTicket: sync.syncTicket,
    copyAttachments: attachments.copyAttachments,
    planTurn: inference.planTurn,
    draftAnswer: paid('draft the answer').draftAnswer,
    checkAnswer: paid('check the answer').checkAnswer,
    deliverReply: proxyActivities<Reply>({ ...write, summary: 'reply to the customer' }).deliverReply,
    deliverDraft: proxyActivities<Reply>({ ...write, summary: 'draft as a private note' }).deliverDraft,
    resolveTicket: proxyActivities<Resolve>({ ...write, summary: 'resolve the ticket' }).resolveTicket,
    handOff: proxyActivities<Handoff>({ ...write, summary: 'hand over to people' }).handOff,
  };
}
