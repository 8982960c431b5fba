import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { runFolder } from '../../../testbed/run-folder.ts';

const source = (name: string) => readFileSync(fileURLToPath(new URL(`../../../src/${name}`, import.meta.url)), 'utf8');

/** A Node of this machine that is too old; null when there is none. */
function olderNode(): string | null {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const found = folders.map((folder) => path.join(folder, 'node'));
  const isOlder = (program: string) => {
    const version = /^v(\d+)\./.exec(spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
    return version !== undefined && Number(version) < 24;
  };
  return found.find(isOlder) ?? null;
}

/** The beginning of the built program, run by that Node: a name that it lacks would fail before anything is said. */
function begin(node: string) {
  const folder = runFolder('node-version');
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'node-version.js'), stripTypeScriptTypes(source('node-version.ts')));
  const builtIn = source('main.ts').match(/^import .* from 'node:.*$/gm) ?? [];
  const beginning = ["import './node-version.js';", ...builtIn, "console.log('went on');\n"];
  writeFileSync(path.join(folder, 'main.js'), beginning.join('\n'));
  return spawnSync(node, ['main.js'], { cwd: folder, encoding: 'utf8', env: {} });
}

test('the version of Node is looked at before anything else is imported', () => {
  expect(/^import .*$/m.exec(source('main.ts'))?.[0]).toBe("import './node-version.ts';");
  expect(begin(process.execPath)).toMatchObject({ status: 0, stdout: 'went on\n', stderr: '' });
});

const older = olderNode();
if (older === null)
  console.info('There is no Node older than 24 on PATH: what the program says under one is not tested.');
(older === null ? test.skip : test)('an older Node is told which one is needed, and the program fails', () => {
  expect(begin(older ?? '')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringMatching(/^opencx-freshdesk needs Node 24\.2 or newer, and this is Node \d+\.\d+\.\d+ /),
  });
});
