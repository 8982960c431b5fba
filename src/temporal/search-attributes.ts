import type { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../domain/signals.ts';

/** Values of the API's IndexedValueType. */
const INDEXED_VALUE_TYPE = { Keyword: 2, KeywordList: 7 } as const;
const ALREADY_EXISTS = 6;

/** Registers what the Web UI shows and filters by; without it Temporal refuses to start the workflows. */
export async function registerSearchAttributes(
  connection: Connection | NativeConnection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes }).catch((error: unknown) => {
    // Another process was faster.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === ALREADY_EXISTS) return;
    throw error;
  });
}
