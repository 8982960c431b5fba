import type { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../domain/signals.ts';

/** Values of the API's IndexedValueType. */
const INDEXED_VALUE_TYPE = { Keyword: 2, KeywordList: 7 } as const;
const ALREADY_EXISTS = 6;

const NOT_FOUND = 5;
const DEADLINE_MS = 5_000;

type AnyConnection = Connection | NativeConnection;

/** Whether the server has the namespace; rejects when it does not answer. */
export async function hasNamespace(connection: AnyConnection, namespace: string): Promise<boolean> {
  try {
    await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return true;
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) return false;
    throw error;
  }
}

/** What of our search attributes the namespace lacks, or has as another type; rejects when the server does not answer. */
export async function missingSearchAttributes(connection: AnyConnection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  const known: Record<string, number | undefined> = { ...customAttributes };
  return Object.entries(SEARCH_ATTRIBUTES)
    .filter(([name, type]) => known[name] !== INDEXED_VALUE_TYPE[type])
    .map(([name]) => name);
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** Registers what the Web UI shows and filters by; without it Temporal refuses to start the workflows. */
export async function registerSearchAttributes(connection: AnyConnection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes }).catch((error: unknown) => {
    // Another process was faster.
    if (codeOf(error) === ALREADY_EXISTS) return;
    throw error;
  });
}
