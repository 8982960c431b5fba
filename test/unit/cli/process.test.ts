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
