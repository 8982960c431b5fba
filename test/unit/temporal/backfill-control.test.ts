import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { expect, test } from '@jest/globals';
import type { Backfills } from '../../../src/db/background/backfills.ts';
import { createBackfillControl } from '../../../src/temporal/backfill-control.ts';

/** Temporal still holds the backfill before, whose end the database knows or does not know yet. */
function controlBeside({ endedAt }: { endedAt: Date | null }) {
  let isHeld = true;
  const started: string[] = [];
  const workflow = {
    start: async (_type: string, { workflowId }: { workflowId: string }) => {
      if (isHeld) throw new WorkflowExecutionAlreadyStartedError('held', workflowId, 'backfillWorkflow');
      started.push(workflowId);
    },
    getHandle: () => ({ result: async () => void (isHeld = false) }),
  };
  const client = { workflow, withDeadline: async (_at: number, call: () => Promise<unknown>) => call() };
  const backfills = {
    current: async () => ({ id: 'before', endedAt }),
    begin: async () => undefined,
    get: async () => ({ id: 'new', state: 'running' }),
  };
  const control = createBackfillControl(client as unknown as Client, backfills as unknown as Backfills);
  return { start: () => control.start('shop', { days: 1, dryRun: false }), started };
}

test('B5 a backfill that is started in the moment in which the one before it ends is not refused', async () => {
  const { start, started } = controlBeside({ endedAt: new Date(0) });
  expect(await start()).toMatchObject({ id: 'new', state: 'running' });
  expect(started).toEqual(['backfill:shop']);
});

test('B5 while one goes on, another is refused', async () => {
  const { start, started } = controlBeside({ endedAt: null });
  await expect(start()).rejects.toThrow('has not ended yet');
  expect(started).toEqual([]);
});
