import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Starter = { readonly address: string; readonly kill: () => Promise<void> };

/** A process of its own that starts the server in the folder; `kill` is SIGKILL: no handler of that process runs. */
export async function startInOtherProcess(
  what: 'postgres' | 'temporal' | 'embedder',
  folder: string,
): Promise<Starter> {
  const script = fileURLToPath(new URL('./start-local-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, what, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await firstLine(child);
  return {
    address,
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The starter ended with ${code} before the server was up.`)));
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
}
