import { access, constants, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../domain/errors.ts';

/**
 * Makes the folder in which our own servers keep their data, where it is not there yet.
 * @throws Error that names DATA_DIR, where it is no folder or may not be written to
 */
export async function requireDataDir(dataDir: string): Promise<void> {
  const folder = path.resolve(dataDir);
  const there = await stat(folder).catch(() => null);
  if (there !== null && !there.isDirectory())
    throw new Error(`DATA_DIR (${folder}) is a file: name a folder, which is made when it is not there.`);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = String(codeOf(error));
    throw new Error(
      `DATA_DIR (${folder}) cannot be written to (${WHY[code] ?? code}): ${DO[code] ?? 'name another folder.'}`,
      {
        cause: error,
      },
    );
  }
}

const WHY: Record<string, string> = {
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
};
const DO: Record<string, string> = {
  EACCES: 'give this user the folder, or name another one.',
  EPERM: 'give this user the folder, or name another one.',
  EROFS: 'name a folder on another file system.',
  ENOSPC: 'make room, or name a folder elsewhere.',
};
