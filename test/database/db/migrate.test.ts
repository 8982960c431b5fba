import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { createDb } from '../../../src/db/client.ts';
import { applyMigrations } from '../../../src/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../../testbed/database.ts';

const SHOP = 'CREATE TABLE shop (id integer PRIMARY KEY);\nINSERT INTO shop VALUES (1);\n';
const PRICE = 'ALTER TABLE shop ADD COLUMN price integer NOT NULL DEFAULT 7;\n';

let database: TestDatabase;
let folder: string;
let client: pg.Client;

beforeEach(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(path.join(tmpdir(), 'migrations-'));
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  // The template carries the product's own migrations; these tests bring theirs.
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
});

afterEach(async () => {
  await client.end();
  await database.drop();
  rmSync(folder, { recursive: true });
});

function migration(name: string, sql: string): void {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, name, 'migration.sql'), sql);
}

async function rows(table: string): Promise<Record<string, unknown>[]> {
  return (await client.query<Record<string, unknown>>(`SELECT * FROM ${table}`)).rows;
}

test('migrations are applied in order and recorded as Prisma records them', async () => {
  migration('20260102000000_price', PRICE);
  migration('20260101000000_shop', SHOP);

  expect(await applyMigrations(database.url, folder)).toEqual(['20260101000000_shop', '20260102000000_price']);

  expect(await rows('shop')).toEqual([{ id: 1, price: 7 }]);
  expect(await rows('_prisma_migrations')).toEqual(
    [
      ['20260101000000_shop', SHOP],
      ['20260102000000_price', PRICE],
    ].map(([name, sql]) => ({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      checksum: createHash('sha256').update(String(sql)).digest('hex'),
      finished_at: expect.anything(),
      migration_name: name,
      logs: null,
      rolled_back_at: null,
      started_at: expect.anything(),
      applied_steps_count: 1,
    })),
  );
});

test('a repeated run applies nothing, a later one only what is new', async () => {
  migration('20260101000000_shop', SHOP);
  await applyMigrations(database.url, folder);
  expect(await applyMigrations(database.url, folder)).toEqual([]);

  migration('20260102000000_price', PRICE);
  expect(await applyMigrations(database.url, folder)).toEqual(['20260102000000_price']);
  expect(await rows('shop')).toEqual([{ id: 1, price: 7 }]);
});

test('a changed migration is refused by name', async () => {
  migration('20260101000000_shop', SHOP);
  await applyMigrations(database.url, folder);
  migration('20260101000000_shop', `${SHOP}-- edited\n`);

  await expect(applyMigrations(database.url, folder)).rejects.toThrow(/20260101000000_shop differs/);
});

test('a failing migration leaves nothing of itself and names itself, and runs again once repaired', async () => {
  migration('20260101000000_shop', SHOP);
  migration('20260102000000_broken', 'CREATE TABLE half (id integer);\nSELECT * FROM nowhere;\n');
  await expect(applyMigrations(database.url, folder)).rejects.toThrow(
    'The migration 20260102000000_broken failed and was rolled back: relation "nowhere" does not exist',
  );
  expect((await client.query("SELECT to_regclass('half') AS half")).rows).toEqual([{ half: null }]);

  migration('20260102000000_broken', PRICE);
  expect(await applyMigrations(database.url, folder)).toEqual(['20260102000000_broken']);
});

test('a migration that another tool left unfinished is refused by name', async () => {
  migration('20260101000000_shop', SHOP);
  await applyMigrations(database.url, folder);
  await client.query('UPDATE _prisma_migrations SET finished_at = NULL');

  await expect(applyMigrations(database.url, folder)).rejects.toThrow(/20260101000000_shop failed half-way/);
});

test('processes that migrate at the same time apply each migration once', async () => {
  migration('20260101000000_shop', `SELECT pg_sleep(0.2);\n${SHOP}`);
  migration('20260102000000_price', PRICE);

  const applied = await Promise.all([1, 2, 3, 4].map(() => applyMigrations(database.url, folder)));

  expect(applied.flat().toSorted()).toEqual(['20260101000000_shop', '20260102000000_price']);
  expect(await rows('shop')).toEqual([{ id: 1, price: 7 }]);
});

test('what a process has asked for again and again it can ask for still, when a newer version beside it has added a column', async () => {
  migration('20260101000000_shop', SHOP);
  await applyMigrations(database.url, folder);
  const older = createDb(database.url, { poolSize: 1 });
  try {
    const ask = () => older.$queryRaw`SELECT s.* FROM shop s`;
    for (let times = 0; times < 3; times += 1) expect(await ask()).toEqual([{ id: 1 }]);
    migration('20260102000000_price', PRICE);
    await applyMigrations(database.url, folder);

    expect(await ask()).toEqual([{ id: 1, price: 7 }]);
  } finally {
    await older.$disconnect();
  }
});
