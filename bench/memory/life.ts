import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundlePath } from '@temporalio/worker';
import proto from '@temporalio/proto';
import type { WorkflowHandle } from '@temporalio/client';
import {
  INFERENCE_QUEUE,
  SEARCH_ATTRIBUTES,
  TICKETS_QUEUE,
  ticketWorkflowId,
} from '../../src/domain/temporal-names.ts';
import { createSignalTicket } from '../../src/temporal/signal-ticket.ts';
import { until } from '../../testbed/until.ts';
import { createScriptedTickets } from './scripted-tickets.ts';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
export type Life = { runs: number; events: number; kib: number; history: History };

const INDEXED_VALUE_TYPE = { Keyword: 2, KeywordList: 7 } as const;
const [CONNECTION, TICKET] = ['default', 7];
const REPLAYS = 200;
const PATIENCE_MS = 120_000;

/** A ticket on which a customer writes twice a day and is answered; its newest run at the end of these days. */
export async function liveFor(workflowBundle: WorkflowBundlePath, days: readonly number[]): Promise<Map<number, Life>> {
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: process.env['TEMPORAL_TEST_SERVER_PATH'] ?? '' } },
  });
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]),
  );
  await env.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
  const { freshdesk, inference, replied, askAnew } = createScriptedTickets();
  const common = { connection: env.nativeConnection, namespace: 'default' };
  const workers = [
    await Worker.create({ ...common, taskQueue: TICKETS_QUEUE, workflowBundle, activities: freshdesk }),
    await Worker.create({ ...common, taskQueue: INFERENCE_QUEUE, activities: inference }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  const signalTicket = createSignalTicket(env.client, 20_000);
  const handle = env.client.workflow.getHandle(ticketWorkflowId(CONNECTION, TICKET));
  const runs = new Set<string>();
  const lives = new Map<number, Life>();
  try {
    for (let half = 1; half <= 2 * Math.max(...days); half += 1) {
      askAnew(TICKET);
      await signalTicket(CONNECTION, TICKET, { kind: 'webhook' });
      await until('it is answered', () => replied.has(TICKET), PATIENCE_MS);
      await signalTicket(CONNECTION, TICKET, { kind: 'webhook' }); // as our own reply comes back
      await until('it is quiet', async () => isQuiet(await handle.fetchHistory()), PATIENCE_MS);
      const { runId } = await handle.describe();
      runs.add(runId);
      const history = await handle.fetchHistory();
      if (half % 2 === 0 && days.includes(half / 2))
        lives.set(half / 2, { runs: runs.size, ...sizeOf(history), history });
      await env.sleep('12 hours');
    }
  } finally {
    for (const worker of workers) worker.shutdown();
    await running;
    await env.teardown();
  }
  return lives;
}

/** What one replay takes, of many. */
export async function replayMs(workflowBundle: WorkflowBundlePath, history: History): Promise<number> {
  const replayed = async (times: number): Promise<number> => {
    const startedAt = performance.now();
    const histories = Array.from({ length: times }, (_, nth) => ({ workflowId: `replay:${nth}`, history }));
    for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories))
      if (error !== undefined) throw error;
    return performance.now() - startedAt;
  };
  const one = await replayed(1);
  return ((await replayed(1 + REPLAYS)) - one) / REPLAYS;
}

function sizeOf(history: History): Pick<Life, 'events' | 'kib'> {
  const bytes = proto.temporal.api.history.v1.History.encode(history).finish().length;
  return { events: history.events?.length ?? 0, kib: bytes / 1_024 };
}

/** As many tasks and activities have ended as were begun. */
function isQuiet({ events }: History): boolean {
  const types = (events ?? []).map(({ eventType }) => Number(eventType));
  const among = (wanted: readonly number[]): number => types.filter((type) => wanted.includes(type)).length;
  return among([5, 10]) === among([7, 8, 9, 12, 13, 14, 16]);
}
