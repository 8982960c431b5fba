// npm run rules [-- --require E3,W1-W4]: which tests hold which rule. A test says so by starting its name with rule ids.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');
const meanings = readMeanings();

if (process.argv.length === 2) printAll();
else if (process.argv[2] === '--require' && process.argv[3] !== undefined)
  requireTests(expand(process.argv.slice(3).join(',')));
else usage('npm run rules [-- --require E3,W1-W4]');

function readMeanings(): Map<string, string> {
  const parsed: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, 'rules.json'), 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new Error('tools/dev/rules.json is not an object.');
  return new Map(Object.entries(parsed).map(([id, meaning]) => [id, String(meaning)]));
}

/** Test names by rule id, in the order of the files. */
function testsByRule(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of new Set(globSync(['test/**/*.test.ts', 'test/browser/*.ts'], { cwd: root }).toSorted())) {
    for (const name of testNames(readFileSync(path.join(root, file), 'utf8'))) {
      for (const id of leadingIds(name)) found.set(id, [...(found.get(id) ?? []), `${file}: ${name}`]);
    }
  }
  return found;
}

/** Every string that begins with an id: names of tests and of describe blocks, and of the rows of a table of tests. */
function testNames(source: string): string[] {
  const quoted = /(['"`])(?=[A-Z]\d+[\s,:])((?:\\.|(?!\1)[^\n])*)\1/g;
  return [...source.matchAll(quoted)].flatMap((match) =>
    match[2] === undefined ? [] : [match[2].replaceAll(/\\(.)/g, '$1')],
  );
}

function leadingIds(name: string): string[] {
  const start = /^(?:[A-Z]\d+(?:\s*[,/+]\s*|\s+|:\s*|$))+/.exec(name)?.[0] ?? '';
  return start.match(/[A-Z]\d+/g) ?? [];
}

function printAll(): void {
  const tests = testsByRule();
  for (const [id, meaning] of meanings) {
    const own = tests.get(id) ?? [];
    console.log(`${id.padEnd(4)} ${meaning}`);
    for (const test of own) console.log(`       ${test}`);
    if (own.length === 0) console.log('       (no test)');
  }
  for (const id of tests.keys())
    if (!meanings.has(id)) console.log(`${id}: tests name it, tools/dev/rules.json does not`);
  const held = [...meanings.keys()].filter((id) => tests.has(id)).length;
  console.log(`\n${held} of ${meanings.size} rules have tests`);
}

/** Ids and ranges (`W1-W4`, also with an en dash), separated by commas. */
function expand(list: string): string[] {
  return list.split(',').flatMap((item) => {
    const text = item.trim();
    const range = /^([A-Z])(\d+)\s*[-–]\s*\1?(\d+)$/.exec(text);
    if (range === null) return text === '' ? [] : [text];
    const [, letter = '', from, to] = range;
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${letter}${Number(from) + i}`);
  });
}

function requireTests(ids: readonly string[]): void {
  const unknown = ids.filter((id) => !meanings.has(id));
  if (unknown.length > 0) usage(`unknown rule: ${unknown.join(', ')}`);
  const tests = testsByRule();
  const missing = ids.filter((id) => !tests.has(id));
  for (const id of missing) console.error(`${id} has no test: ${meanings.get(id)}`);
  if (missing.length > 0) process.exitCode = 1;
  else console.log(`${ids.length} rules, each with a test`);
}

function usage(text: string): never {
  console.error(text);
  process.exit(2);
}
