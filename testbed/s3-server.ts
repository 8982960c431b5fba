import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runFolder } from './run-folder.ts';

const ACCESS = 'access-of-the-tests';
const SECRET = 'secret-of-the-tests';
const STARTS_WITHIN_MS = 15_000;

/** A real S3 server with one bucket; `stop` ends it. The credentials are set in this process's environment. */
export async function startS3Server(program: string, bucket: string): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = runFolder('s3');
  mkdirSync(path.join(folder, bucket));
  const port = await freePort();
  const child = spawn(
    program,
    ['--access', ACCESS, '--secret', SECRET, '--port', `127.0.0.1:${port}`, '--region', 'us-east-1', 'posix', folder],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  process.env['AWS_ACCESS_KEY_ID'] = ACCESS;
  process.env['AWS_SECRET_ACCESS_KEY'] = SECRET;
  const url = `http://127.0.0.1:${port}`;
  const giveUpAt = Date.now() + STARTS_WITHIN_MS;
  while (!(await answers(url))) {
    if (Date.now() > giveUpAt || child.exitCode !== null) throw new Error(`${program} did not start on port ${port}`);
    await sleep(50);
  }
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
