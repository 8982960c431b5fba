import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { BACKGROUND_QUEUE, FILES_QUEUE, INFERENCE_QUEUE, TICKETS_QUEUE } from '../domain/temporal-names.ts';
import { createBackfillActivities } from '../activities/backfill.ts';
import type { ActivityDeps } from '../activities/deps.ts';
import { COPIES_AT_ONCE, createAttachmentActivities } from '../activities/attachments.ts';
import { createHandoffActivities } from '../activities/handoff.ts';
import { createInferenceActivities } from '../activities/inference.ts';
import { createReconcileActivities } from '../activities/reconcile.ts';
import { createReplyActivities } from '../activities/reply.ts';
import { createResolveActivities } from '../activities/resolve.ts';
import { createSyncActivities } from '../activities/sync.ts';
import { fairShareOf } from './fair-share.ts';

/** `index.ts` when run from source, `index.js` when built. */
export const workflowsPath = fileURLToPath(
  new URL(`../workflows/index.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url),
);

/**
 * Workflow code is loaded once for all runs of a worker, and not once for each in its cache: nothing in it keeps anything
 * outside of a run, and what is shared is frozen.
 */
const bundlerOptions = { preloadModules: [workflowsPath] };

export type Workers = {
  /** Rejects when a worker cannot go on; resolves after `shutdown`. */
  done: Promise<void>;
  running(): boolean;
  /** Takes no new work, and lets what is in flight end: a reply that is being posted is not cut off. */
  shutdown(): void;
};

type WorkerParts = {
  connection: NativeConnection;
  namespace: string;
  deps: ActivityDeps;
  /** Made from the sources when left out. */
  workflowBundle?: WorkflowBundleOption;
};

/** Activities on tickets at a time: they wait for Freshdesk for the most part. */
const TICKETS_AT_ONCE = 50;

/**
 * One queue for workflows and Freshdesk, one for inference, so that slow models hold up nothing else, one for copies of files,
 * so that slow file hosts do not either, and one for what waits for many tickets: that is broken off when the worker stops,
 * and goes on elsewhere.
 */
export async function startWorkers({ connection, namespace, deps, workflowBundle }: WorkerParts): Promise<Workers> {
  const grace = deps.timing.requestDeadlineMs + 5_000;
  const attachments = createAttachmentActivities(deps);
  const tickets = await Worker.create({
    connection,
    namespace,
    taskQueue: TICKETS_QUEUE,
    ...(workflowBundle === undefined ? { workflowsPath, bundlerOptions } : { workflowBundle }),
    activities: {
      ...createSyncActivities(deps),
      // Runs of before copies had a queue of their own look for them here.
      ...attachments,
      ...createReplyActivities(deps),
      ...createHandoffActivities(deps),
      ...createResolveActivities(deps),
    },
    maxConcurrentActivityTaskExecutions: TICKETS_AT_ONCE,
    interceptors: fairShareOf(TICKETS_AT_ONCE),
    shutdownGraceTime: grace,
    shutdownForceTime: grace + 5_000,
  });
  const files = await Worker.create({
    connection,
    namespace,
    taskQueue: FILES_QUEUE,
    activities: attachments,
    maxConcurrentActivityTaskExecutions: COPIES_AT_ONCE,
    shutdownForceTime: grace,
  });
  const inference = await Worker.create({
    connection,
    namespace,
    taskQueue: INFERENCE_QUEUE,
    activities: createInferenceActivities(deps),
    maxConcurrentActivityTaskExecutions: 20,
    shutdownGraceTime: grace,
    shutdownForceTime: grace + 5_000,
  });
  const background = await Worker.create({
    connection,
    namespace,
    taskQueue: BACKGROUND_QUEUE,
    activities: { ...createBackfillActivities(deps), ...createReconcileActivities(deps) },
    maxConcurrentActivityTaskExecutions: 10,
    maxHeartbeatThrottleInterval: '2 seconds',
    shutdownForceTime: grace,
  });
  const workers = [tickets, inference, files, background];
  const done = Promise.all(workers.map((worker) => worker.run())).then(() => undefined);
  return {
    done,
    running: () => workers.every((worker) => worker.getState() === 'RUNNING'),
    shutdown: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}
