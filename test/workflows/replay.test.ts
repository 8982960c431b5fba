import '../../testbed/quiet.ts';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type WorkflowBundlePath } from '@temporalio/worker';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import { STORIES } from './stories.ts';

const folder = fileURLToPath(new URL('../histories', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

function replay(workflows: WorkflowBundlePath, file: string): Promise<void> {
  const history: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  return Worker.runReplayHistory({ workflowBundle: workflows }, history, `replay:${file}`);
}

describe('a changed order of commands breaks replay', () => {
  let workflows: WorkflowBundlePath;
  beforeAll(async () => {
    workflows = await workflowBundle();
  });

  test('every story has its history', () => {
    expect(files).toHaveLength(Object.keys(STORIES).length);
  });

  test.each(files)('%s replays on the workflow as it is now', async (file) => {
    await replay(workflows, file);
  });

  test('a workflow that does things in another order is found out', async () => {
    const changed = await workflowBundle(fileURLToPath(new URL('fixtures/changed-order.ts', import.meta.url)));
    for (const file of files) await expect(replay(changed, file)).rejects.toThrow(DeterminismViolationError);
  });
});
