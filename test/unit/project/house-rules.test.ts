import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { HOUSE } from '../../../oxlint.config.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'house-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LIBRARIES = [
  'zod',
  'got',
  'pg',
  'express',
  'pino',
  '@temporalio/workflow',
  '@temporalio/worker',
  '@prisma/client',
];

/** Import specifiers for a file `depth` folders below `src`, each with whether the room may import it: as code, as a type. */
function imports(name: string, depth: number): { specifier: string; code: boolean; type: boolean }[] {
  const room = HOUSE[name];
  if (room === undefined) throw new Error(`no room ${name}`);
  const up = '../'.repeat(depth);
  return [
    ...[...Object.keys(HOUSE), 'generated']
      .filter((other) => other !== name)
      .map((other) => ({
        specifier: `${up}${other}/a.ts`,
        code: room.code.includes(other),
        type: room.code.includes(other) || room.types.includes(other),
      })),
    ...LIBRARIES.map((library) => {
      const code = room.libraries.includes(library);
      return { specifier: library, code, type: code || room.pure !== true };
    }),
    { specifier: `${up}main.ts`, code: false, type: false },
    { specifier: `${up}../test/a.ts`, code: false, type: false },
    { specifier: 'node:fs/promises', code: room.pure !== true, type: room.pure !== true },
    { specifier: './a.ts', code: true, type: true },
    ...(depth > 1 ? [{ specifier: '../a.ts', code: true, type: true }] : []),
  ];
}

const probes = Object.keys(HOUSE).flatMap((name) =>
  [1, 2].map((depth) => {
    const file = ['src', name, ...(depth === 1 ? [] : ['inner']), 'probe.ts'].join('/');
    const lines = imports(name, depth).flatMap(({ specifier, code, type }) => [
      { line: `import { x as x } from '${specifier}';`, refused: !code },
      { line: `import type { x as x } from '${specifier}';`, refused: !type },
    ]);
    return { name, file, lines };
  }),
);

/** What the linter refuses, as `file:line`. */
function refusals(): Set<string> {
  // The probes belong to no TypeScript program, and only imports are asked about.
  const config = `import house from ${JSON.stringify(path.join(root, 'oxlint.config.ts'))};
export default { ...house, options: {}, categories: {}, rules: {}, ignorePatterns: [] };`;
  writeFileSync(path.join(folder, 'oxlint.config.ts'), config);
  for (const { file, lines } of probes) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    const named = lines.map(({ line }, i) => line.replace('as x', `as x${i}`));
    writeFileSync(path.join(folder, file), `${named.join('\n')}\n`);
  }
  const program = path.join(root, 'node_modules/oxlint/bin/oxlint');
  let report: string;
  try {
    report = execFileSync(process.execPath, [program, '--format=unix', 'src'], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    if (error === null || typeof error !== 'object' || !('stdout' in error)) throw error;
    report = String(error.stdout);
  }
  return new Set(
    [...report.matchAll(/(src\/\S+\.ts):(\d+):\d+: .*no-restricted-imports/g)].map((m) => `${m[1]}:${m[2]}`),
  );
}

const refused = refusals();

test.each(probes)('the linter refuses what $name may not import, and only that, in $file', ({ file, lines }) => {
  const found = lines.filter((_, i) => refused.has(`${file}:${i + 1}`)).map(({ line }) => line);
  expect(found).toEqual(lines.filter((probe) => probe.refused).map(({ line }) => line));
});

test('no module that workflows load keeps anything outside of a run: all runs of a worker share it', () => {
  const files = ['src/workflows', 'src/domain'].flatMap((room) =>
    globSync(`${room}/**/*.ts`, { cwd: root }).map((file) => ({
      file,
      text: readFileSync(path.join(root, file), 'utf8'),
    })),
  );
  expect(files.length).toBeGreaterThan(50);
  const keeping = files.filter(({ text }) =>
    /^(?:export )?(?:let|var) |^(?:export )?const .*= \/.*\/[a-z]*[gy]/m.test(text),
  );
  expect(keeping.map(({ file }) => file)).toEqual([]);
});
