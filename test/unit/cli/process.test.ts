import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { runFolder } from '../../../testbed/run-folder.ts';

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

test('.env of the folder it is started in is read, and the environment goes before it', async () => {
  const folder = runFolder('env-file');
  writeFileSync(path.join(folder, '.env'), 'ADMIN_TOKEN=from-the-file\nPORT=none-of-the-ports\nLOG_LEVEL=loud\n');
  const { PATH = '' } = process.env;
  const serve = promisify(execFile)(process.execPath, [MAIN, 'serve', '--json'], {
    cwd: folder,
    env: { PATH, NODE_OPTIONS: process.env['NODE_OPTIONS'] ?? '', LOG_LEVEL: 'info' },
  });
  const failure: unknown = await serve.catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 1, stderr: expect.stringContaining('ENCRYPTION_KEY') });
  expect(failure).toMatchObject({ stderr: expect.stringContaining('PORT') });
  expect(failure).toMatchObject({ stderr: expect.not.stringMatching(/ADMIN_TOKEN|LOG_LEVEL/) });
});

test('whoever reads the output and has enough of it, as head does, ends a command without a word', async () => {
  const { PATH = '', NODE_OPTIONS = '' } = process.env;
  const child = spawn(process.execPath, [MAIN, '--help'], {
    env: { PATH, NODE_OPTIONS },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ said, code }).toEqual({ said: '', code: 0 });
});

const ESCAPE = String.fromCharCode(27);

test.each([
  ['no terminal', {}],
  ['a terminal that can do nothing', { TERM: 'dumb' }],
  ['the plainest locale', { LC_ALL: 'C', LANG: 'C' }],
  ['forty columns', { COLUMNS: '40' }],
])('help, an explanation and a typo are plain text with %s', async (_what, env) => {
  const { PATH = '', NODE_OPTIONS = '' } = process.env;
  const run = async (...args: string[]) =>
    promisify(execFile)(process.execPath, [MAIN, ...args], { env: { PATH, NODE_OPTIONS, ...env } }).catch(
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
  const [help, explained, typo] = await Promise.all([
    run('--help'),
    run('--explain', 'E6'),
    run('ticket', 'shwo', '42'),
  ]);
  expect(help.stdout).toContain('status');
  expect(explained.stdout).toMatch(/^E6 \(rule\): /);
  expect(typo).toMatchObject({ code: 2, stdout: '' });
  expect(typo.stderr).toContain('show');
  for (const { stdout, stderr } of [help, explained, typo]) expect(stdout + stderr).not.toContain(ESCAPE);
});
