import { writeSync } from 'node:fs';

/**
 * Prints `N passed, N failed[, N skipped]` as the very last line, after jest's own summary.
 * A test file that cannot be loaded counts as one failure.
 */
export default class SummaryReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const parts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) parts.push(`${skipped} skipped`);
    process.once('exit', () => writeSync(1, `${parts.join(', ')}\n`));
  }
}
