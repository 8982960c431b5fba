import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  RECONCILE_WORKFLOW,
  type ReconcileInput,
  type ReconcileResult,
  reconcileScheduleId,
} from '../domain/reconcile.ts';
import { TICKETS_QUEUE } from '../domain/temporal-names.ts';
import { fairly } from './fair-share.ts';

const CONNECTION = defineSearchAttributeKey('Connection', SearchAttributeType.KEYWORD);
const LEAST_MS = 1_000;
const DEADLINE_MS = 5_000;

export type ReconcileSchedules = {
  /** Makes the connection's schedule, or gives it another interval; one that is right stays untouched. */
  ensure(connectionId: string, everySeconds: number): Promise<void>;
  /** Also when there is none. A pass that runs goes on. */
  remove(connectionId: string): Promise<void>;
};

/** X1: the poll that finds what webhooks did not tell. A pass that takes longer than the interval leaves the next one out. */
export function createReconcileSchedules(client: Client): ReconcileSchedules {
  const soon = <T>(call: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + DEADLINE_MS, call);

  return {
    async ensure(connectionId, everySeconds) {
      const scheduleId = reconcileScheduleId(connectionId);
      const everyMs = Math.max(LEAST_MS, Math.round(everySeconds * 1_000));
      // Counted from now, not from midnight: the first pass is one interval away, and connections do not poll in step.
      const spec = { intervals: [{ every: everyMs, offset: Date.now() % everyMs }] };
      const input: ReconcileInput = { connectionId };
      try {
        await soon(() =>
          client.schedule.create({
            scheduleId,
            spec,
            policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
            action: {
              type: 'startWorkflow',
              workflowType: RECONCILE_WORKFLOW,
              workflowId: scheduleId,
              taskQueue: TICKETS_QUEUE,
              args: [input],
              typedSearchAttributes: [{ key: CONNECTION, value: connectionId }],
              staticSummary: `Reconcile ${connectionId}`,
            },
          }),
        );
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        const handle = client.schedule.getHandle(scheduleId);
        const { spec: known } = await soon(() => handle.describe());
        if (known.intervals?.[0]?.every === everyMs) return;
        await soon(() => handle.update((schedule) => ({ ...schedule, spec })));
      }
    },

    async remove(connectionId) {
      try {
        await soon(() => client.schedule.getHandle(reconcileScheduleId(connectionId)).delete());
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    },
  };
}

/**
 * X2: one pass now, beside the schedule's own; resolves when everything that was missing has been told to its ticket. Rejects when
 * Temporal has not taken the order within 5 seconds.
 */
export async function reconcileNow(client: Client, connectionId: string): Promise<ReconcileResult> {
  const input: ReconcileInput = { connectionId };
  const pass = await client.withDeadline(Date.now() + DEADLINE_MS, () =>
    client.workflow.start(RECONCILE_WORKFLOW, {
      workflowId: `${reconcileScheduleId(connectionId)}:now`,
      taskQueue: TICKETS_QUEUE,
      args: [input],
      // A pass that somebody else has asked for is as good as one of our own.
      workflowIdConflictPolicy: 'USE_EXISTING',
      typedSearchAttributes: [{ key: CONNECTION, value: connectionId }],
      staticSummary: `Reconcile ${connectionId} now`,
      priority: fairly(connectionId),
    }),
  );
  const result: unknown = await pass.result();
  return result as ReconcileResult;
}
