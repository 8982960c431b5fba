import type { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { codeOf } from '../domain/errors.ts';
import { SEARCH_ATTRIBUTES } from '../domain/temporal-names.ts';

/** Values of the API's IndexedValueType. */
const INDEXED_VALUE_TYPE = { Keyword: 2, KeywordList: 7 } as const;
const ALREADY_EXISTS = 6;
/** Not for this client, or not by this interface: Temporal is run by somebody else. */
const REFUSED: readonly unknown[] = [7, 12, 16];

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

/**
 * Registers what the Web UI shows and filters by; without it Temporal refuses to start the workflows. Where all are there,
 * no right to add any is needed.
 * @throws Error saying which ones have to be made, where this client may not make them
 */
export async function registerSearchAttributes(connection: AnyConnection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return;
  const searchAttributes = Object.fromEntries(missing.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes }).catch((error: unknown) => {
    // Another process was faster.
    if (codeOf(error) === ALREADY_EXISTS) return;
    if (!REFUSED.includes(codeOf(error))) throw error;
    const names = missing.map(([name, type]) => `${name} (${type})`).join(', ');
    throw new Error(
      `The namespace "${namespace}" lacks search attributes, and this client may not make them. Have them made: ${names}.`,
      { cause: error },
    );
  });
}
