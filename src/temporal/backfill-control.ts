import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Backfills } from '../db/background/backfills.ts';
import {
  BACKFILL_SIGNAL,
  BACKFILL_WORKFLOW,
  type BackfillControl,
  type BackfillInput,
  type BackfillOrder,
  type BackfillProgress,
  BackfillRuns,
  backfillWorkflowId,
  NoBackfill,
} from '../domain/backfill.ts';
import { TICKETS_QUEUE } from '../domain/temporal-names.ts';
import { fairly } from './fair-share.ts';

const DEADLINE_MS = 5_000;
const CONNECTION = defineSearchAttributeKey('Connection', SearchAttributeType.KEYWORD);

/**
 * Starts, pauses and shows backfills (B1, B4, B5). Temporal holds the one that runs, the database how far it is. Rejects when
 * Temporal does not take an order within 5 seconds.
 */
export function createBackfillControl(client: Client, backfills: Backfills): BackfillControl {
  const soon = <T>(call: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + DEADLINE_MS, call);
  const handleOf = (connectionId: string) => client.workflow.getHandle(backfillWorkflowId(connectionId));

  async function current(connectionId: string): Promise<BackfillProgress | null> {
    const progress = await backfills.current(connectionId);
    if (progress === null || progress.endedAt !== null || !(await wasEnded(connectionId))) return progress;
    await backfills.end(progress.id, 'failed');
    return backfills.get(progress.id);
  }

  /** Somebody has ended the workflow itself, in the Web UI say: then nobody is left to note it. */
  async function wasEnded(connectionId: string): Promise<boolean> {
    try {
      const { status } = await soon(() => handleOf(connectionId).describe());
      return status.name === 'TERMINATED' || status.name === 'FAILED' || status.name === 'TIMED_OUT';
    } catch {
      return false;
    }
  }

  return {
    current,

    async list(connectionId) {
      // Whoever looks notes that the newest has ended.
      await current(connectionId);
      return backfills.list(connectionId);
    },

    async start(connectionId, options) {
      const input: BackfillInput = { connectionId, backfillId: randomUUID(), ...options };
      const begin = () =>
        soon(() =>
          client.workflow.start(BACKFILL_WORKFLOW, {
            workflowId: backfillWorkflowId(connectionId),
            taskQueue: TICKETS_QUEUE,
            args: [input],
            typedSearchAttributes: [{ key: CONNECTION, value: connectionId }],
            staticSummary: `Backfill of ${connectionId}, ${options.days} days${options.dryRun ? ', dry run' : ''}`,
            priority: fairly(connectionId),
          }),
        ).catch((error: unknown) => {
          throw error instanceof WorkflowExecutionAlreadyStartedError ? new BackfillRuns(connectionId) : error;
        });
      await begin().catch(async (error: unknown) => {
        // One that has noted its end is closed by Temporal a moment later.
        if (!(error instanceof BackfillRuns) || (await backfills.current(connectionId))?.endedAt == null) throw error;
        await soon(() => handleOf(connectionId).result()).catch(() => undefined);
        await begin();
      });
      // The workflow notes its beginning too: whoever is first.
      await backfills.begin(input.backfillId, connectionId, options, new Date());
      const progress = await backfills.get(input.backfillId);
      if (progress === null) throw new NoBackfill(connectionId);
      return progress;
    },

    async setState(connectionId, state) {
      const progress = await current(connectionId);
      if (progress === null || progress.endedAt !== null) throw new NoBackfill(connectionId);
      const order: BackfillOrder = state === 'paused' ? 'pause' : 'resume';
      try {
        await soon(() => handleOf(connectionId).signal(BACKFILL_SIGNAL, order));
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) throw new NoBackfill(connectionId);
        throw error;
      }
      await backfills.setState(progress.id, state);
      return (await backfills.get(progress.id)) ?? progress;
    },

    async failed(connectionId, limit) {
      const progress = await backfills.current(connectionId);
      return progress === null ? [] : backfills.failed(progress.id, limit);
    },
  };
}
