import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from '../../../testbed/database.ts';

const SCRIPT = path.join(import.meta.dirname, '../../../tools/dev/create-migration.ts');

test('the migrations make exactly what the Prisma schema says', async () => {
  const database = await createTestDatabase();
  try {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    await client.end();
    const { status, stderr } = spawnSync(process.execPath, [SCRIPT, '--check', database.url], { encoding: 'utf8' });
    expect({ status, said: status === 0 ? '' : stderr }).toEqual({ status: 0, said: '' });
  } finally {
    await database.drop();
  }
});
