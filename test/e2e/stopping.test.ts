import '../../testbed/quiet.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { freePort, portAccepts } from '../../src/local/processes.ts';
import { createTestDatabase, type TestDatabase } from '../../testbed/database.ts';
import { createGate, type Gate } from '../../testbed/gate.ts';
import { runFolder } from '../../testbed/run-folder.ts';
import { openNamespace } from '../../testbed/temporal.ts';
import { withDatabase } from '../../testbed/test-server.ts';
import { until } from '../../testbed/until.ts';

jest.setTimeout(180_000);
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** What stops it waits so long before it kills (docs/deployment.md). */
const GRACE_MS = 45_000;

/** As the set-up starts the product: a process that passes nothing on when it is killed. */
const LAUNCHER = `const child = require('node:child_process').spawn(process.execPath, process.argv.slice(1), {
  stdio: 'ignore', detached: true, env: { ...process.env, OPENCX_LAUNCHER: String(process.pid) } });
console.log(child.pid);
setInterval(() => undefined, 1_000_000);`;

describe('L4 stopping', () => {
  let database: TestDatabase;
  let gates: Gate[] = [];
  let env: NodeJS.ProcessEnv;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    const { address, namespace } = await openNamespace();
    const [host = '', port] = address.split(':');
    const postgres = new URL(database.url);
    gates = [
      await createGate({ host, port: Number(port) }),
      await createGate({ host: postgres.hostname, port: Number(postgres.port) }),
    ];
    for (const gate of gates) await gate.open();
    const [toTemporal, toPostgres] = gates;
    postgres.port = String(toPostgres?.port);
    env = {
      ...process.env,
      DATABASE_URL: withDatabase(postgres.toString(), postgres.pathname.slice(1)),
      TEMPORAL_ADDRESS: `${host}:${toTemporal?.port}`,
      TEMPORAL_NAMESPACE: namespace,
      ADMIN_TOKEN: 'token-of-the-tests',
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      EMBEDDINGS: 'off',
      DATA_DIR: runFolder('stopping'),
      LOG_LEVEL: 'silent',
    };
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    for (const gate of gates) await gate.shut();
    await database.drop();
  });

  /** Somebody may take the port before the product does, which then ends: it gets another one. */
  async function onFreePort<T>(launch: (port: string) => Promise<{ pid: number; started: T }>): Promise<T> {
    for (let tries = 1; tries <= 3; tries += 1) {
      const port = String(await freePort());
      const { pid, started } = await launch(port);
      const isReady = async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.ok === true;
      await until('it is ready', async () => !runs(pid) || (await isReady()), 120_000);
      if (runs(pid)) return started;
      if (!(await portAccepts(Number(port)))) break;
    }
    throw new Error('it ended before it was ready');
  }
  const start = () =>
    onFreePort(async (port) => {
      const child = spawn(process.execPath, [MAIN, 'serve'], { stdio: 'ignore', env: { ...env, PORT: port } });
      children.push(child);
      return { pid: child.pid ?? 0, started: child };
    });
  const startLaunched = () =>
    onFreePort(async (port) => {
      const launcher = spawn(process.execPath, ['-e', LAUNCHER, MAIN, 'serve'], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...env, PORT: port },
      });
      children.push(launcher);
      const [line] = (await once(createInterface({ input: launcher.stdout }), 'line')) as [string];
      return { pid: Number(line), started: { launcher, pid: Number(line) } };
    });
  const runs = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  test('L4 what was started by a set-up that is killed ends by itself, and holds no port', async () => {
    const { launcher, pid } = await startLaunched();
    launcher.kill('SIGKILL');
    await until('the product has ended', () => !runs(pid), GRACE_MS);
  });

  test('L4 a terminal that is closed ends it as SIGTERM does', async () => {
    const child = await start();
    const gone = once(child, 'exit');
    child.kill('SIGHUP');
    await gone;
    expect(child.exitCode).toBe(0);
  });

  test('L4 SIGTERM ends it in time when Temporal and PostgreSQL take what is sent and say nothing', async () => {
    const child = await start();
    for (const gate of gates) gate.freeze();
    const gone = once(child, 'exit');
    const startedAt = performance.now();
    child.kill('SIGTERM');
    await gone;
    expect(performance.now() - startedAt).toBeLessThan(GRACE_MS);
    expect(child.exitCode).toBe(0);
  });
});
