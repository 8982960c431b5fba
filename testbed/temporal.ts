import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { SEARCH_ATTRIBUTES } from '../src/domain/temporal-names.ts';
import { startLocalTemporal, type LocalTemporal, type LocalTemporalOptions } from '../src/local/temporal.ts';
import { until } from './until.ts';

const RETENTION_MS = 24 * 3_600_000;
/** Values of the API's IndexedValueType. */
const INDEXED_VALUE_TYPE = { Keyword: 2, KeywordList: 7 } as const;

/** Temporal for one test or desk: a namespace of its own, in the server that the whole run shares. */
export type TestNamespace = {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  readonly close: () => Promise<void>;
};

/** A dev server, for a run or for a test that stops its server. In memory unless there is a folder. */
export function startTemporal(
  dataDir: string | null,
  changes: Partial<LocalTemporalOptions> = {},
): Promise<LocalTemporal> {
  return startLocalTemporal({
    dataDir,
    cliPath: process.env['TEMPORAL_CLI_PATH'] ?? 'temporal',
    namespace: 'default',
    searchAttributes: SEARCH_ATTRIBUTES,
    log: () => undefined,
    port: 0,
    uiPort: 0,
    ...changes,
  });
}

/** A new namespace, ready for use. */
export async function openNamespace({ searchAttributes = true } = {}): Promise<TestNamespace> {
  const address = process.env['TEST_TEMPORAL_ADDRESS'];
  if (address === undefined)
    throw new Error('TEST_TEMPORAL_ADDRESS is not set: run the test with npm test, which gets Temporal.');
  const connection = await Connection.connect({ address });
  const namespace = `test-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs(RETENTION_MS),
  });
  const client = new Client({ connection, namespace });
  await until(`the namespace ${namespace} is known everywhere`, () => succeeds(() => client.workflow.count()));
  if (searchAttributes) await addSearchAttributes(connection, namespace);
  return { address, namespace, client, close: () => connection.close() };
}

async function addSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const types = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]),
  );
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: types });
}

async function succeeds(call: () => Promise<unknown>): Promise<boolean> {
  return call().then(
    () => true,
    () => false,
  );
}
