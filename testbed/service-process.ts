import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Half } from '../src/cli/deps.ts';
import type { Desk } from './desk.ts';

const SCRIPT = fileURLToPath(new URL('./serve-for-crash.ts', import.meta.url));

/** API and worker, or one of them, in a real process, on a desk's database, Temporal and Freshdesk account. */
export type ServiceProcess = {
  /** Where its API listens. */
  readonly url: string;
  /** SIGKILL: no handler runs, nothing is flushed, nothing is answered. */
  kill(): Promise<void>;
  /** SIGTERM: it lets what is in flight end. */
  stop(): Promise<void>;
  /** SIGSTOP: it stands still, and all it has under way with it, until it is continued. */
  suspend(): void;
  continue(): void;
};

/** Webhooks go there from now on, unless it is a worker alone. `script`: another version's `serve-for-crash.ts`. */
export async function startServiceProcess(
  { config, simulator }: Pick<Desk, 'config' | 'simulator'>,
  only: Half | null = null,
  script = SCRIPT,
): Promise<ServiceProcess> {
  const sendable = { ...config, encryptionKeys: config.encryptionKeys.map((key) => Buffer.from(key).toString('hex')) };
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, JSON.stringify(sendable), only ?? ''],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const url = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([line]) => String(line)),
    once(child, 'exit').then(([status]) =>
      Promise.reject(new Error(`${script} ended with ${status} before it listened`)),
    ),
  ]);
  if (only !== 'worker')
    simulator.setWebhook({
      url: `${url}/webhooks/freshdesk/default`,
      headers: { 'X-Webhook-Secret': 'secret-of-the-tests' },
    });
  return {
    url,
    kill: () => ended(child, 'SIGKILL'),
    stop: () => ended(child, 'SIGTERM'),
    suspend: () => void child.kill('SIGSTOP'),
    continue: () => void child.kill('SIGCONT'),
  };
}

async function ended(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
