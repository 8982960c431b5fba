import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { msToTs } from '@temporalio/common/lib/time.js';
import pg from 'pg';
import { connectTemporal } from '../src/temporal/connect.ts';

/**
 * A place of the demo's own in a server that serves others too. Their tables and workflows are never touched, and
 * `giveBack` leaves nothing behind.
 */
export type Borrowed = { name: string; giveBack(): Promise<void> };

const PATIENCE_MS = 10_000;
const RETENTION_MS = 86_400_000;
const READY_LIMIT_MS = 60_000;

/** A database of the demo's own in the PostgreSQL at DATABASE_URL; `url` leads to it. */
export async function borrowDatabase(serverUrl: string): Promise<Borrowed & { url: string }> {
  const name = `opencx_demo_${randomBytes(4).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`).catch((error: unknown) => {
    const why = error instanceof AggregateError ? error.errors.map(String).join(', ') : String(error);
    throw new Error(
      `In the PostgreSQL of DATABASE_URL no database could be made for the demo (${why}). Without DATABASE_URL it starts a PostgreSQL of its own.`,
    );
  });
  return { name, url: url.href, giveBack: () => administer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: PATIENCE_MS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A namespace of the demo's own in the Temporal at TEMPORAL_ADDRESS. */
export async function borrowNamespace(address: string, say: (line: string) => void): Promise<Borrowed> {
  const name = `opencx-demo-${randomBytes(4).toString('hex')}`;
  const connection = await connectTemporal(address, PATIENCE_MS, say);
  try {
    await connection.workflowService.registerNamespace({
      namespace: name,
      workflowExecutionRetentionPeriod: msToTs(RETENTION_MS),
    });
    const until = Date.now() + READY_LIMIT_MS;
    // A new namespace is known everywhere after some seconds.
    while (
      !(await connection.operatorService.listSearchAttributes({ namespace: name }).then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > until)
        throw new Error(`the namespace ${name} was made, and cannot be used after ${READY_LIMIT_MS / 1_000} s`);
      await sleep(500);
    }
  } catch (error) {
    await connection.close();
    throw new Error(
      `In the Temporal at ${address} no namespace could be made for the demo (${String(error)}). Without TEMPORAL_ADDRESS it starts a Temporal of its own.`,
      { cause: error },
    );
  }
  return {
    name,
    giveBack: async () => {
      await connection.operatorService.deleteNamespace({ namespace: name });
      await connection.close();
    },
  };
}
