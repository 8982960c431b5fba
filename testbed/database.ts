import { randomUUID } from 'node:crypto';
import { administer, withDatabase } from './test-server.ts';

export type TestDatabase = { readonly url: string; readonly drop: () => Promise<void> };

/** A fresh database with every migration applied, for one test file (or one test); `drop` ends its connections too. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = process.env['TEST_DATABASE_URL'];
  if (template === undefined)
    throw new Error('TEST_DATABASE_URL is not set: run the test through jest, with its global set-up.');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const server = withDatabase(template, 'postgres');
  await administer(server, `CREATE DATABASE "${name}" TEMPLATE "${new URL(template).pathname.slice(1)}"`);
  return {
    url: withDatabase(template, name),
    drop: () => administer(server, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
  };
}
