import '../../testbed/quiet.ts';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { WorkflowBundlePath } from '@temporalio/worker';
import { workflowBundle } from '../../testbed/workflow-bundle.ts';
import type { TestTemporal } from './harness.ts';
import type { Script } from './script.ts';
import type { TestTicket } from './test-ticket.ts';

/** Every try to start a server takes up to five seconds. */
const START_LIMIT_MS = 90_000;

type Open = {
  temporal: () => TestTemporal;
  /** A ticket with a number of its own, whose activities follow the script. */
  ticket: (script?: Script) => TestTicket;
  pass: TestTemporal['pass'];
};

/** One Temporal for the tests of a file; no ticket outlives its test. */
export function useTemporal(open: (workflows: WorkflowBundlePath) => Promise<TestTemporal>): Open {
  let opened: TestTemporal | null = null;
  const temporal = (): TestTemporal => {
    if (opened === null) throw new Error('Temporal did not start');
    return opened;
  };
  beforeAll(async () => {
    opened = await open(await workflowBundle());
  }, START_LIMIT_MS);
  afterEach(() => opened?.endTickets());
  afterAll(() => opened?.close());
  return { temporal, ticket: (script) => temporal().ticket(script), pass: (duration) => temporal().pass(duration) };
}
