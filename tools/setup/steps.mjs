// What every set-up step shares: saying what is going on, one process at a time per thing, and ending cleanly.
// Runs under Node 20 before anything is installed: nothing from node_modules, nothing in TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..'); // import.meta.dirname needs 20.11
export const bin = path.join(root, 'node_modules', '.bin');

const HEARTBEAT_MS = 30_000;
const TAIL_LINES = 25;

/** PATH without any project's programs: npm puts the `node_modules/.bin` of this and of every parent folder on it. */
export const cleanPath = (process.env.PATH ?? '')
  .split(path.delimiter)
  .filter(
    (entry) => entry !== '' && !entry.endsWith(path.join('node_modules', '.bin')) && !entry.includes('node-gyp-bin'),
  )
  .join(path.delimiter);

/** The environment for tools of the machine: no trace of the npm that started us. */
export const toolEnv = Object.fromEntries(
  Object.entries({ ...process.env, PATH: cleanPath }).filter(([name]) => !name.startsWith('npm_')),
);

/** A problem the user can do something about; printed without a stack. */
export class SetupError extends Error {}

export function say(text) {
  process.stderr.write(`[setup] ${text}\n`);
}

/** What large things are kept in, across checkouts. */
export function cacheDir() {
  const given = process.env.XDG_CACHE_HOME;
  const base = given !== undefined && path.isAbsolute(given) ? given : path.join(homedir(), '.cache');
  return path.join(base, 'opencx-freshdesk');
}

/** The first program of that name on PATH (not one of ours), or null. */
export function which(name) {
  for (const folder of cleanPath.split(path.delimiter)) {
    const file = path.join(folder, name);
    if (path.isAbsolute(folder) && existsSync(file) && statSync(file).isFile()) return file;
  }
  return null;
}

/** What a program prints when asked, both streams; null when it does not run. */
export function ask(command, args, env = toolEnv) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env, timeout: 30_000 });
  return status === 0 ? `${stdout}${stderr}` : null;
}

const cleanups = new Set();
let activeGroup = null;

/** Removes the folder or file when the set-up is interrupted; call the returned function once it is no longer in the way. */
export function removeOnInterrupt(file) {
  cleanups.add(file);
  return () => cleanups.delete(file);
}

/** Ends the running step with everything it started, and what it left half-made. */
export function interruptSetup() {
  if (activeGroup !== null) killGroup(activeGroup, 'SIGKILL');
  for (const file of cleanups) rmSync(file, { recursive: true, force: true });
}

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // gone already
  }
}

/**
 * Runs one long command, saying what and how long: `title` and `estimate` first, then the time that has passed.
 * @param options cwd, env, limit: a function asked every half second that may return why to give up
 * @returns {Promise<string>} what it printed; rejects with a SetupError that carries the end of it
 */
export async function runStep(title, estimate, command, args, options = {}) {
  const { limit, ...spawnOptions } = options;
  const started = Date.now();
  const elapsed = () => clock(Date.now() - started);
  const progress = showProgress(`${title} (${estimate})`, elapsed);
  const child = spawn(command, args, {
    cwd: root,
    env: toolEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...spawnOptions,
  });
  activeGroup = child.pid ?? null;
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
  let gaveUp;
  const watch = setInterval(() => {
    gaveUp = limit?.() ?? undefined;
    if (gaveUp !== undefined && child.pid !== undefined) killGroup(child.pid, 'SIGKILL');
  }, 500);
  const failure = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? null : `exit ${code ?? signal}`));
  });
  clearInterval(watch);
  activeGroup = null;
  progress.end();
  const text = Buffer.concat(output).toString();
  if (failure === null) {
    say(`done in ${elapsed()}`);
    return text;
  }
  const tail = text.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  throw new SetupError(
    `${title}: ${gaveUp ?? `${path.basename(command)} failed (${failure})`} after ${elapsed()}\n${tail}`.trimEnd(),
  );
}

function showProgress(title, elapsed) {
  const tty = process.stderr.isTTY;
  if (!tty) say(`${title} …`);
  const draw = () => process.stderr.write(`\r[setup] ${title} … ${elapsed()}`);
  if (tty) draw();
  const timer = setInterval(() => (tty ? draw() : say(`${title} … ${elapsed()}`)), tty ? 1_000 : HEARTBEAT_MS);
  return {
    end: () => {
      clearInterval(timer);
      if (tty) process.stderr.write('\n');
    },
  };
}

function clock(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Runs `action` while no other process of this user does the same; a lock of a dead process is taken over. */
export async function exclusively(name, action) {
  const folder = path.join(cacheDir(), 'locks');
  mkdirSync(folder, { recursive: true });
  const lock = path.join(folder, `${name}.lock`);
  let said = false;
  for (let holder = take(lock); holder !== null; holder = take(lock)) {
    if (!said && holder > 0) say(`another set-up (pid ${holder}) is at it: waiting`);
    said ||= holder > 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const done = removeOnInterrupt(lock);
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
    done();
  }
}

/** Takes the lock and returns null; else the pid of the live process that has it, 0 when it was a dead one's. */
function take(lock) {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return null;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = Number(readOr(lock, '0'));
    if (holder > 0 && isAlive(holder)) return holder;
    if (Number(readOr(lock, '0')) === holder) rmSync(lock, { force: true });
    return 0;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

export function readOr(file, otherwise) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
