import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url));
const VALUE_IMPORT = /^(?:import|export) (?!type )(?:[^;']* from )?'([^']+)';/gm;

/** The libraries that are loaded with a file of `src`: by its imports, and theirs; what is imported later does not count. */
function librariesOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return new Set();
  seen.add(file);
  const named = [...readFileSync(path.join(SRC, file), 'utf8').matchAll(VALUE_IMPORT)].map(([, name = '']) => name);
  const inside = named
    .filter((name) => name.startsWith('.'))
    .flatMap((name) => [...librariesOf(path.join(path.dirname(file), name), seen)]);
  return new Set([...named.filter((name) => !name.startsWith('.') && !name.startsWith('node:')), ...inside]);
}

test('what reads a command line loads two small libraries, so that --help and a typo cost next to nothing', () => {
  expect([...librariesOf('main.ts')]).toEqual([]);
  expect([...librariesOf('cli/program.ts')]).toEqual(['commander', 'fastest-levenshtein']);
});

test('what opens the database for a command loads no server, no Temporal and no model', () => {
  expect([...librariesOf('app/commands.ts')]).toEqual([]);
  const opening = new Set(['db/migrate.ts', 'db/client.ts', 'db/index.ts'].flatMap((file) => [...librariesOf(file)]));
  expect([...opening].filter((name) => !name.startsWith('@prisma/')).toSorted()).toEqual([
    'fastest-levenshtein',
    'pg',
    'zod',
  ]);
});
