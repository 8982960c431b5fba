import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { errorCode, processInfo, waitUntil } from './processes.ts';

/** A process that a file names as the one in charge of something. */
export type Owner = { readonly pid: number; readonly startedAt: string };

/** This process, as an {@link Owner}. */
export async function ownOwner(): Promise<Owner> {
  const info = await processInfo(process.pid);
  return { pid: process.pid, startedAt: info?.startedAt ?? '' };
}

/** Whether that very process (not a later one with its pid) still runs. */
export async function ownerRuns(owner: Owner): Promise<boolean> {
  return (await processInfo(owner.pid))?.startedAt === owner.startedAt;
}

/** The owner that a file names; null when there is no such file or it says nothing useful. */
export function readOwner(file: string): Owner | null {
  return parseOwner(readText(file));
}

/** Writes the file in one step. */
export function writeOwner(file: string, owner: Owner): void {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(owner));
  renameSync(temporary, file);
}

/**
 * Runs `action` while holding the lock file; waits while another live process holds it and takes over from a dead one.
 * @throws when the lock is still held after `limitMs`
 */
export async function withLock<T>(file: string, limitMs: number, action: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify(await ownOwner());
  const attempt = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const got = await waitUntil(async () => takeLock(file, attempt, mine), limitMs, 100);
  if (!got) {
    const holder = readOwner(file);
    throw new Error(
      `Another process${holder === null ? '' : ` (${holder.pid})`} has held ${file} for ${Math.round(limitMs / 1000)} s: it is starting or ending a server there. Wait until it is done or end it, then try again; a second installation needs a DATA_DIR of its own.`,
    );
  }
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Makes the lock appear with its content in one step (a hard link), so that nobody ever reads half of it. */
async function takeLock(file: string, attempt: string, content: string): Promise<boolean> {
  writeFileSync(attempt, content);
  try {
    linkSync(attempt, file);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(attempt, { force: true });
  }
  const seen = readText(file);
  const owner = parseOwner(seen);
  if (owner !== null && (await ownerRuns(owner))) return false;
  dropStaleLock(file, attempt, seen);
  return false;
}

function dropStaleLock(file: string, aside: string, seen: string): void {
  try {
    renameSync(file, aside);
    // Somebody else replaced the stale lock between our look and our move: give it back.
    if (readText(aside) !== seen) linkSync(aside, file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parseOwner(text: string): Owner | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return null;
    const { pid, startedAt } = value;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
  } catch {
    return null;
  }
}
