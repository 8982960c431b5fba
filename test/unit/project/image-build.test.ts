import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { runFolder } from '../../../testbed/run-folder.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const lines = readFileSync(path.join(root, 'Dockerfile'), 'utf8').split('\n');

type Copy = { from: string[]; to: string };

/** The COPY lines of the build stage; those before `until`, when it is given. */
function copies(until?: string): Copy[] {
  const stage = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('COPY --from=')),
  );
  const end = until === undefined ? stage.length : stage.indexOf(until);
  expect(end).toBeGreaterThan(0);
  return stage.slice(0, end).flatMap((line) => {
    const words = /^COPY (.+)$/.exec(line)?.[1]?.split(' ');
    return words === undefined ? [] : [{ from: words.slice(0, -1), to: words.at(-1) ?? '' }];
  });
}

/** What of the checkout a build gets to see. Docker's patterns as far as ours use them: names, `*` within one, `!`. */
function letThrough(): string[] {
  const rules = readFileSync(path.join(root, '.dockerignore'), 'utf8').split('\n').filter(Boolean);
  const tops = readdirSync(root, { withFileTypes: true }).filter(({ name }) => !/^(node_modules|\.git)$/.test(name));
  const files = tops.flatMap((top) =>
    top.isDirectory()
      ? readdirSync(path.join(root, top.name), { withFileTypes: true, recursive: true })
          .filter((entry) => entry.isFile())
          .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      : [top.name],
  );
  return files.filter((file) =>
    rules.reduce((kept, rule) => (covers(rule.replace(/^!/, ''), file) ? rule.startsWith('!') : kept), true),
  );
}

/** Whether the pattern names the file, or a folder that it is in. */
function covers(pattern: string, file: string): boolean {
  const regular = pattern.replace(/[.+]/g, '\\$&').replace(/\*/g, '[^/]*');
  return new RegExp(`^${regular}(/|$)`).test(file);
}

const context = letThrough();

test('every COPY of the image finds something in what .dockerignore lets through', () => {
  const nothing = copies().flatMap(({ from }) =>
    from.filter((pattern) => !context.some((file) => covers(pattern, file))),
  );
  expect(nothing).toEqual([]);
  expect(context.filter((file) => file.startsWith('src/generated/'))).toEqual([]);
});

test('the set-up starts from the files that the image has when it runs', () => {
  const folder = runFolder('image-build');
  for (const { from, to } of copies('RUN node tools/setup/run.mjs')) {
    for (const file of context.filter((one) => from.some((pattern) => covers(pattern, one)))) {
      const target = path.join(folder, to.endsWith('/') ? path.join(to, path.basename(file)) : file);
      mkdirSync(path.dirname(target), { recursive: true });
      cpSync(path.join(root, file), target);
    }
  }
  // With an option that it does not know it ends before it installs anything, and after it has loaded everything it imports.
  const { status, stderr } = spawnSync(process.execPath, ['tools/setup/run.mjs', '--nothing'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  expect(stderr).toContain('[setup] unknown option --nothing');
  expect(status).toBe(1);
});
