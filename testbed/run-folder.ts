import { chmodSync, mkdtempSync } from 'node:fs';
import path from 'node:path';

/**
 * A new folder for servers that a test starts itself. It goes away with the run; were the run killed, the next one ends
 * the processes whose command line names it, and removes it.
 */
export function runFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(runDir(), `${prefix}-`));
  chmodSync(folder, 0o755); // PostgreSQL of root's test run is another user's process
  return folder;
}

/** What all test files of a run have in common; it goes away with the run. */
export function runDir(): string {
  const run = process.env['TEST_RUN_DIR'];
  if (run === undefined) throw new Error('TEST_RUN_DIR is not set: run the test through jest, with its global set-up.');
  return run;
}
