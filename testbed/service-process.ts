import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Half } from '../src/app/config.ts';
import type { Desk } from './desk.ts';

const SCRIPT = fileURLToPath(new URL('./serve-for-crash.ts', import.meta.url));

/** API and worker, or one of them, in a real process, on a desk's database, Temporal and Freshdesk account. */
export type ServiceProcess = {
  /** Where its API listens. */
  readonly url: string;
  /** SIGKILL: no handler runs, nothing is flushed, nothing is answered. */
  kill(): Promise<void>;
};

/** Webhooks go there from now on, unless it is a worker alone. */
export async function startServiceProcess(
  { config, simulator }: Pick<Desk, 'config' | 'simulator'>,
  only: Half | null = null,
): Promise<ServiceProcess> {
  const sendable = { ...config, encryptionKeys: config.encryptionKeys.map((key) => Buffer.from(key).toString('hex')) };
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', SCRIPT, JSON.stringify(sendable), only ?? ''],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  if (only !== 'worker')
    simulator.setWebhook({
      url: `${url}/webhooks/freshdesk/default`,
      headers: { 'X-Webhook-Secret': 'secret-of-the-tests' },
    });
  return { url, kill: () => killed(child) };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
