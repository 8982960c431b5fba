import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const folder = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
const lastRelease = fileURLToPath(new URL('../../releases/last.tar.gz', import.meta.url));

/** What takes something away that the version before reads, or asks for something that it does not write. */
const CONTRACTS = [
  /\bDROP\s+(?:TABLE|COLUMN|TYPE|FUNCTION|VIEW)\b/i,
  /\bRENAME\b/i,
  /\bSET\s+NOT\s+NULL\b/i,
  /\bALTER\s+COLUMN\s+"\w+"\s+(?:SET\s+DATA\s+)?TYPE\b/i,
  /\bADD\s+COLUMN\s+(?![^,;]*\bDEFAULT\b)[^,;]*\bNOT\s+NULL\b/i,
];

const contractsIn = (sql: string): RegExp[] => CONTRACTS.filter((pattern) => pattern.test(sql.replaceAll(/--.*/g, '')));

test('L7 the migrations since the last release take nothing away that it reads, and ask for nothing that it does not write', () => {
  const packed = execFileSync('tar', ['-tzf', lastRelease], { encoding: 'utf8' });
  const since = readdirSync(folder).filter((name) => /^\d/.test(name) && !packed.includes(`/${name}/`));
  expect(since.length).toBeGreaterThan(0);
  const contracting = since.filter(
    (name) => contractsIn(readFileSync(`${folder}/${name}/migration.sql`, 'utf8')).length > 0,
  );
  expect(contracting).toEqual([]);
});

test.each([
  'ALTER TABLE "Session" DROP COLUMN "owes"',
  'ALTER TABLE "Session" RENAME COLUMN "owes" TO "owed"',
  'ALTER TABLE "Session" ALTER COLUMN "owes" SET NOT NULL',
  'ALTER TABLE "Session" ALTER COLUMN "episode" SET DATA TYPE BIGINT',
  'ALTER TABLE "Session" ADD COLUMN "owes" TEXT NOT NULL',
])('L7 %s would', (sql) => {
  expect(contractsIn(sql)).toHaveLength(1);
});

test.each([
  'ALTER TABLE "Session" ADD COLUMN "owes" TEXT NOT NULL DEFAULT \'\'',
  'ALTER TABLE "Session" ADD COLUMN "owes" TEXT, ADD COLUMN "paid" TEXT DEFAULT \'\' NOT NULL',
  'CREATE INDEX "owing" ON "Session"("owes") -- DROP TABLE later',
])('L7 %s would not', (sql) => {
  expect(contractsIn(sql)).toEqual([]);
});
