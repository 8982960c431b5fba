import type { RetryPolicy } from '@temporalio/common';
import { proxyActivities } from '@temporalio/workflow';
import type { createBackfillActivities } from '../activities/backfill.ts';
import type { createReconcileActivities } from '../activities/reconcile.ts';
import { BACKGROUND_QUEUE } from '../domain/temporal-names.ts';

export type BackfillActivities = ReturnType<typeof createBackfillActivities>;
export type ReconcileActivities = ReturnType<typeof createReconcileActivities>;

const RETRY: RetryPolicy = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '5 minutes',
  nonRetryableErrorTypes: ['ConnectionNotFound'],
};
/** Long enough for an account that is broken over a weekend (C8), and for a small plan's share of its limit. */
const PATIENCE = { scheduleToCloseTimeout: '7 days', retry: RETRY } as const;
const SHORT = { taskQueue: BACKGROUND_QUEUE, startToCloseTimeout: '2 minutes', ...PATIENCE } as const;
/** Its heart beats: a killed worker is noticed soon, and so is a pause. */
const LONG = {
  taskQueue: BACKGROUND_QUEUE,
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '15 seconds',
  ...PATIENCE,
} as const;

export const backfill: BackfillActivities = {
  beginBackfill: proxyActivities<BackfillActivities>({ ...SHORT, summary: 'begin' }).beginBackfill,
  findTickets: proxyActivities<BackfillActivities>({ ...SHORT, summary: 'list tickets' }).findTickets,
  mirrorFound: proxyActivities<BackfillActivities>({ ...LONG, summary: 'mirror what was found' }).mirrorFound,
  endBackfill: proxyActivities<BackfillActivities>({ ...SHORT, summary: 'end' }).endBackfill,
};

/** A pass gives way to the next one rather than to go on for ever: that one begins where this one did. */
const PASS = { scheduleToCloseTimeout: '1 hour' } as const;

/** Has a minute for its work, and is not what a pass is there for. */
const LAST = { scheduleToCloseTimeout: '5 minutes' } as const;

export const reconcile: ReconcileActivities = {
  reconcileFrom: proxyActivities<ReconcileActivities>({ ...SHORT, ...PASS, summary: 'since when' }).reconcileFrom,
  findMissing: proxyActivities<ReconcileActivities>({ ...SHORT, ...PASS, summary: 'compare a list' }).findMissing,
  mirrorMissing: proxyActivities<ReconcileActivities>({ ...LONG, summary: 'wake what is behind' }).mirrorMissing,
  reconciled: proxyActivities<ReconcileActivities>({ ...SHORT, ...PASS, summary: 'note how far' }).reconciled,
  wakeWaiting: proxyActivities<ReconcileActivities>({ ...SHORT, ...LAST, summary: 'wake what waits' }).wakeWaiting,
};
