import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { codeOf } from '../domain/errors.ts';
import { probe, shardedPath } from './key.ts';
import { StorageError, type Storage } from './port.ts';

/** Below the folder: files that are being written. */
const UNFINISHED = 'unfinished';
/** No write takes so long: what is older was left by a process that was killed. */
const ABANDONED_MS = 3_600_000;

/**
 * Files in a folder, each below its content address, readable by this user alone. A file appears whole or not at all: it is
 * written beside, forced to the disk, and renamed.
 */
export function createFolderStorage(root: string): Storage {
  let tidied: Promise<void> | undefined;

  async function put(key: string, bytes: Uint8Array): Promise<void> {
    const target = path.join(root, shardedPath(key));
    if ((await stat(target).catch(() => null))?.size === bytes.length) return;
    await (tidied ??= removeAbandoned(path.join(root, UNFINISHED)));
    const temporary = path.join(root, UNFINISHED, randomUUID());
    try {
      await mkdir(path.dirname(temporary), { recursive: true, mode: 0o700 });
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw unusable('written', error);
    }
  }

  const storage: Storage = {
    put,

    async get(key) {
      const place = path.join(root, shardedPath(key));
      let file: FileHandle;
      try {
        file = await open(place, 'r');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw unusable('read', error);
      }
      return file.createReadStream();
    },

    async delete(key) {
      const place = path.join(root, shardedPath(key));
      await rm(place, { force: true }).catch((error: unknown) => {
        throw unusable('written', error);
      });
    },

    async check() {
      const { key, bytes } = probe();
      await put(key, bytes);
      const found = await storage.get(key);
      const same = found !== null && (await buffer(found)).equals(bytes);
      await storage.delete(key);
      if (!same) throw unusable('read', null);
    },
  };

  function unusable(how: 'read' | 'written', error: unknown): StorageError {
    const code = codeOf(error);
    return new StorageError(
      `The attachments folder ${root} cannot be ${how}${code === undefined ? '' : ` (${code})`}: give this user access and room there, or name another place in STORAGE_URL.`,
    );
  }

  return storage;
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > ABANDONED_MS)
      await rm(file, { force: true }).catch(() => undefined);
  }
}
