import { execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type ProcessInfo = {
  readonly pid: number;
  /** Differs between two processes that had the same pid one after the other, also across a reboot. */
  readonly startedAt: string;
  readonly command: string;
};

/** What is known about a running process; null when there is none (a zombie counts as none). */
export async function processInfo(pid: number): Promise<ProcessInfo | null> {
  return process.platform === 'linux' ? linuxProcessInfo(pid) : psProcessInfo(pid);
}

async function linuxProcessInfo(pid: number): Promise<ProcessInfo | null> {
  try {
    const [status, command, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The name in parentheses may hold spaces: count the fields from behind it. State is the 3rd, start time the 22nd.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return { pid, startedAt: `${boot.trim()}/${fields[19] ?? ''}`, command: command.replaceAll('\0', ' ').trim() };
  } catch {
    return null;
  }
}

async function psProcessInfo(pid: number): Promise<ProcessInfo | null> {
  try {
    const { stdout } = await run('ps', ['-ww', '-o', 'lstart=,stat=,command=', '-p', String(pid)]);
    const match = /^(\w+ +\w+ +\d+ +[\d:]+ +\d+) +(\S+) +(.*)$/.exec(stdout.trim());
    if (match === null || match[2]?.startsWith('Z') === true) return null;
    return { pid, startedAt: match[1] ?? '', command: match[3] ?? '' };
  } catch {
    return null;
  }
}

/** Pids of running processes whose command line holds `text`. */
export async function findProcesses(text: string): Promise<number[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-axww', '-o', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 });
    const lines = stdout.split('\n').filter((line) => line.includes(text));
    return lines.map((line) => Number.parseInt(line, 10)).filter((pid) => pid !== process.pid);
  }
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid) && pid !== process.pid);
  const infos = await Promise.all(pids.map((pid) => processInfo(pid)));
  return infos.flatMap((info) => (info !== null && info.command.includes(text) ? [info.pid] : []));
}

/** Resolves with true as soon as `condition` does, with false after `limitMs`. */
export async function waitUntil(condition: () => Promise<boolean>, limitMs: number, everyMs = 50): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

/**
 * Sends the signals one after the other, each with the time it has to take effect, until the process is gone.
 * The caller has made sure that the pid is the process it means.
 */
export async function endProcess(pid: number, steps: readonly (readonly [NodeJS.Signals, number])[]): Promise<boolean> {
  if (pid <= 1) return true; // never started
  for (const [signal, limitMs] of steps) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errorCode(error) === 'ESRCH') return true;
      throw error;
    }
    if (await waitUntil(async () => (await processInfo(pid)) === null, limitMs)) return true;
  }
  return false;
}

/** A TCP port on the loopback interface that was free a moment ago: the first of `preferred` that is (0: any), else any. */
export async function freePort(...preferred: readonly (number | undefined)[]): Promise<number> {
  for (const port of preferred) {
    const found = port === undefined ? null : await tryPort(port);
    if (found !== null) return found;
  }
  const port = await tryPort(0);
  if (port === null) throw new Error('No free TCP port on 127.0.0.1.');
  return port;
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : null));
    });
  });
}

/** Whether something accepts connections on the port of the loopback interface. */
export function portAccepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const settle = (accepts: boolean): void => {
      socket.destroy();
      resolve(accepts);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.setTimeout(2_000, () => settle(false));
  });
}

/** The last lines of a log file, for an error message; what was in it before `fromByte` is left out. */
export async function tailOf(file: string, fromByte = 0, lines = 15): Promise<string> {
  const text = await readFrom(file, fromByte);
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}

async function readFrom(file: string, fromByte: number): Promise<string> {
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const start = Math.max(fromByte, size - 16_384, 0);
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.max(size - start, 0)), 0, null, start);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch {
    return '';
  }
}

/** Size in bytes, 0 when the file does not exist. */
export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (stats) => stats.size,
    () => 0,
  );
}

/** The `code` of a Node error (`ENOENT`, …), whatever realm it was made in. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export type Launched = { readonly pid: number; readonly runs: () => boolean };

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * Starts a server in a process group of its own, out of reach of the terminal's Ctrl-C, that may outlive this process.
 * Its output is appended to the log file; a log above 10 MB is put aside as `<log>.1` first.
 */
export function launchDetached(
  command: string,
  args: readonly string[],
  options: { logFile: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number },
): Launched {
  const { logFile, ...rest } = options;
  if (existsSync(logFile) && statSync(logFile).size > LOG_LIMIT_BYTES) renameSync(logFile, `${logFile}.1`);
  const output = openSync(logFile, 'a', 0o600);
  const child = spawn(command, args, { ...rest, cwd: '/', detached: true, stdio: ['ignore', output, output] });
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', (error) => {
    ended = true;
    const late = openSync(logFile, 'a');
    writeSync(late, `${command}: ${error.message}\n`);
    closeSync(late);
  });
  closeSync(output);
  child.unref();
  return { pid: child.pid ?? -1, runs: () => !ended };
}
