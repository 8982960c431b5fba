import { createHash, randomUUID } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundlePath } from '@temporalio/worker';
import { workflowsPath } from '../src/temporal/workers.ts';
import { runDir } from './run-folder.ts';

/** The workflow code as a worker gets it, made once in a test run. */
export async function workflowBundle(file: string = workflowsPath): Promise<WorkflowBundlePath> {
  const codePath = path.join(runDir(), `workflows-${createHash('sha256').update(file).digest('hex').slice(0, 8)}.js`);
  if (!existsSync(codePath)) {
    const { code } = await bundleWorkflowCode({
      workflowsPath: file,
      preloadModules: [file],
      logger: new DefaultLogger('ERROR'),
    });
    const unfinished = `${codePath}.${randomUUID()}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, codePath);
  }
  return { codePath };
}
